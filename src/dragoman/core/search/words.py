"""Text into the words it is found by: folded alike when it is stored and when it is asked for.

Case, accents and width do not matter; punctuation is never syntax. Scripts without spaces are cut into single
characters and neighbouring pairs, so that any part of a sentence finds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_WORD = 64
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")


def document_words(text: str) -> list[str]:
    """Every token a document can be found by, in order, with repeats."""
    if text.isascii():
        return [word[:MAX_WORD] for word in _folded(text)]
    return [token for word in _folded(text) for token in _tokens(word, singles=True)]


def query_words(text: str) -> list[str]:
    """The distinct tokens that a document must have to match a query."""
    return list(dict.fromkeys(token for word in _folded(text) for token in _tokens(word, singles=False)))


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFKC", bare).casefold()


def _folded(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _tokens(word: str, *, singles: bool) -> Iterator[str]:
    if word.isascii():
        yield word[:MAX_WORD]
        return
    for run in filter(None, _UNSPACED.split(word)):
        if _UNSPACED.match(run):
            yield from _characters(run, singles=singles)
        else:
            yield run[:MAX_WORD]


def _characters(run: str, *, singles: bool) -> Iterator[str]:
    if singles or len(run) == 1:
        yield from run
    yield from (run[at : at + 2] for at in range(len(run) - 1))
