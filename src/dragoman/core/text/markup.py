"""Hostile HTML as a well-nested stream of tags and text, in linear time and without recursion.

Every HTML5 parser has inputs of a megabyte that cost it minutes or all memory: tags nested 100,000 deep, thousands
of unclosed `<font>`s that each `<p>` must reopen. So nothing here builds a tree; and what goes on to a parser (nh3,
the browser) has been nested and bounded first.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

MAX_DEPTH = 200  # a page nested deeper is flattened, tags and text stay


def names(listed: str) -> frozenset[str]:
    """The names in a list with blanks between them."""
    return frozenset(listed.split())


VOID = names("area base br col embed hr img input link meta param source track wbr")
# Elements of which mail readers show nothing; what stands in them is not wording either.
UNSEEN = frozenset({"script", "style", "title", "iframe", "noembed", "noframes", "template"})
# Which open element a start tag ends when authors leave out the end tag (HTML Living Standard, 13.1.2.4).
ENDED_BY = {
    **dict.fromkeys(
        names(
            "address article aside blockquote center div dl fieldset footer form h1 h2 h3 h4 h5 h6 header hr main"
            " nav ol p pre section table ul"
        ),
        frozenset({"p"}),
    ),
    "li": frozenset({"li", "p"}),
    "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}),
    "td": frozenset({"td", "th", "p"}),
    "th": frozenset({"td", "th", "p"}),
    "tr": frozenset({"td", "th", "tr", "p"}),
    "tbody": frozenset({"td", "th", "tr", "thead", "tbody"}),
    "tfoot": frozenset({"td", "th", "tr", "tbody"}),
    "option": frozenset({"option"}),
    "a": frozenset({"a"}),
}
TABLE_PARTS = names("table thead tbody tfoot tr td th caption")
SCOPES = frozenset({"table", "td", "th", "caption"})  # an end tag inside ends nothing outside

_TOKEN = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))            # comments, conditional ones too
      | <(?:[!?]|/(?![a-zA-Z]))[^>]*>?          # doctypes, <![if]>, </3
      | <(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)
        (?P<attributes>(?:=[ \t\r\n\f]*(?:"[^"]*"?|'[^']*'?)|[^>])*+)(?P<closed>>?)
    """,
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]+)(?:\s*=\s*(?:\"([^\"]*)\"?|'([^']*)'?|([^\s>\"']+)))?")
_CLOSERS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE) for name in UNSEEN}


class Token(NamedTuple):
    """A piece of a page: `source` is the text, or the tag as written; `name` is lower-case, "" for text."""

    kind: Literal["text", "start", "end"]
    name: str
    source: str
    attributes: str = ""

    def attribute(self, wanted: str) -> str | None:
        """The raw value of the first attribute of that name (entities undecoded), None if absent."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == wanted:
                return found[2] or found[3] or found[4] or ""
        return None


def tokens(page: str) -> Iterator[Token]:
    """The tags and texts of `page` in order, without comments and without elements nobody sees."""
    position, unclosed = 0, set[str]()
    while found := _TOKEN.search(page, position):
        if found.start() > position:
            yield Token("text", "", page[position : found.start()])
        position = found.end()
        name = (found["name"] or "").lower()
        if name in UNSEEN:
            position = _past_unseen(page, position, name, is_end=bool(found["end"]), unclosed=unclosed)
        elif name and found["closed"]:
            yield Token("end" if found["end"] else "start", name, found[0], found["attributes"])
    if position < len(page):
        yield Token("text", "", page[position:])


def _past_unseen(page: str, position: int, name: str, *, is_end: bool, unclosed: set[str]) -> int:
    """Where the page goes on after the start tag of an unseen element."""
    if is_end or name in unclosed:
        return position
    if closer := _CLOSERS[name].search(page, position):
        return closer.end()
    unclosed.add(name)  # never look for it again: that would cost quadratic time
    return len(page) if name in {"script", "style"} else position


class _Nesting:
    """The elements open at a point of the page."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._all: Counter[str] = Counter()
        self._scopes: list[Counter[str]] = [Counter()]

    def start(self, name: str) -> None:
        self.open.append(name)
        self._all[name] += 1
        self._scopes[-1][name] += 1
        if name in SCOPES:
            self._scopes.append(Counter())

    def can_end(self, name: str) -> bool:
        return (self._all if name in TABLE_PARTS else self._scopes[-1])[name] > 0

    def end(self) -> Token:
        """End the innermost element."""
        name = self.open.pop()
        if name in SCOPES:
            self._scopes.pop()
        self._all[name] -= 1
        self._scopes[-1][name] -= 1
        return Token("end", name, f"</{name}>")


def well_nested(page: str) -> Iterator[Token]:
    """The tokens of `page` with every start tag matched by its end tag, at most MAX_DEPTH deep."""
    nesting = _Nesting()
    for token in tokens(page):
        if token.kind == "end":
            yield from _ended(nesting, token)
        elif token.kind == "start" and token.name not in VOID:
            yield from _started(nesting, token)
        else:
            yield token
    while nesting.open:
        yield nesting.end()


def _started(nesting: _Nesting, token: Token) -> Iterator[Token]:
    implied = ENDED_BY.get(token.name, frozenset())
    # A parser ends a paragraph through whatever is open in it, and reopens all of that for every later word.
    while "p" in implied and nesting.can_end("p"):
        yield nesting.end()
    while nesting.open and (nesting.open[-1] in implied or len(nesting.open) >= MAX_DEPTH):
        yield nesting.end()
    nesting.start(token.name)
    yield token


def _ended(nesting: _Nesting, token: Token) -> Iterator[Token]:
    if token.name == "br":  # </br> is a line break to every browser
        yield Token("start", "br", "<br>")
    elif nesting.can_end(token.name):
        while nesting.open[-1] != token.name:
            yield nesting.end()
        yield nesting.end()
