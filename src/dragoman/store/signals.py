"""What is worth telling at once and not worth keeping: who is writing, who is there.

Rows, so that every process hears of them as it hears of events; they are forgotten soon after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Table, delete, select

from dragoman.store.records import Record, columns, load
from dragoman.store.schema import signals
from dragoman.store.tx import Session, WriteTx

FRESH_FOR = timedelta(seconds=10)  # what webhooks are still told of
TOLD_FOR = timedelta(seconds=5)  # a slow transaction may commit an older one behind a younger
KEPT_FOR = timedelta(minutes=1)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Signal(Record):
    table: ClassVar[Table] = signals

    account_id: int
    id: int
    conversation_id: int | None
    kind: str
    data: Mapping[str, Any]
    created_at: datetime


async def append(tx: WriteTx) -> None:
    """Write what the transaction signalled, at its end."""
    for one in tx.signalled:
        row = {"id": await tx.next_id(), "conversation_id": one.conversation_id, "kind": one.kind, "data": one.data}
        await tx.insert(signals, {**row, "created_at": tx.now})


async def since(session: Session, instant: datetime) -> list[Signal]:
    """Those of all accounts from an instant on, oldest first."""
    query = select(*columns(Signal)).where(signals.c.created_at >= instant).order_by(signals.c.id).limit(MOST)
    return [load(Signal, row) for row in (await session.execute(query)).fetchall()]


async def forget(session: Session, *, now: datetime) -> None:
    await session.execute(delete(signals).where(signals.c.created_at < now - KEPT_FOR))
