"""A contact answers a message that asks for something: a choice, a form, a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dragoman.core.conversations import change, queries
from dragoman.core.errors import Invalid
from dragoman.core.events import Happened
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Delivery, Message, Sender
from dragoman.store import schema
from dragoman.store.tx import WriteTx

SURVEY = "input_csat"
SURVEY_LASTS = timedelta(days=14)


async def submit(
    tx: WriteTx, conversation_id: int, message_id: int, submitted: Sequence[Any] | Mapping[str, Any]
) -> Message:
    """Keep what was chosen or filled in. Raises NotFound, and Invalid for a survey that is over."""
    before = await queries.lock(tx, conversation_id)
    message = await messages.message(tx, conversation_id, message_id)
    if message.is_internal:
        raise Invalid("submitted_values", "This message asks for nothing")
    if message.kind == SURVEY and tx.now - message.created_at > SURVEY_LASTS:
        raise Invalid("submitted_values", "The survey is over")
    form = {**message.form, "submitted_values": submitted}
    await tx.alter(schema.messages, message.id, {"form": form})
    await change.apply(tx, before)
    tx.emit(Happened.MESSAGE_CHANGED, conversation_id, message_id=message.id, changes={"form": [message.form, form]})
    return replace(message, form=form)


async def seen_by_contact(tx: WriteTx, conversation_id: int) -> None:
    """The contact has read it; what was on its way to them has arrived (chatwoot.md 7)."""
    before = await queries.lock(tx, conversation_id)
    await change.apply(tx, before, contact_seen_at=tx.now)
    table = schema.messages
    unread = (
        table.c.conversation_id == conversation_id,
        table.c.is_internal.is_(False),
        table.c.sender_kind != Sender.CONTACT,
        table.c.delivery.in_((Delivery.SENT, Delivery.DELIVERED)),
    )
    await tx.execute(tx.update(table).where(*unread).values(delivery=Delivery.READ))
    tx.emit(Happened.SEEN, conversation_id)
