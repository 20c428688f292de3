"""Looking up messages and attachments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func

from dragoman.core.errors import NotFound
from dragoman.core.messages.models import Attachment, Message
from dragoman.store import schema
from dragoman.store.tx import Tx

messages, attachments = schema.messages, schema.attachments


async def of_conversation(tx: Tx, conversation_id: int) -> list[Message]:
    """All messages, oldest first."""
    return await tx.find_all(Message, "created_at", "id", conversation_id=conversation_id)


async def message(tx: Tx, conversation_id: int, message_id: int) -> Message:
    """Raises NotFound, also for a message of another conversation."""
    found = await tx.find_one(Message, id=message_id, conversation_id=conversation_id)
    if found is None:
        raise NotFound("Message")
    return found


async def metadata_of(tx: Tx, conversation_id: int, *, limit: int) -> list[Mapping[str, Any]]:
    """What the first messages remember of where they came from."""
    query = tx.select(messages.c.metadata).where(messages.c.conversation_id == conversation_id)
    return await tx.scalars(query.order_by(messages.c.created_at, messages.c.id).limit(limit))


async def attachments_of(tx: Tx, conversation_id: int) -> list[Attachment]:
    return await tx.find_all(Attachment, "id", conversation_id=conversation_id)


async def newest_attachments(tx: Tx, conversation_id: int, *, limit: int, offset: int) -> tuple[list[Attachment], int]:
    """A page of the files of messages, the newest first, and how many there are in all."""
    theirs = (attachments.c.conversation_id == conversation_id, attachments.c.message_id.is_not(None))
    total = await tx.scalar(tx.select(func.count(attachments.c.id)).where(*theirs))
    page = tx.select(Attachment).where(*theirs).order_by(attachments.c.id.desc()).limit(limit).offset(offset)
    return await tx.all(Attachment, page), int(total)


async def some(tx: Tx, message_ids: Collection[int]) -> list[Message]:
    return await tx.all(Message, tx.select(Message).where(messages.c.id.in_(sorted(message_ids))))


async def attachments_by_message(tx: Tx, conversation_id: int) -> dict[int | None, list[Attachment]]:
    found: dict[int | None, list[Attachment]] = defaultdict(list)
    for one in await attachments_of(tx, conversation_id):
        found[one.message_id].append(one)
    return found


async def attachment(tx: Tx, conversation_id: int, attachment_id: int) -> Attachment:
    """Raises NotFound, also for an attachment of another conversation."""
    found = await tx.find_one(Attachment, id=attachment_id, conversation_id=conversation_id)
    if found is None:
        raise NotFound("Attachment")
    return found


async def any_attachment(tx: Tx, attachment_id: int) -> Attachment | None:
    return await tx.find_one(Attachment, id=attachment_id)
