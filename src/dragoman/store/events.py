"""The event log: what happened, in an order that no reader can be overtaken in.

SQLite has one writer, so ids alone are the order. On PostgreSQL a slow transaction may commit smaller ids after a
reader has passed them; there the log is ordered by transaction and read only below the oldest one still running.
What is committed above that one is held back until it has ended.

All reading is of what is committed by now, outside of any snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    Table,
    bindparam,
    literal_column,
    select,
    tuple_,
)

from dragoman.store.compiled import ACCOUNT, TRANSACTION_ID, Prepared, prepare_for_all
from dragoman.store.records import Record, columns, load
from dragoman.store.schema import events
from dragoman.store.tx import Session, WriteTx

MOST = 500
Make = Callable[[Dialect], Select[*tuple[Any, ...]]]


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


class Cursor(NamedTuple):
    """A place in the log; `Cursor(0, 0)` is its beginning."""

    transaction_id: int
    id: int


BEGINNING = Cursor(0, 0)


@dataclass(frozen=True, slots=True)
class News:
    """The next events, and whether more are committed that may not be read yet."""

    events: list[Event]
    is_held_back: bool


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


async def begin_anew(tx: WriteTx) -> None:
    """Put the account's log before all that is to come.

    A dump that was restored into a new cluster of PostgreSQL tells of transactions that have not yet been there.
    """
    if tx.session.dialect == "postgresql":
        await tx.execute(tx.update(events).where(events.c.transaction_id > TRANSACTION_ID).values(transaction_id=0))


async def after(session: Session, cursor: Cursor, *, limit: int = MOST) -> list[Event]:
    """The next events of all accounts behind a cursor, oldest first."""
    return (await news(session, cursor, limit=limit)).events


async def news(session: Session, cursor: Cursor, *, limit: int = MOST) -> News:
    """The same, and whether somebody who is slow holds others back."""
    return _settled(await _ask(session, _next, at_transaction=cursor.transaction_id, at_id=cursor.id, most=limit))


async def of_account(session: Session, account_id: int, cursor: Cursor, *, limit: int = MOST) -> list[Event]:
    """The next events of one account behind a cursor, oldest first."""
    place = {"at_transaction": cursor.transaction_id, "at_id": cursor.id, "most": limit}
    return _settled(await _ask(session, _next_of_account, **place, **{ACCOUNT: account_id})).events


async def end(session: Session) -> Cursor:
    """Where the log ends for a reader of all accounts who comes now."""
    return _place(await _ask(session, _last))


async def end_of_account(session: Session, account_id: int) -> Cursor:
    """Where it ends for a reader of one account."""
    return _place(await _ask(session, _last_of_account, **{ACCOUNT: account_id}))


def _settled(rows: Sequence[tuple[Any, ...]]) -> News:
    """Rows come in order, so those that are held back are the last."""
    read = [load(Event, row[:-1]) for row in rows if row[-1]]
    return News(read, is_held_back=len(read) < len(rows))


def _place(rows: Sequence[tuple[Any, ...]]) -> Cursor:
    return Cursor(*rows[0]) if rows else BEGINNING


PLACE = (events.c.transaction_id, events.c.id)
OF_ACCOUNT = events.c.account_id == bindparam(ACCOUNT, type_=BigInteger)


def _next(dialect: Dialect) -> Select[*tuple[Any, ...]]:
    at = tuple_(bindparam("at_transaction", type_=BigInteger), bindparam("at_id", type_=BigInteger))
    query = select(*columns(Event), _is_settled(dialect).label("is_settled")).where(tuple_(*PLACE) > at)
    return query.order_by(*PLACE).limit(bindparam("most", type_=Integer))


def _next_of_account(dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return _next(dialect).where(OF_ACCOUNT)


def _last(dialect: Dialect) -> Select[*tuple[Any, ...]]:
    query = select(*PLACE).where(_is_settled(dialect))
    return query.order_by(*(key.desc() for key in PLACE)).limit(literal_column("1"))


def _last_of_account(dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return _last(dialect).where(OF_ACCOUNT)


def _is_settled(dialect: Dialect) -> ColumnElement[bool]:
    if dialect.name != "postgresql":
        return literal_column("1 = 1")
    return events.c.transaction_id < literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


async def _ask(session: Session, make: Make, **values: int) -> Sequence[tuple[Any, ...]]:
    prepared = _prepared(session.compiler, make)
    return prepared.read(await session.latest(prepared.sql, prepared.filled(values.get(ACCOUNT, 0), values)))


@lru_cache(maxsize=100)
def _prepared(dialect: Dialect, make: Make) -> Prepared:
    return prepare_for_all(make(dialect), dialect)
