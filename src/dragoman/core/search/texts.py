"""Free text: which conversations have every word of it, somewhere in their subject or messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragoman.core.search.words import query_words
from dragoman.store import fulltext
from dragoman.store.tx import Tx

FEW = 256  # documents that are fetched while everybody waits


async def with_words(tx: Tx, text: str) -> Iterable[int]:
    """The ids of those conversations. Text without a single word finds nothing.

    A rare word decides: the others are looked for in what it leaves. Only when all are common is each asked for.
    """
    wanted = query_words(text)
    few: dict[str, set[int]] = {}
    for word in wanted:
        found = await fulltext.some_having(tx, word, FEW + 1)
        if len(found) <= FEW:
            few[word] = set(found)
    if few:
        others = [word for word in wanted if word not in few]
        return await _among(tx, set.intersection(*few.values()), others)
    every = [await fulltext.all_having(tx, word) for word in wanted]
    return set.intersection(*every) if every else ()


async def _among(tx: Tx, conversation_ids: set[int], words: Sequence[str]) -> Iterable[int]:
    """Those of them that have these words, too."""
    if not words or not conversation_ids:
        return conversation_ids
    there: dict[int, set[str]] = {one: set() for one in conversation_ids}
    for conversation_id, _, kept in await fulltext.documents_of(tx, sorted(conversation_ids)):
        there[conversation_id].update(kept.split())
    return [one for one, has in there.items() if has.issuperset(words)]
