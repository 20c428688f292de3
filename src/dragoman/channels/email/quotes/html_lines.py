"""Reads an HTML body as the lines a reader sees, each with what the client's markup says of it.

Clients mark quotes, dividers and signatures by class, id, name or style; the names below are those that Gmail, Outlook
(desktop, web, mobile), Apple Mail, Yahoo, Thunderbird, Proton, Tuta, Zoho, Zimbra, GMX, Spark, Roundcube, NetEase and
Lark write, also behind the `x_` or `ecx` that Outlook puts before foreign ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from html import unescape
from itertools import accumulate

from dragoman.channels.email.quotes.headers import LONGEST_ATTRIBUTION, attribution_start
from dragoman.channels.email.quotes.reply_lines import Kind
from dragoman.core.text.cleaning import clean
from dragoman.core.text.markup import VOID, Token, well_nested
from dragoman.core.text.plaintext import LINES, PARAGRAPHS


class Role(Enum):
    """What a client says an element is."""

    QUOTE = "quote"
    MIXED = "mixed"
    """Holds the quote and what announces it, and answers when the author wrote between the lines."""
    ATTRIBUTION = "attribution"
    DIVIDER = "divider"
    """All that follows is quoted."""
    SIGNATURE = "signature"


ROLES = {
    "moz-forward-container": Role.QUOTE,
    "olk_src_body_section": Role.QUOTE,
    "zmail_extra": Role.QUOTE,
    "isforwardcontent": Role.QUOTE,
    "isreplycontent": Role.QUOTE,
    "mail-editor-reference-message-container": Role.QUOTE,
    "messagereplysection": Role.QUOTE,
    "freshdesk_quote": Role.QUOTE,
    "front-blockquote": Role.QUOTE,
    "history-quote-wrapper": Role.QUOTE,
    "lark-mail-quote": Role.QUOTE,
    "quoted-text": Role.QUOTE,
    "__quoted_text__": Role.QUOTE,
    "gmail_quote": Role.MIXED,
    "gmail_quote_container": Role.MIXED,
    "protonmail_quote": Role.MIXED,
    "tutanota_quote": Role.MIXED,
    "gmail_attr": Role.ATTRIBUTION,
    "moz-cite-prefix": Role.ATTRIBUTION,
    "reply-intro": Role.ATTRIBUTION,
    "divrplyfwdmsg": Role.DIVIDER,
    "appendonsend": Role.DIVIDER,
    "stopspelling": Role.DIVIDER,
    "zwchr": Role.DIVIDER,
    "outlookmessageheader": Role.DIVIDER,
    "_replyforwardmsg": Role.DIVIDER,
    "gmail_signature": Role.SIGNATURE,
    "gmail_signature_prefix": Role.SIGNATURE,
    "signature": Role.SIGNATURE,
    "moz-signature": Role.SIGNATURE,
    "protonmail_signature_block": Role.SIGNATURE,
    "ms-outlook-mobile-signature": Role.SIGNATURE,
    "applemailsignature": Role.SIGNATURE,
    "messagesignaturesection": Role.SIGNATURE,
    "zmail_signature": Role.SIGNATURE,
}
FOREIGN_PREFIX = re.compile(r"^(?:x_|ecx)+")
OUTLOOK_BORDER = re.compile(r"border:\s*none;\s*border-top:\s*solid #[0-9a-f]{6} 1\.0pt", re.IGNORECASE)
"""Outlook for Windows draws this above From:, Sent:, To:, whatever their language."""

BLOCKS = LINES | PARAGRAPHS | {"body", "li"}
FRAME = frozenset({"html", "head", "body"})
PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
IMAGE = "\ufffc"
RULE = "_" * 32


@dataclass(slots=True)
class Piece:
    """A piece of the source and the lines it belongs to: a tag belongs to all lines of its element."""

    source: str
    first: int
    last: int


@dataclass(slots=True)
class HtmlLines:
    """The lines of a page, what its markup says of them, and the source they come from."""

    texts: list[str] = field(default_factory=list)
    hints: list[Kind | None] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def source_of(self, kept: Sequence[bool]) -> str:
        """The source without the lines that aren't kept, and without elements of which no line is."""
        before = list(accumulate(kept, initial=0))
        return "".join(p.source for p in self.pieces if p.last < p.first or before[p.last + 1] > before[p.first])


def read_lines(source: str) -> HtmlLines:
    """The lines of an HTML body; never raises, takes linear time."""
    reader = _Reader()
    for token in well_nested(clean(source)):
        reader.take(token)
    reader.break_line(even_if_blank=True)
    return reader.page


def role_of(token: Token) -> Role | None:
    """What the client says the element of this start tag is, if anything."""
    if not token.attributes:
        return None
    names = " ".join(token.attribute(key) or "" for key in ("class", "id", "name", "data-marker"))
    roles = [role for name in names.lower().split() if (role := role_of_name(name))]
    if token.name == "blockquote" and (roles or (token.attribute("type") or "").lower() == "cite"):
        return Role.QUOTE
    if OUTLOOK_BORDER.search((token.attribute("style") or "")[:400]):
        return Role.DIVIDER
    return roles[0] if roles else None


def role_of_name(name: str) -> Role | None:
    """Role of a class, id or name."""
    return Role.QUOTE if name.endswith("yahoo_quoted") else ROLES.get(FOREIGN_PREFIX.sub("", name))


@dataclass(slots=True)
class _Open:
    """An element whose end tag has not come yet."""

    piece: Piece
    role: Role | None
    is_preformatted: bool
    has_quote: bool = False


class _Reader:
    """Keeps the current line and the open elements while reading tokens."""

    def __init__(self) -> None:
        self.page = HtmlLines()
        self.line: list[str] = []
        self.line_hint: Kind | None = None
        self.has_ink = False
        self.open: list[_Open] = []
        self.depth = dict.fromkeys(Role, 0)
        self.preformatted = 0
        self.is_divided = False

    @property
    def here(self) -> int:
        """Index of the current line."""
        return len(self.page.texts)

    def take(self, token: Token) -> None:
        """Reads on by one token."""
        if token.kind == "text":
            self.text(token.source)
        elif "@" in token.name:
            # "<ann@example.com>" that a client forgot to escape; what nests the page ended it somewhere.
            if token.kind == "start":
                self.put(token.source, token.source)
        elif token.kind == "end":
            self.end(token)
        elif token.name in VOID:
            self.void(token)
        else:
            self.start(token)

    def text(self, source: str) -> None:
        """Takes a text into the current line, or its lines where line ends count."""
        first, *others = source.split("\n") if self.preformatted else [source]
        self.put(first, unescape(first))
        for line in others:
            self.put("\n", "")
            self.break_line(even_if_blank=True)
            self.put(line, unescape(line))

    def void(self, token: Token) -> None:
        """Takes an element without content: a line break, a ruler or an image; `<hr id=stopSpelling>` divides."""
        if token.name == "hr":
            self.break_line()
        self.is_divided = self.is_divided or (not self.depth[Role.QUOTE] and role_of(token) is Role.DIVIDER)
        self.put(token.source, IMAGE if is_picture(token) else RULE if token.name == "hr" else "")
        if token.name in {"br", "hr"}:
            self.break_line(even_if_blank=True)

    def start(self, token: Token) -> None:
        """Opens an element: breaks the line at a block and notes its role."""
        if token.name in BLOCKS:
            self.break_line()
        role = self.role_here(token)
        piece = Piece(token.source, self.here, self.here)
        self.page.pieces.append(piece)
        is_pre = token.name == "pre" or bool(PREFORMATTED.search(token.attribute("style") or ""))
        self.open.append(_Open(piece, role, is_pre))
        self.preformatted += is_pre
        if role is not None:
            self.depth[role] += 1
            self.is_divided = self.is_divided or role is Role.DIVIDER

    def end(self, token: Token) -> None:
        """Closes an element; well-nested pages end what was opened last."""
        closing = self.open.pop()
        is_fresh = not self.has_ink and self.here > closing.piece.first
        closing.piece.last = self.here - is_fresh
        # Without a frame there is no page, so these stay whatever is cut: they belong to no line.
        if token.name in FRAME:
            closing.piece.first, closing.piece.last = 0, -1
        self.page.pieces.append(Piece(token.source, closing.piece.first, closing.piece.last))
        self.preformatted -= closing.is_preformatted
        if closing.role is not None:
            self.depth[closing.role] -= 1
        if closing.role is Role.MIXED and not closing.has_quote:
            self.mark_as_quote(closing.piece)
        if token.name in BLOCKS:
            self.break_line()
        elif token.name in {"td", "th"}:
            self.put("", " ")

    def mark_as_quote(self, piece: Piece) -> None:
        """Gmail's wrapper without a blockquote in it holds a forwarded mail and nothing else."""
        for line in range(piece.first, min(piece.last + 1, self.here)):
            if self.page.texts[line]:
                self.page.hints[line] = Kind.QUOTE
        if self.has_ink and piece.last == self.here:
            self.line_hint = Kind.QUOTE

    def role_here(self, token: Token) -> Role | None:
        """Role of an element outside any quote; within one there is nothing left to tell."""
        if self.depth[Role.QUOTE]:
            return None
        role = role_of(token)
        if token.name == "blockquote":
            role = role or (Role.QUOTE if self.is_announced() else None)
            self.enter_quote()
        return None if role is Role.MIXED and self.depth[Role.MIXED] else role

    def enter_quote(self) -> None:
        """Notes the quote in what wraps it, and that the line above it announces it, whatever its language."""
        for element in self.open:
            is_first = element.role is Role.MIXED and not element.has_quote
            if is_first and self.here > element.piece.first and self.page.texts[-1].endswith((":", "：")):
                self.page.hints[-1] = Kind.ATTRIBUTION
            element.has_quote = True

    def is_announced(self) -> bool:
        """The lines just above say "On … wrote:", so that a blockquote without any mark is a quote too."""
        above = [*self.page.texts[-LONGEST_ATTRIBUTION - 2 :], *([self.written()] if self.has_ink else [])]
        while above and not above[-1]:
            above.pop()
        return bool(above) and attribution_start(above, len(above) - 1, before_quote=True) is not None

    def put(self, source: str, text: str) -> None:
        """Writes on the current line; the first ink on it decides what the client says it is."""
        self.page.pieces.append(Piece(source, self.here, self.here))
        self.line.append(text)
        if not self.has_ink and text.strip():
            self.has_ink, self.line_hint = True, self.hint()

    def hint(self) -> Kind | None:
        """What the open elements say of a line that begins now."""
        if self.depth[Role.QUOTE]:
            return Kind.QUOTE
        if self.is_divided:
            return Kind.CUT
        if self.depth[Role.ATTRIBUTION]:
            return Kind.ATTRIBUTION
        return Kind.SIGNATURE if self.depth[Role.SIGNATURE] else None

    def break_line(self, *, even_if_blank: bool = False) -> None:
        """Begins a new line unless nothing stands on this one yet."""
        if even_if_blank or self.has_ink:
            self.page.texts.append(self.written())
            self.page.hints.append(self.line_hint)
            self.line, self.line_hint, self.has_ink = [], None, False

    def written(self) -> str:
        """The current line as a reader sees it."""
        return " ".join("".join(self.line).split())


def is_picture(token: Token) -> bool:
    """An image a reader sees, not a pixel that tracks them."""
    sizes = {(token.attribute(side) or "").strip() for side in ("width", "height")}
    return token.name == "img" and not sizes & {"0", "1", "0px", "1px"}
