"""Whether what was said has reached whoever carries it."""

from __future__ import annotations

from typing import Any

from dragoman.core.events import Happened
from dragoman.core.messages.models import Delivery, Message
from dragoman.store import schema
from dragoman.store.tx import WriteTx

MOST = 1000


async def fail(tx: WriteTx, message_id: int, error: str) -> None:
    """It has not, for now; a message that is gone, or known to have failed, stays as it is."""
    found = await tx.lock_one(Message, id=message_id)
    if found is not None and found.removed_at is None and found.delivery != Delivery.FAILED:
        await _become(tx, found, delivery=Delivery.FAILED.value, delivery_error=error[:MOST])


async def carried(tx: WriteTx, message_id: int) -> None:
    """It has, after all."""
    found = await tx.lock_one(Message, id=message_id)
    if found is not None and found.delivery == Delivery.FAILED:
        await _become(tx, found, delivery=Delivery.SENT.value, delivery_error=None)


async def _become(tx: WriteTx, before: Message, **after: Any) -> None:
    await tx.alter(schema.messages, before.id, after)
    changes = {"delivery": [before.delivery, after["delivery"]]}
    tx.emit(Happened.MESSAGE_CHANGED, before.conversation_id, message_id=before.id, changes=changes)
