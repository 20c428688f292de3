"""What the rules of `notices` look at: a mail's own words and headers, without the mail that it returns.

Everything here accepts any message, however broken, and reads a bounded amount of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from dragoman.channels.email.parsing.charsets import decode_text
from dragoman.channels.email.parsing.decode import header_text
from dragoman.channels.email.parsing.transfer import decode_transfer

# No report in the wild comes near these; they keep hostile mails cheap.
MAX_PARTS = 200
MAX_TEXT = 64 * 1024
MAX_HEADER = 8 * 1024
OPENING = 1500

Headers = Mapping[str, tuple[str, ...]]

_HTML_SILENT = re.compile(r"(?is)<(style|script|title)\b[^<>]*>[^<]*</\1\s*>")
_HTML_TAG = re.compile(r"<[^<>]*>")
_MIME_DEBRIS = re.compile(r"(?im)^(?:--.*|content-[\w-]{1,40}:.*|[ \t]{0,8}boundary=.*)$")
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
    text = _with_plain_line_ends(text[:MAX_TEXT] if text.strip() else _own_text(parts))
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
        found[key] = (*found.get(key, ())[:50], header_text(str(value)[:MAX_HEADER], charset))
    return found


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something themselves, in order; message/* counts as one and is not entered."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.is_multipart() and part.get_content_maintype() != "message":
            waiting.extend(reversed(_children(part)))
        else:
            yield part


def _children(part: Message) -> list[Message]:
    # Never get_payload() on a leaf: it reads 8-bit text in a charset of its own choosing.
    held = part.get_payload() if part.is_multipart() else []
    return [child for child in held[:MAX_PARTS] if isinstance(child, Message)] if isinstance(held, list) else []


def type_of(part: Message) -> str:
    return part.get_content_type()


def text_of(part: Message) -> str:
    """A leaf as text, at most MAX_TEXT characters; a message/* part is written out with its headers."""
    if part.is_multipart():
        return "\n\n".join(map(_written_out, _children(part)))[:MAX_TEXT]
    return _with_plain_line_ends(decode_text(_octets_of(part), _charset_of(part)))


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _written_out(message: Message) -> str:
    """One block; what is nested inside it is left out, since no report's fields are deeper."""
    lines = (f"{name}: {value}" for name, values in headers_of(message).items() for value in values)
    return "\n".join((*lines, "", "" if message.is_multipart() else text_of(message)))


def returned_headers(part: Message) -> Headers:
    """The headers of the mail that a message/* or text/rfc822-headers part carries; empty if there are none."""
    carrier = next(iter(_children(part)), part)
    if carrier is not part and len(carrier):
        return headers_of(carrier)
    octets = _octets_of(carrier)
    if carrier is not part:
        # Against RFC 2046, 5.2.1, some encode the mail they return: the parser then finds one without headers.
        octets = decode_transfer(octets, _first(headers_of(part), "content-transfer-encoding"))
    return headers_of(BytesHeaderParser().parsebytes(octets.lstrip()))


def _octets_of(leaf: Message) -> bytes:
    try:
        octets = leaf.get_payload(decode=True)
    except (ValueError, LookupError):  # text that no mail could hold, uuencoding that breaks off
        return b""
    return octets[:MAX_TEXT] if isinstance(octets, bytes) else b""


def _charset_of(message: Message) -> str | None:
    written = next((value for name, value in message.raw_items() if str(name).lower() == "content-type"), "")
    found = _CHARSET.search(str(written)[:MAX_HEADER])
    return found[1] if found else None


def _own_text(parts: tuple[Message, ...]) -> str:
    """The first text part with words in it: plain before HTML; else what a broken multipart left behind."""
    for wanted in _TIDY:
        for part in parts:
            if type_of(part).startswith(wanted) and (words := text_of(part)).strip():
                return _TIDY[wanted](words)
    return ""


def _without_debris(broken: str) -> str:
    return _MIME_DEBRIS.sub("", broken)


def _without_tags(markup: str) -> str:
    return html.unescape(_HTML_TAG.sub(" ", _HTML_SILENT.sub(" ", markup)))


_TIDY: Mapping[str, Callable[[str], str]] = {
    "text/plain": str,
    "text/html": _without_tags,
    "multipart/": _without_debris,
}


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
