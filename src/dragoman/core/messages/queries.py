"""Looking up messages and attachments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from dragoman.core.errors import NotFound
from dragoman.core.messages.models import Attachment, Message
from dragoman.store import schema
from dragoman.store.tx import Tx

messages, attachments = schema.messages, schema.attachments


async def of_conversation(tx: Tx, conversation_id: int) -> list[Message]:
    """All messages, oldest first."""
    query = tx.select(Message).where(messages.c.conversation_id == conversation_id)
    return await tx.all(Message, query.order_by(messages.c.created_at, messages.c.id))


async def message(tx: Tx, conversation_id: int, message_id: int) -> Message:
    """Raises NotFound, also for a message of another conversation."""
    query = tx.select(Message).where(messages.c.id == message_id, messages.c.conversation_id == conversation_id)
    found = await tx.first(Message, query)
    if found is None:
        raise NotFound("Message")
    return found


async def metadata_of(tx: Tx, conversation_id: int, *, limit: int) -> list[Mapping[str, Any]]:
    """What the first messages remember of where they came from."""
    query = tx.select(messages.c.metadata).where(messages.c.conversation_id == conversation_id)
    return await tx.scalars(query.order_by(messages.c.created_at, messages.c.id).limit(limit))


async def attachments_of(tx: Tx, conversation_id: int) -> list[Attachment]:
    query = tx.select(Attachment).where(attachments.c.conversation_id == conversation_id)
    return await tx.all(Attachment, query.order_by(attachments.c.id))


async def attachments_by_message(tx: Tx, conversation_id: int) -> dict[int | None, list[Attachment]]:
    found: dict[int | None, list[Attachment]] = defaultdict(list)
    for one in await attachments_of(tx, conversation_id):
        found[one.message_id].append(one)
    return found


async def attachment(tx: Tx, conversation_id: int, attachment_id: int) -> Attachment:
    """Raises NotFound, also for an attachment of another conversation."""
    query = tx.select(Attachment).where(
        attachments.c.id == attachment_id, attachments.c.conversation_id == conversation_id
    )
    found = await tx.first(Attachment, query)
    if found is None:
        raise NotFound("Attachment")
    return found


async def any_attachment(tx: Tx, attachment_id: int) -> Attachment | None:
    return await tx.first(Attachment, tx.select(Attachment).where(attachments.c.id == attachment_id))
