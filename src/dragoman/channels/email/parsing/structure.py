"""From bytes to a tree of parts.

The standard library's `email` parser with the compat32 policy does the splitting: of all parsers at hand it is the
one that takes every input, keeps what it does not understand and hands values on untouched. (The newer policies
parse headers eagerly and raise on some of the abuse that real mail is made of.) What it gets wrong is mended here:

- One stray line ends its header block; `_mended` folds strays so that the headers below them count.
- It recurses once per level of nesting; `Part` calls what lies deeper than MAX_DEPTH opaque.
- It forgets the exact bytes of a message inside a message; `Part` keeps message/* whole, and `read` then parses
  those bytes, level by level, with the same mending.
- It gives up on a boundary that is missing or wrong; `read` looks for the one the body really uses.
"""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser

from dragoman.channels.email.parsing.parameters import parameters, value_of
from dragoman.channels.email.parsing.transfer import decode_transfer

MAX_DEPTH = 25  # multiparts and messages inside one another; honest mail stays below ten
MAX_PARTS = 10_000
MAX_HEADER_LINES = 20_000
MAX_BLOCKS = 1_000

WHOLE_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})

# Headers that only a mail has: below a stray line they prove that the header goes on.
KNOWN_HEADERS = frozenset(
    b"from to cc bcc subject date sender reply-to message-id in-reply-to references received return-path"
    b" delivered-to mime-version content-type content-transfer-encoding content-disposition x-mailer"
    b" user-agent list-id envelope-to dkim-signature authentication-results return-receipt-to".split()
)

_LINE = re.compile(rb"[^\r\n]*(?:\r*\n|\r|\Z)")
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FROM_LINE = re.compile(rb">?From [^\r\n]*(?:\r*\n|\r|\Z)")
_BLANK = re.compile(rb"(?:[ \t]*(?:\r*\n|\r))+")
_BLANK_LINES = re.compile(rb"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)+")
_QUOTABLE = re.compile(r"[\"\\]")
_BOUNDARY_LINE = re.compile(r"^--(?!\s|-*[\r\n])([^\r\n]{1,80}?)[ \t]*(?:\r\n|\r|\n)(?=[\w-]+:|\r|\n)", re.MULTILINE)


class NotAMail(ValueError):
    """The bytes are no email: empty, or without a single header line. The message says which."""


class _TooManyParts(Exception):
    """Raised out of the parser, which has no other way to stop."""


class Part(Message):
    """A `Message` that knows how deep it lies, and that keeps a message inside it whole until `read` opens it."""

    depth = 0
    is_opaque = False
    is_inner = False  # whether it belongs to a message inside the message
    _payload: object  # the parser's own; see `payload_bytes`
    source: bytes | None = None  # of a message/* part: its exact bytes (none if inner), set when it was opened

    def attach(self, payload: Message | str) -> None:
        """As the parser does it while it goes down a level; the child learns its depth."""
        if isinstance(payload, Part):
            payload.depth = self.depth + 1
        super().attach(payload)

    def raw(self, name: str) -> str:
        """The first header of that name exactly as received (8-bit bytes as surrogate escapes), or ""."""
        return next((str(value) for key, value in self.raw_items() if key.lower() == name), "")

    def declared_type(self) -> str:
        """The media type as declared, or the default where nothing valid is (RFC 2045, 5.2)."""
        declared = re.sub(r"\s+", "", value_of(self.raw("content-type")))
        return declared if re.fullmatch(r"[^/]+/[^/]+", declared) else self.get_default_type()

    def get_content_type(self) -> str:
        """What the part is treated as; the parser goes down a level only if this lets it."""
        declared = self.declared_type()
        return "application/octet-stream" if self._is_whole(declared) else declared

    def get_boundary(self, failobj: str | None = None) -> str | None:  # type: ignore[override]
        """The boundary, read by the tolerant parameter parser (the inherited one raises on some input)."""
        return parameters(self.raw("content-type")).get("boundary") or failobj

    def payload_bytes(self) -> bytes:
        """The payload of a leaf with its transfer encoding undone."""
        # The public getter would decode 8-bit text by a charset it takes from the header, and lose the octets.
        payload = self._payload
        octets = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
        return decode_transfer(octets, self.raw("content-transfer-encoding"))

    def children(self) -> list["Part"]:
        """The parts directly below, none for a leaf."""
        payload = self._payload
        return [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []

    def hold(self, children: list["Part"]) -> None:
        """Put `children` in the place of what the parser left as text."""
        self._payload = children

    def _is_whole(self, declared: str) -> bool:
        too_deep = self.depth >= MAX_DEPTH
        return self.is_opaque or too_deep or (self.source is None and declared.startswith("message/"))


class _Factory:
    """Makes the parser's parts at a depth, and stops it when a mail consists of nothing but parts."""

    def __init__(self) -> None:
        self.depth = 0
        self.made = 0

    def __call__(self, policy: object = None) -> Part:
        self.made += 1
        if self.made > MAX_PARTS:
            raise _TooManyParts
        part = Part()  # compat32 is a message's default; the parser offers the same
        part.depth, part.is_inner = self.depth, self.depth > 0
        return part


def read(raw: bytes) -> Part:
    """The tree of `raw`, with messages inside messages opened. Raises `NotAMail` if there is no header at all."""
    factory = _Factory()
    root = _parsed(mended(raw), factory, depth=0)
    unopened = [root]
    while unopened:
        part = unopened.pop()
        if not part.is_opaque and part.depth < MAX_DEPTH:
            _open(part, factory)
        unopened.extend(part.children())
    return root


def _parsed(data: bytes, factory: _Factory, *, depth: int) -> Part:
    factory.depth = depth
    try:
        parsed = BytesParser(factory).parsebytes(data)
    except _TooManyParts:
        # The rest of the mail stays one opaque part: nothing is lost, nothing explodes.
        parsed = BytesParser(Part).parsebytes(data, headersonly=True)
        parsed.is_opaque = True
    return parsed


def _open(part: Part, factory: _Factory) -> None:
    """Parse what the parser left as text: a message inside a message, or parts behind an unknown boundary."""
    declared = part.declared_type()
    if declared.startswith("message/") and part.source is None:
        _open_message(part, declared, factory)
    elif declared.startswith("multipart/") and not part.children():
        _open_multipart(part, declared, factory)


def _open_message(part: Part, declared: str, factory: _Factory) -> None:
    octets = part.payload_bytes()
    # Only the outermost messages become attachments; copies of the inner ones would multiply a hostile mail.
    part.source = b"" if part.is_inner else octets
    if declared in WHOLE_MESSAGES:
        try:
            part.hold([_parsed(mended(octets), factory, depth=part.depth + 1)])
        except NotAMail:
            return
    else:
        blocks = _BLANK_LINES.split(octets.strip(), MAX_BLOCKS)
        part.hold([_header_block(block) for block in blocks])


def _header_block(block: bytes) -> Part:
    """One block of a delivery status or a report, as a message without a body (what the stdlib makes of it)."""
    parsed = BytesParser(Part).parsebytes(block, headersonly=True)
    parsed.is_inner = True
    return parsed


def _open_multipart(part: Part, declared: str, factory: _Factory) -> None:
    """Part a multipart by the boundary its body uses, where the declared one is missing or wrong."""
    body = part.payload_bytes().decode("utf-8", "surrogateescape")
    found = _BOUNDARY_LINE.search(body)
    if found is None:
        return
    header = f'Content-Type: {declared}; boundary="{_QUOTABLE.sub(_escaped, found[1])}"\n\n'
    reread = _parsed((header + body).encode("utf-8", "surrogateescape"), factory, depth=part.depth)
    if reread.children():
        part.hold(reread.children())


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def mended(raw: bytes) -> bytes:
    """`raw` with a header block that the parser reads to its end; the body stays byte for byte.

    Dropped: a byte order mark, blank lines and mbox `From ` lines before the header, NULs in it, its lines beyond
    MAX_HEADER_LINES. Folded: lines that are no header while known headers follow. Raises `NotAMail`.
    """
    if b"\r\r\n" in raw[:4096] and raw.count(b"\r\r\n") == raw.count(b"\n"):
        raw = raw.replace(b"\r\r\n", b"\r\n")  # sent through a text mode twice
    start = _start_of_header(raw)
    lines, end = _header_lines(raw, start)
    kept = _required_header(raw, lines)
    body = end if len(kept) == len(lines) else start + sum(map(len, lines[: len(kept)]))
    newline = b"\r\n" if kept[0].endswith(b"\r\n") else b"\n"
    return b"".join(_mended_lines(kept, newline)) + newline + raw[body:]


def header_names(raw: bytes) -> set[bytes]:
    """The lower-case names of the headers of `raw`, without parsing the rest. Raises `NotAMail` if there are none."""
    lines, _ = _header_lines(raw, _start_of_header(raw))
    return {_name_of(line) for line in _required_header(raw, lines)} - {b""}


def _required_header(raw: bytes, lines: list[bytes]) -> list[bytes]:
    kept = _kept_header(lines)
    if not kept:
        raise NotAMail("it is empty" if not raw.strip() else "it has no header line before its first blank line")
    return kept


def _start_of_header(raw: bytes) -> int:
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while skipped := _BLANK.match(raw, start) or _FROM_LINE.match(raw, start):
        start = skipped.end()
    return start


def _header_lines(raw: bytes, start: int) -> tuple[list[bytes], int]:
    """The lines up to the first blank one, and where the body begins after that."""
    lines: list[bytes] = []
    while start < len(raw):
        line = _line_at(raw, start)
        start += len(line)
        if not line.strip(b"\r\n"):
            break
        lines.append(line)
    return lines, start


def _line_at(raw: bytes, start: int) -> bytes:
    found = _LINE.match(raw, start)
    return found[0] if found else b""


def _kept_header(lines: list[bytes]) -> list[bytes]:
    """The lines that are the header: up to the first stray one with no known header below it."""
    boundary = next((at for at, line in enumerate(lines) if line.startswith(b"--") and at), len(lines))
    names = [_name_of(line) for line in lines[:boundary]]
    last_known = max((at for at, name in enumerate(names) if name in KNOWN_HEADERS), default=-1)
    for at, line in enumerate(lines[:boundary]):
        if at > last_known and not names[at] and line[:1] not in b" \t":
            return lines[:at] if any(names[:at]) else []
    return lines[:boundary] if any(names) else []


def _name_of(line: bytes) -> bytes:
    found = _HEADER.match(line)
    return found[1].lower() if found else b""


def _mended_lines(lines: list[bytes], newline: bytes) -> Iterator[bytes]:
    seen = 0
    for line in lines:
        text = line.rstrip(b"\r\n").replace(b"\x00", b"")
        header = _HEADER.match(text if seen else text.lstrip())
        if header:
            seen += 1
            yield header[1] + b":" + header.string[header.end() :] + newline
        elif seen and not _FROM_LINE.match(line):
            yield (text if text[:1] in b" \t" else b" " + text) + newline
        if seen > MAX_HEADER_LINES:
            return
