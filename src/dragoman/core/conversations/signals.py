"""What is worth telling at once and not worth keeping: somebody is writing."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dragoman.store import schema
from dragoman.store.tx import WriteTx


class Signal(StrEnum):
    TYPING_ON = "typing_on"
    TYPING_OFF = "typing_off"


async def send(tx: WriteTx, kind: Signal, conversation_id: int, **data: Any) -> None:
    """Tell whoever listens; nothing of it stays."""
    row = {
        "id": await tx.next_id(),
        "conversation_id": conversation_id,
        "kind": kind.value,
        "data": data,
        "created_at": tx.now,
    }
    await tx.insert(schema.signals, row)


async def typing(tx: WriteTx, conversation_id: int, *, is_on: bool, is_private: bool = False) -> None:
    """Whoever acts is writing, or has stopped."""
    kind = Signal.TYPING_ON if is_on else Signal.TYPING_OFF
    await send(tx, kind, conversation_id, **{f"{tx.actor.kind}_id": tx.actor.id}, is_private=is_private)
