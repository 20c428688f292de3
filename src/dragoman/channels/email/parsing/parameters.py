"""The value and parameters of a structured MIME header, e.g. `attachment; filename*0*=utf-8''a%20b`."""

import re
from urllib.parse import unquote_to_bytes

from dragoman.channels.email.parsing.charsets import decode_text
from dragoman.channels.email.parsing.decode import header_text, unfold

# A quoted string may miss its end, an unquoted value may hold spaces: both run to the next semicolon or the end.
_PARAMETER = re.compile(r";\s*([^\s=;\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"[^;]*|([^;]*))", re.DOTALL)
_SECTION = re.compile(r"^(.*?)(?:\*(\d{1,4}))?(\*)?$", re.DOTALL)
_ESCAPED = re.compile(r"\\([\"\\])")
MAX_LENGTH = 64_000  # a header beyond this is an attack or a mistake


def value_of(header: str) -> str:
    """The value before the parameters, lower-cased: `Text/HTML; charset=x` is `text/html`."""
    return unfold(header).split(";", 1)[0].strip().strip("\"'").lower()


def parameters(header: str, hint: str | None = None) -> dict[str, str]:
    """All parameters by lower-case name, decoded: RFC 2231 pieces joined, RFC 2047 words (forbidden, common) read.

    `header` is the raw header value; `hint` the charset of raw 8-bit text. The first of two equal names wins.
    """
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for found in _PARAMETER.finditer(";" + unfold(header[:MAX_LENGTH]).partition(";")[2]):
        split = _SECTION.match(found[1])
        if split is not None:
            number = int(split[2]) if split[2] else -1
            sections.setdefault(split[1].lower(), []).append((number, bool(split[3]), _written(found)))
    return {name: _joined(pieces, hint) for name, pieces in sections.items()}


def _written(found: re.Match[str]) -> str:
    if found[2] is not None:
        return _ESCAPED.sub(r"\1", found[2])
    return found[3].strip().strip("\"'")


def _joined(pieces: list[tuple[int, bool, str]], hint: str | None) -> str:
    whole = next((piece for piece in pieces if piece[0] < 0 and piece[1]), None)
    chosen = [whole] if whole else sorted((p for p in pieces if p[0] >= 0), key=lambda piece: piece[0])
    if not chosen:
        return header_text(pieces[0][2], hint)
    if not any(extended for _, extended, _ in chosen):
        return header_text("".join(text for _, _, text in chosen), hint)
    return _from_extended(chosen, hint)


def _from_extended(pieces: list[tuple[int, bool, str]], hint: str | None) -> str:
    charset, quote, rest = pieces[0][2].partition("'")
    first = rest.partition("'")[2] if quote and "'" in rest else pieces[0][2]
    texts = [first, *(text for _, _, text in pieces[1:])]
    octets = [
        unquote_to_bytes(raw) if extended else raw
        for raw, (_, extended, _) in zip((_raw(text) for text in texts), pieces, strict=True)
    ]
    return header_text(decode_text(b"".join(octets), charset if quote else hint))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
