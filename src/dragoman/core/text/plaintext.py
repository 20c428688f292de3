"""HTML as somebody would type it: lines, lists, quotes and links."""

import re
from html import unescape

from dragoman.core.text.cleaning import clean
from dragoman.core.text.markup import VOID, Token, names, well_nested

LINES = names(
    "address article aside caption center dd div dl dt fieldset figcaption figure footer form header hr main nav"
    " option section summary tbody tfoot thead tr"
)
PARAGRAPHS = names("blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul")
MAX_INDENT = 8
MAX_QUOTING = 20  # "> " marks on one line

_HIDDEN = re.compile(r"(?:^|[;\s\"'])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_NO_HEIGHT = re.compile(
    r"\b(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|!|$).*\boverflow\s*:\s*hidden", re.IGNORECASE | re.DOTALL
)
_SPACES = re.compile(r"[ \t\r\n\f\xa0\u2000-\u200a\u202f\u205f\u3000]+")
# Soft hyphens and zero-width padding; joiners only where nothing is joined (preheaders pad with them).
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\xad\u034f]|[\u200c\u200d](?=[\\s\u200c]|$)")
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
_WEB = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_DECORATION = re.compile(r"^(?:https?://|ftp://|mailto:|tel:)?(?:www\.)?|/$", re.IGNORECASE)


def to_text(html: str) -> str:
    """Readable plain text of `html`: never fails, takes linear time.

    Blocks become lines, `<blockquote>` becomes "> " lines, a link becomes `text <url>` unless its text says the
    url already; hidden elements (preheaders), styles and scripts are left out; no-break spaces become spaces.
    """
    reader = _Reader()
    for token in well_nested(clean(html)):
        reader.take(token)
    return reader.page.finished()


class _Page:
    """The lines written so far."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._needs_gap = False
        self._needs_blank = False
        self._last_depth = 0
        self.depth = 0  # of quoting
        self.marker = ""  # of a list item whose first word has not come yet

    def words(self, text: str) -> None:
        """Running text: white space counts as one space."""
        spaced = _SPACES.sub(" ", text)
        self._needs_gap = self._needs_gap or spaced.startswith(" ")
        if core := spaced.strip(" "):
            self.verbatim(core)
            self._needs_gap = spaced.endswith(" ")

    def verbatim(self, text: str) -> None:
        """Text that is written as it stands, on the current line."""
        if self._needs_gap and self._line:
            self._line.append(" ")
        if not self._line:
            self._line.append(self.marker)
            self.marker = ""
        self._line.append(text)
        self._needs_gap = False

    def gap(self) -> None:
        """Part what follows from what stands before."""
        self._needs_gap = True

    def new_line(self) -> None:
        """End the current line; an empty one stays as a blank line."""
        if self._line:
            self._write("".join(self._line).rstrip())
        else:
            self._needs_blank = True
        self._line, self._needs_gap = [], False

    def block(self, *, is_paragraph: bool) -> None:
        """Begin on a new line, after a blank one if it is a paragraph."""
        if self._line:
            self.new_line()
        self._needs_blank = self._needs_blank or is_paragraph
        self._needs_gap = False

    def _write(self, line: str) -> None:
        depth = min(self.depth, MAX_QUOTING)
        if self._needs_blank and self._lines:
            self._lines.append(("> " * min(depth, self._last_depth)).rstrip())
        self._lines.append("> " * depth + line)
        self._needs_blank, self._last_depth = False, depth

    def finished(self) -> str:
        self.block(is_paragraph=False)
        return "\n".join(self._lines)


class _Reader:
    """Follows the tags of a well-nested page and writes its text."""

    def __init__(self) -> None:
        self.page = _Page()
        self._hidden_from: int | None = None  # the depth at which the hidden element was opened
        self._open = 0
        self._preformatted = 0
        self._lists: list[int | None] = []  # the last number of each open list, None for bullets
        self._link: tuple[str, list[str]] | None = None

    def take(self, token: Token) -> None:
        if token.kind == "text":
            self._text(token.source)
        elif token.kind == "start":
            self._start(token)
        else:
            self._end(token.name)

    def _text(self, source: str) -> None:
        if self._hidden_from is not None:
            return
        text = _INVISIBLE.sub("", clean(unescape(_HUGE_REFERENCE.sub("\ufffd", source))))
        if self._link is not None:
            self._link[1].append(text)
        if not self._preformatted:
            self.page.words(text)
            return
        first, *others = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
        self._preformatted_line(first)
        for line in others:
            self.page.new_line()
            self._preformatted_line(line)

    def _preformatted_line(self, line: str) -> None:
        if line:
            self.page.verbatim(line)

    def _start(self, token: Token) -> None:
        is_void = token.name in VOID
        if self._hidden_from is None:
            if not is_void and _is_hidden(token):
                self._hidden_from = self._open
            else:
                self._show_start(token)
        self._open += not is_void

    def _show_start(self, token: Token) -> None:
        name = token.name
        if name == "br":
            self.page.new_line()
        elif name == "hr":
            self._rule()
        elif name == "img":
            self._text(token.attribute("alt") or "")
        elif name in {"td", "th"}:
            self.page.gap()
        elif name == "a":
            self._link = (token.attribute("href") or "", [])
        else:
            self._start_block(name)

    def _start_block(self, name: str) -> None:
        if name in PARAGRAPHS:
            # A list inside a list goes on without a gap, an item's first paragraph stays on its bullet.
            self.page.block(is_paragraph=not self._lists and not self.page.marker)
        elif name in LINES or name == "li":
            self.page.block(is_paragraph=False)
        if name == "li":
            self._begin_item()
        elif name in {"ul", "ol"}:
            self._lists.append(0 if name == "ol" else None)
        elif name == "blockquote":
            self.page.depth += 1
        elif name == "pre":
            self._preformatted += 1

    def _begin_item(self) -> None:
        indent = "  " * min(max(len(self._lists) - 1, 0), MAX_INDENT)
        number = self._lists[-1] if self._lists else None
        if number is None:
            self.page.marker = f"{indent}- "
            return
        self._lists[-1] = number + 1
        self.page.marker = f"{indent}{number + 1}. "

    def _rule(self) -> None:
        self.page.block(is_paragraph=False)
        self.page.verbatim("---")
        self.page.new_line()

    def _end(self, name: str) -> None:
        self._open -= 1
        if self._hidden_from is None:
            self._show_end(name)
        elif self._open == self._hidden_from:
            self._hidden_from = None

    def _show_end(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name in LINES or name == "li":
            self.page.block(is_paragraph=False)
            self.page.marker = "" if name == "li" else self.page.marker
        elif name in PARAGRAPHS:
            self._end_paragraph(name)

    def _end_paragraph(self, name: str) -> None:
        if name in {"ul", "ol"} and self._lists:
            self._lists.pop()
        self.page.block(is_paragraph=not self._lists and not self.page.marker)
        if name == "blockquote":
            self.page.depth = max(0, self.page.depth - 1)
        elif name == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def _end_link(self) -> None:
        if self._link is None:
            return
        href, texts = self._link
        self._link = None
        target = _SPACES.sub("", clean(unescape(_HUGE_REFERENCE.sub("\ufffd", href)))).replace("\n", "")
        said = "".join(texts).strip()
        if said and _WEB.match(target) and _core(said) != _core(target):
            self.page.gap()
            self.page.verbatim(f"<{_without_scheme(target)}>")


def _without_scheme(target: str) -> str:
    return target[len("mailto:") :] if target.lower().startswith("mailto:") else target


def _core(link: str) -> str:
    """What two spellings of one address have in common."""
    return _DECORATION.sub("", link.strip()).lower()


def _is_hidden(token: Token) -> bool:
    style = token.attribute("style") or ""
    return bool(_HIDDEN.search(style) or _NO_HEIGHT.search(style)) or token.attribute("hidden") is not None
