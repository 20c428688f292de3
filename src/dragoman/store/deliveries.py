"""What is told to those who listen by HTTP: rows, so that a crash forgets none, each until it has got through."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Table, delete, select, update

from dragoman.store.records import Record, columns, load
from dragoman.store.schema import deliveries
from dragoman.store.tx import Session, Tx, WriteTx

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
STATES = (PENDING, DELIVERED, FAILED)
WEBHOOK, INBOX, BOT = "webhook", "inbox", "bot"
LEASE = timedelta(minutes=1)  # whoever claims one and dies gives it back by letting this run out
KEPT_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """`target` says what `target_id` is; what `message_id` and `conversation_id` are for, the table tells."""

    target: str
    target_id: int
    dialect: str
    event_id: int
    word: str
    url: str
    body: str
    is_fleeting: bool = False
    message_id: int | None = None
    conversation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery(Record):
    table: ClassVar[Table] = deliveries

    account_id: int
    id: int
    target: str
    target_id: int
    dialect: str
    event_id: int
    word: str
    url: str
    body: str
    is_fleeting: bool
    message_id: int | None
    conversation_id: int | None
    state: str
    attempts: int
    status_code: int | None
    error: str | None
    response: str | None
    created_at: datetime
    attempted_at: datetime | None
    next_at: datetime | None


async def add(tx: WriteTx, new: Sequence[NewDelivery]) -> int:
    """To be told at once; what was written before is not written again. How many are new."""
    written = 0
    for one in new:
        row = {name: getattr(one, name) for name in NewDelivery.__slots__}
        begun = {"id": await tx.next_id(), "state": PENDING, "attempts": 0, "created_at": tx.now, "next_at": tx.now}
        written += await tx.insert_new(deliveries, {**row, **begun})
    return written


async def due(session: Session, *, now: datetime, busy: Collection[int], limit: int) -> list[Delivery]:
    """The oldest that are due of all accounts, but for targets that have enough to do."""
    query = select(*columns(Delivery)).where(deliveries.c.state == PENDING, deliveries.c.next_at <= now)
    if busy:
        query = query.where(deliveries.c.target_id.not_in(sorted(busy)))
    query = query.order_by(deliveries.c.next_at, deliveries.c.id).limit(limit)
    return [load(Delivery, row) for row in (await session.execute(query)).fetchall()]


async def claim(session: Session, wanted: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    """Take them for the length of a lease: those that nobody else has taken meanwhile."""
    taken = []
    for one in wanted:
        lease = (
            update(deliveries)
            .where(*_same(one), deliveries.c.state == PENDING, deliveries.c.next_at <= now)
            .values(next_at=now + LEASE, attempted_at=now, attempts=deliveries.c.attempts + 1)
            .returning(*columns(Delivery))
        )
        found = (await session.execute(lease)).first()
        if found is not None:
            taken.append(load(Delivery, found))
    return taken


def _same(one: Delivery) -> tuple[Any, ...]:
    return (deliveries.c.account_id == one.account_id, deliveries.c.id == one.id)


async def settle(tx: WriteTx, one: Delivery, **came: Any) -> None:
    """Write down what became of an attempt."""
    await tx.execute(tx.update(deliveries).where(deliveries.c.id == one.id).values(came))


async def page(
    tx: Tx, *, target_id: int | None = None, state: str | None = None, before_id: int | None = None, limit: int
) -> list[Delivery]:
    """The newest first."""
    query = tx.select(Delivery)
    for column, value in ((deliveries.c.target_id, target_id), (deliveries.c.state, state)):
        query = query if value is None else query.where(column == value)
    if before_id is not None:
        query = query.where(deliveries.c.id < before_id)
    return await tx.all(Delivery, query.order_by(deliveries.c.id.desc()).limit(limit))


async def again(tx: WriteTx, delivery_id: int) -> Delivery | None:
    """Told anew at once, whatever became of it, with all its attempts before it; None for an unknown one."""
    anew = {"state": PENDING, "attempts": 0, "next_at": tx.now}
    await tx.execute(tx.update(deliveries).where(deliveries.c.id == delivery_id).values(anew))
    return await tx.find_one(Delivery, id=delivery_id)


async def forget_old(session: Session, *, now: datetime) -> None:
    """Of all accounts: what is over and was long ago."""
    old = (deliveries.c.created_at < now - KEPT_FOR, deliveries.c.state != PENDING)
    await session.execute(delete(deliveries).where(*old))
