"""What the rules of `notices` look at: a mail's own words and headers, without the mail that it returns.

Everything here accepts any message, however broken, and reads a bounded amount of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

# No report in the wild comes near these; they keep hostile mails cheap.
MAX_PARTS = 200
MAX_TEXT = 64 * 1024
MAX_HEADER = 8 * 1024
OPENING = 1500

Headers = Mapping[str, tuple[str, ...]]

_HTML_SILENT = re.compile(r"(?is)<(style|script|title)\b[^<>]*>[^<]*</\1\s*>")
_HTML_TAG = re.compile(r"<[^<>]*>")
_REPORT_TYPE = re.compile(r"report-type\s*=\s*[\"']?([\w.+-]{1,80})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Headers decoded and under lower-case names; words casefolded, runs of white space made one space."""

    headers: Headers
    content_type: str
    report_type: str
    part_types: frozenset[str]
    parts: tuple[Message, ...]  # leaves; a message/* part is a leaf, so that what it returns stays apart
    envelope: str  # the mbox line "From sender date", else ""
    sender: str
    subject: str
    text: str  # as written
    opening: str

    def header(self, name: str) -> str:
        """The first value under that lower-case name, or "" when there is none."""
        return next(iter(self.headers.get(name, ())), "")


def gather(message: Message, text: str = "") -> Evidence:
    """Read what is needed once. `text` is the mail's body where the caller has decoded it already."""
    headers = headers_of(message)
    parts = tuple(leaves(message))
    content_type = type_of(message)
    text = (text.strip() and text[:MAX_TEXT]) or _own_text(parts)
    return Evidence(
        headers=headers,
        content_type=content_type,
        report_type=_report_type(headers),
        part_types=frozenset(map(type_of, parts)),
        parts=parts,
        envelope=message.get_unixfrom() or "",
        sender=_folded(_first(headers, "from")),
        subject=_folded(_first(headers, "subject")),
        text=text,
        opening=_opening(text),
    )


def headers_of(message: Message) -> Headers:
    """Every header, words decoded (RFC 2047), repeated ones in order; undecodable bytes are replaced."""
    charset = _charset_of(message)
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.raw_items():
        key = str(name).lower()
        found[key] = (*found.get(key, ())[:50], _decoded(value, charset))
    return found


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something themselves, in order; message/* counts as one and is not entered."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(), seen + 1
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() != "message":
            waiting.extend(child for child in reversed(payload[:MAX_PARTS]) if isinstance(child, Message))
        else:
            yield part


def type_of(part: Message) -> str:
    return part.get_content_type()


def text_of(part: Message) -> str:
    """A leaf as text, at most MAX_TEXT characters; a message/* part is written out with its headers."""
    payload = part.get_payload()
    if isinstance(payload, list):
        blocks = [inner for inner in payload[:MAX_PARTS] if isinstance(inner, Message)]
        return "\n\n".join(map(_written_out, blocks))[:MAX_TEXT]
    return _body(part)


def _written_out(message: Message) -> str:
    """Headers and body; a part sent in base64 against the rules (RFC 2046, 5.2.1) is decoded first."""
    head = "\n".join(f"{name}: {value}" for name, values in headers_of(message).items() for value in values)
    return f"{head}\n\n{_body(message)}" if head else _body(message)


def returned_headers(part: Message) -> Headers:
    """The headers of the mail that a message/* or text/rfc822-headers part carries; empty if there are none."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message) and len(inner):
        return headers_of(inner)
    carrier = inner if isinstance(inner, Message) else part
    encoding = _first(headers_of(part), "content-transfer-encoding")
    return headers_of(message_from_bytes(_bytes_of(carrier, encoding)[:MAX_TEXT]))


def _bytes_of(carrier: Message, encoding: str) -> bytes:
    if encoding and "content-transfer-encoding" not in carrier:
        carrier = _with_encoding(carrier, encoding)
    try:
        raw = carrier.get_payload(decode=True)
    except (ValueError, LookupError):  # surrogates that cannot be written back, an encoding nobody knows
        return b""
    return raw.lstrip() if isinstance(raw, bytes) else b""


def _with_encoding(carrier: Message, encoding: str) -> Message:
    twin = Message()
    twin["Content-Transfer-Encoding"] = encoding
    twin.set_payload(carrier.get_payload())
    return twin


def _body(part: Message) -> str:
    raw = _bytes_of(part, "")[:MAX_TEXT]
    if not raw and isinstance(part.get_payload(), str):
        return ""
    return _as_text(raw, _charset_of(part))


def _as_text(raw: bytes, charset: str) -> str:
    for guess in (charset, "utf-8", "iso-2022-jp" if b"\x1b$" in raw else "latin-1"):
        try:
            return raw.decode(guess)
        except (LookupError, ValueError):  # an unknown name, or bytes of another charset
            continue
    return raw.decode("utf-8", "replace")


def _charset_of(message: Message) -> str:
    content_type = " ".join(str(value) for name, value in message.raw_items() if str(name).lower() == "content-type")
    found = _CHARSET.search(content_type[:MAX_HEADER])
    return found[1] if found else "utf-8"


def _decoded(value: object, charset: str) -> str:
    written = _unescaped(str(value)[:MAX_HEADER], charset)
    if "=?" not in written:
        return written
    try:
        words = decode_header(written)
    except (HeaderParseError, ValueError):
        return written
    return "".join(word if isinstance(word, str) else _as_text(word, encoding or "ascii") for word, encoding in words)


def _unescaped(value: str, charset: str) -> str:
    """Raw 8-bit bytes reach us as surrogates (PEP 383); turn them back and read them in a charset that fits."""
    if value.isascii():
        return _as_text(value.encode(), "iso-2022-jp") if "\x1b$" in value else value
    try:
        return _as_text(value.encode("utf-8", "surrogateescape"), charset)
    except UnicodeError:
        return value.encode("utf-8", "replace").decode()


def _own_text(parts: tuple[Message, ...]) -> str:
    """The first text part with words in it: plain before HTML; else what a broken multipart left behind."""
    for wanted in ("text/plain", "text/html", "multipart/"):
        for part in parts:
            if type_of(part).startswith(wanted) and (words := _body(part)).strip():
                return _without_tags(words) if wanted == "text/html" else words
    return ""


def _without_tags(markup: str) -> str:
    return html.unescape(_HTML_TAG.sub(" ", _HTML_SILENT.sub(" ", markup)))


def _opening(text: str) -> str:
    """The first words, without lines that a person quotes (">"); an SMTP transcript (">>>") is no quote."""
    lines = text[: 4 * OPENING].splitlines()
    said = (line for line in lines if not line.startswith(">") or line.startswith(">>>"))
    return _folded(" ".join(said))[:OPENING]


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _report_type(headers: Headers) -> str:
    found = _REPORT_TYPE.search(_first(headers, "content-type"))
    return found[1].lower() if found else ""
