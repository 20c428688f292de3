"""A conversation's activities: its events, as they stand in the log."""

from __future__ import annotations

from sqlalchemy import func

from dragoman.store import schema
from dragoman.store.events import Event
from dragoman.store.tx import Tx

events = schema.events


async def activities_of(
    tx: Tx, conversation_id: int, *, limit: int | None = None, offset: int = 0, is_newest_first: bool = False
) -> list[Event]:
    query = tx.select(Event).where(events.c.conversation_id == conversation_id)
    order = (events.c.created_at, events.c.id)
    query = query.order_by(*(key.desc() for key in order)) if is_newest_first else query.order_by(*order)
    return await tx.all(Event, query.limit(limit).offset(offset))


async def count_activities(tx: Tx, conversation_id: int) -> int:
    query = tx.select(func.count(events.c.id)).where(events.c.conversation_id == conversation_id)
    return int(await tx.scalar(query))
