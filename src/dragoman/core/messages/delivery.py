"""How far a message has come on its way, as whoever carries it reports (chatwoot.md 5.4)."""

from __future__ import annotations

from typing import Any

from dragoman.core.conversations import queries
from dragoman.core.events import Happened
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Delivery, Message
from dragoman.store import schema
from dragoman.store.tx import WriteTx


async def report(tx: WriteTx, conversation_id: int, message_id: int, word: str, error: str | None = None) -> Message:
    """Write it down; a word that is none, and `delivered` of what was read, say nothing. Raises NotFound."""
    await queries.lock(tx, conversation_id)
    before = await messages.message(tx, conversation_id, message_id)
    if word not in set(Delivery) or (before.delivery == Delivery.READ and word == Delivery.DELIVERED):
        return before
    return await _change(tx, before, delivery=word, delivery_error=error if word == Delivery.FAILED else None)


async def retry(tx: WriteTx, conversation_id: int, message_id: int) -> Message:
    """A message that failed is on its way again, as if nothing had been; any other stays. Raises NotFound."""
    await queries.lock(tx, conversation_id)
    before = await messages.message(tx, conversation_id, message_id)
    if before.delivery != Delivery.FAILED:
        return before
    return await _change(tx, before, delivery=Delivery.SENT.value, delivery_error=None, form={})


async def _change(tx: WriteTx, before: Message, **changes: Any) -> Message:
    different = {name: value for name, value in changes.items() if getattr(before, name) != value}
    if not different:
        return before
    await tx.alter(schema.messages, before.id, different)
    told = {name: [getattr(before, name), value] for name, value in different.items()}
    tx.emit(Happened.MESSAGE_CHANGED, before.conversation_id, message_id=before.id, changes=told)
    return await messages.message(tx, before.conversation_id, before.id)
