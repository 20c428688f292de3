"""Questions that somebody asks often: each user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table, func

from dragoman.core.contacts.rules import clean_name
from dragoman.core.errors import Conflict, NotFound
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

saved_filters = schema.saved_filters
MOST_FILTERS = 1000


@dataclass(frozen=True, slots=True)
class SavedFilter(Record):
    """`of` is what is asked about; `query` is the client's."""

    table: ClassVar[Table] = schema.saved_filters

    id: int
    user_id: int
    name: str
    of: str
    query: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


async def of_user(tx: Tx, user_id: int, of: str) -> list[SavedFilter]:
    """The oldest first."""
    return await tx.find_all(SavedFilter, "id", user_id=user_id, of=of)


async def get(tx: Tx, user_id: int, filter_id: int) -> SavedFilter:
    """Raises NotFound, for another's as well."""
    found = await tx.find_one(SavedFilter, id=filter_id, user_id=user_id)
    if found is None:
        raise NotFound("Custom filter")
    return found


async def add(tx: WriteTx, user_id: int, *, name: str, of: str, query: Mapping[str, Any]) -> SavedFilter:
    """Raises Invalid, and Conflict for a user who has 1000 already."""
    held = tx.select(func.count(saved_filters.c.id)).where(saved_filters.c.user_id == user_id)
    if await tx.scalar(held) >= MOST_FILTERS:
        raise Conflict(f"A user takes at most {MOST_FILTERS} filters")
    one = SavedFilter(
        id=await tx.next_id(),
        user_id=user_id,
        name=clean_name(name),
        of=of,
        query=query,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(saved_filters, values(one))
    _tell(tx, one.id, user_id)
    return one


async def edit(tx: WriteTx, user_id: int, filter_id: int, wanted: Mapping[str, Any]) -> SavedFilter:
    """Change name, of or query. Raises NotFound and Invalid."""
    changes = dict(wanted)
    if "name" in changes:
        changes["name"] = clean_name(changes["name"] or "")
    after = replace(await get(tx, user_id, filter_id), **changes, updated_at=tx.now)
    await tx.execute(tx.update(saved_filters).where(saved_filters.c.id == filter_id).values(values(after)))
    _tell(tx, filter_id, user_id)
    return after


async def remove(tx: WriteTx, user_id: int, filter_id: int) -> None:
    """Raises NotFound."""
    await get(tx, user_id, filter_id)
    await tx.execute(tx.delete(saved_filters).where(saved_filters.c.id == filter_id))
    _tell(tx, filter_id, user_id)


def _tell(tx: WriteTx, filter_id: int, user_id: int) -> None:
    tx.emit(Happened.TOOLBOX_CHANGED, saved_filter_id=filter_id, user_id=user_id)
