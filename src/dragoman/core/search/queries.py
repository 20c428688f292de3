"""Answering a question about conversations: the page, and how many there are in all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from pyroaring import BitMap
from sqlalchemy import Select, bindparam

from dragoman.core.conversations.models import DELETED, Priority, Status
from dragoman.core.search import keeping
from dragoman.core.search.facets import Facet
from dragoman.core.search.index import Index
from dragoman.core.search.model import Condition, Question, Sort
from dragoman.core.search.selecting import Choice, choose, counted, is_in_index, narrowed
from dragoman.store import schema
from dragoman.store.prepared import Statements
from dragoman.store.tx import Tx

reads, tags = schema.reads, schema.tags
RANKED: Mapping[Sort, Sequence[tuple[str, ...]]] = {
    Sort.PRIORITY: tuple((word,) for word in Priority),
    Sort.STATUS: tuple((word,) for word in Status),
}
_READS = Statements()


class Stamp(NamedTuple):
    """What tells whether a rendering of a conversation is still good, and whether this reader has read it."""

    id: int
    version: int
    renderings: int
    is_read: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One page, in order, and how many conversations answer the question in all."""

    stamps: list[Stamp]
    total: int


async def answer(tx: Tx, question: Question, *, reader_id: int) -> Answer:
    """A page and the exact total, of one moment. No two pages share a conversation, for the id breaks every tie.

    Conversations of one status or priority are in the order of their numbers.
    """
    if question.sort is Sort.SUBJECT:
        await keeping.by_subject(tx)
    choice = await choose(tx, question)
    index, total = choice.index, len(choice.slots)
    stamps = index.stamps(_page(index, choice.slots, question))
    read = await _read_by(tx, reader_id, [one[0] for one in stamps])
    return Answer([Stamp(*one, one[0] in read) for one in stamps], total)


async def count_each(tx: Tx, base: Question, parts: Mapping[str, tuple[Condition, ...]]) -> dict[str, int]:
    """How many answer `base` and, besides, each part's conditions, which must be ones that the index knows."""
    choice = await choose(tx, base)
    return {name: _count(choice, base, conditions) for name, conditions in parts.items()}


def _count(choice: Choice, base: Question, conditions: tuple[Condition, ...]) -> int:
    """Remembered as long as nothing changes, unless the rows had a part in it."""
    if is_in_index(base):
        return choice.index.remembered((base.choice, conditions), lambda: _counted(choice, conditions))
    return _counted(choice, conditions)


def _counted(choice: Choice, conditions: Sequence[Condition]) -> int:
    slots = choice.slots
    for condition in conditions[:-1]:
        slots = narrowed(choice.index, slots, condition)
    return counted(choice.index, slots, conditions[-1]) if conditions else len(slots)


def _page(index: Index, slots: BitMap, question: Question) -> list[int]:
    """Part after part: each is in an order that a ladder knows."""
    found: list[int] = []
    offset = question.offset
    for part, sort, is_descending in _parts(index, slots, question):
        if len(found) == question.limit:
            break
        if offset < len(part):
            limit = question.limit - len(found)
            found += index.ladders[sort.value].page(part, offset=offset, limit=limit, is_descending=is_descending)
        offset = max(0, offset - len(part))
    return found


def _parts(index: Index, slots: BitMap, question: Question) -> Iterator[tuple[BitMap, Sort, bool]]:
    sort, is_descending = question.sort, question.is_descending
    if sort is Sort.WAITING:
        waiting = slots & index.ladders[sort.value].members
        yield waiting, sort, is_descending
        yield slots - waiting, *(question.then or (Sort.CREATED, False))
    elif sort in RANKED or sort is Sort.UNREAD:
        facet = index.facets[sort.value]
        for keys in _ranks(facet, question):
            yield slots & facet.any_of(keys), *(question.then or (Sort.NUMBER, is_descending))
    else:
        yield slots, sort, is_descending


def _ranks(facet: Facet, question: Question) -> Sequence[Sequence[Hashable]]:
    """What a facet has, in the order asked for."""
    if question.sort is Sort.UNREAD:
        counts = [[one] for one in facet.sets if isinstance(one, int)]
        return sorted(counts, reverse=question.is_descending)
    ranks = question.ranks or RANKED[question.sort]
    ordered = [rank for rank in ranks if rank != question.last]
    return [*(reversed(ordered) if question.is_descending else ordered), *([question.last] if question.last else [])]


async def _read_by(tx: Tx, reader_id: int, conversation_ids: Sequence[int]) -> set[int]:
    """Which of them a reader has read since the customer last wrote."""
    if not conversation_ids:
        return set()
    # A few sizes of one statement: what is left over asks for the last conversation again.
    size = 1 << (len(conversation_ids) - 1).bit_length()
    asked = [*conversation_ids, *[conversation_ids[-1]] * (size - len(conversation_ids))]
    values = dict(zip(_names(size), asked, strict=True))
    rows = await _READS.latest(tx, size, lambda form: _reads_of(form, size), {**values, "reader_id": reader_id})
    return {row[0] for row in rows}


@cache
def _names(size: int) -> tuple[str, ...]:
    return tuple(f"id_{at}" for at in range(size))


def _reads_of(form: Tx, size: int) -> Select[*tuple[Any, ...]]:
    blanks: list[Any] = [bindparam(name) for name in _names(size)]
    is_theirs = reads.c.reader_id == bindparam("reader_id")
    return form.select(reads.c.conversation_id).where(is_theirs, reads.c.conversation_id.in_(blanks))


async def channels_in_use(tx: Tx) -> list[str]:
    """The channels of conversations in the active inbox, by name."""
    index = await keeping.current(tx)
    active, channels = index.facets["visibility"].having(0), index.facets["channel"]
    return sorted(name for name in channels.texts() if active.intersect(channels.having(name)))


async def tags_like(tx: Tx, prefix: str, *, limit: int) -> list[str]:
    """Tags in use whose folded name starts with a prefix: the most used first, then by name."""
    index = await keeping.current(tx)
    kept = index.facets["visibility"].any_of(range(DELETED))
    facet = index.facets["tags"]
    counts = {key: facet.having(key).intersection_cardinality(kept) for key in facet.texts() if key.startswith(prefix)}
    used = sorted((key for key, count in counts.items() if count), key=lambda key: (-counts[key], key))[:limit]
    rows = await tx.rows(tx.select(tags.c.folded, tags.c.name).where(tags.c.folded.in_(used)))
    names = {row[0]: row[1] for row in rows}
    return [names[key] for key in used]
