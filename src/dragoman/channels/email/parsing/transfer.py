"""Content-Transfer-Encoding undone, however badly it was done (RFC 2045, section 6)."""

import binascii
import re
from typing import NamedTuple

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_PROSE = re.compile(rb"[^\s][ \t]+[^\s]|[.,;:!?<>(){}\"']")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+?)[ \t]*\r?$", re.MULTILINE)
_UU_BLOCK = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]+?)[ \t]*\r?\n((?:[ -`][^\r\n]{0,90}\r?\n)*)[ `]?\r?\n?end[ \t]*\r?(?:\n|\Z)",
    re.MULTILINE,
)


class Uuencoded(NamedTuple):
    """A file that stood uuencoded in a text."""

    filename: bytes
    content: bytes


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The octets that `data` stands for. `encoding` is the raw header value; an unknown one means "as it is"."""
    kind = re.sub(r"[^a-z0-9]", "", encoding.split(";")[0].lower())
    if kind.startswith("base64"):
        return _from_base64(data)
    if kind.startswith("quotedprintable"):
        return binascii.a2b_qp(data)
    if kind in {"xuuencode", "uuencode", "uue", "xuue"}:
        return _from_uu(data)
    return data


def _from_base64(data: bytes) -> bytes:
    if _is_plain_after_all(data):
        return data
    packed = _NOT_BASE64.sub(b"", data.replace(b"-", b"+").replace(b"_", b"/") if b"+" not in data else data)
    # Padding in the middle ends one encoded piece and starts the next; the standard decoder would stop there.
    return b"".join(_one_run(run) for run in re.split(rb"=+", packed) if run)


def _one_run(run: bytes) -> bytes:
    whole = len(run) - 1 if len(run) % 4 == 1 else len(run)  # one character alone carries no octet
    return binascii.a2b_base64(run[:whole] + b"=" * (-whole % 4))


def _is_plain_after_all(data: bytes) -> bool:
    """Whether a part that claims base64 was never encoded: most of its lines read like prose."""
    lines = [line for line in data[:4096].splitlines() if line.strip()]
    return bool(lines) and sum(bool(_PROSE.search(line.strip())) for line in lines) * 2 > len(lines)


def _from_uu(data: bytes) -> bytes:
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data
    return _uu_lines(data[begin.end() :].lstrip(b"\r\n").splitlines())


def _uu_lines(lines: list[bytes]) -> bytes:
    octets = []
    for line in lines:
        if line.strip() == b"end":
            break
        octets.append(_uu_line(line))
    return b"".join(octets)


def _uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Encoders that write trailing garbage: keep what the length character promises.
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return b""


def extract_uuencoded(text: bytes) -> tuple[bytes, list[Uuencoded]]:
    """A text without the complete uuencoded files in it, and those files (mail before MIME sent them so)."""
    files = [Uuencoded(found[1], _uu_lines(found[2].splitlines())) for found in _UU_BLOCK.finditer(text)]
    return (_UU_BLOCK.sub(b"", text), files) if files else (text, [])
