"""What is worth telling at once and not worth keeping: who is writing, who is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Table, select

from dragoman.store.records import Record, columns, load
from dragoman.store.schema import signals
from dragoman.store.tx import Session

FRESH_FOR = timedelta(seconds=10)
MOST = 500


@dataclass(frozen=True, slots=True)
class Signal(Record):
    table: ClassVar[Table] = signals

    account_id: int
    id: int
    conversation_id: int | None
    kind: str
    data: Mapping[str, Any]
    created_at: datetime


async def since(session: Session, at: datetime) -> list[Signal]:
    """Of all accounts, the oldest first."""
    query = select(*columns(Signal)).where(signals.c.created_at > at)
    rows = await session.execute(query.order_by(signals.c.created_at, signals.c.id).limit(MOST))
    return [load(Signal, row) for row in rows.fetchall()]
