"""Whether an account's index says of every conversation what its row says: looked at row by row, without the index."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from dragoman.core.conversations.models import Conversation
from dragoman.core.search import keeping
from dragoman.core.search.index import FACETS, NEVER, NUMBERS, SOME, SORTED, Index
from dragoman.core.tags import fold_tag
from dragoman.store.tx import Tx
from dragoman.store.types import to_micros


async def assert_index_is_right(tx: Tx) -> Index:
    """Every number kept, every bitmap and every order; what the index followed is what the rows are now."""
    index = await keeping.current(tx)
    rows = await tx.all(Conversation, tx.select(Conversation))
    slots = {one.id: slot for one in rows for slot in index.slots_of([one.id])}
    assert len(index) == len(rows) == len(slots)
    for name in NUMBERS:
        assert {one.id: index.numbers[name][slots[one.id]] for one in rows} == {
            one.id: number(one, name) for one in rows
        }
    for name in (*FACETS, "tags"):
        wanted = defaultdict(set)
        for one in rows:
            for key in keys(one, name):
                wanted[key].add(slots[one.id])
        assert {key: set(found) for key, found in index.facets[name].sets.items() if found} == wanted, name
    for name in SORTED:
        ordered = sorted(rows, key=lambda one: (number(one, name), one.id))
        everyone = index.slots_of(slots)
        page = index.ladders[name].page(everyone, offset=0, limit=len(rows), is_descending=False)
        assert page == [slots[one.id] for one in ordered], name
    assert set(index.ladders[SOME].members) == {slots[one.id] for one in rows if one.waiting_since is not None}
    return index


def number(one: Conversation, name: str) -> int:
    value: Any = getattr(one, name)
    if value is None:
        return NEVER
    return to_micros(value) if isinstance(value, datetime) else int(value)


def keys(one: Conversation, name: str) -> set[Any]:
    if name == "tags":
        return {fold_tag(tag) for tag in one.tags} or {None}
    return {getattr(one, name)}
