"""The event log: what happened, in an order that no reader can be overtaken in.

SQLite has one writer, so ids alone are the order. On PostgreSQL a slow transaction may commit smaller ids after a
reader has passed them; there the log is ordered by transaction and read only below the oldest one still running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, Table, literal_column, select, tuple_

from dragoman.store.records import Record, columns, load
from dragoman.store.schema import events
from dragoman.store.tx import Session, WriteTx


@dataclass(frozen=True, slots=True)
class Event(Record):
    """One line of the log. `data` holds ids and `changes`: field → [old, new]."""

    table: ClassVar[Table] = events

    account_id: int
    id: int
    transaction_id: int
    conversation_id: int | None
    kind: str
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    data: Mapping[str, Any]
    created_at: datetime

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.transaction_id, self.id)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the log; `Cursor(0, 0)` is its beginning."""

    transaction_id: int
    id: int


async def append(tx: WriteTx) -> None:
    """Write what the transaction emitted, at its end."""
    await tx.ids.ensure(len(tx.emitted))
    rows = [
        {
            "id": await tx.next_id(),
            "conversation_id": event.conversation_id,
            "kind": event.kind,
            "actor_kind": event.actor.kind,
            "actor_id": event.actor.id,
            "actor_name": event.actor.name,
            "data": event.data,
            "created_at": event.at,
        }
        for event in tx.emitted
    ]
    await tx.insert(events, *rows)


async def after(session: Session, cursor: Cursor, *, limit: int = 500) -> list[Event]:
    """The next events of all accounts behind a cursor, oldest first."""
    found = await session.execute(_after(session.dialect, cursor).limit(limit))
    return [load(Event, row) for row in found.fetchall()]


def _after(dialect: str, cursor: Cursor) -> Select[*tuple[Any, ...]]:
    place = tuple_(events.c.transaction_id, events.c.id)
    query = select(*columns(Event)).where(place > tuple_(cursor.transaction_id, cursor.id))
    if dialect == "postgresql":
        settled: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        query = query.where(events.c.transaction_id < settled)
    return query.order_by(events.c.transaction_id, events.c.id)
