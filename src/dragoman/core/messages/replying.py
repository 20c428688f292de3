"""Saying something as a client does: at a human pace, with files that come along, in one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func

from dragoman.core.conversations import queries
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Refused
from dragoman.core.messages import files, posting
from dragoman.core.messages.models import Message, NewAttachment, NewMessage
from dragoman.store import schema
from dragoman.store.tx import WriteTx

messages = schema.messages
MOST_A_MINUTE = 200  # in one conversation: two machines that answer each other go no faster (chatwoot.md 1.7)
A_MINUTE = timedelta(minutes=1)


class TooFast(Refused):
    def __init__(self) -> None:
        super().__init__("Too many messages in this conversation: try again in a minute")


async def reply(tx: WriteTx, conversation_id: int, new: NewMessage, uploads: Sequence[NewAttachment] = ()) -> Message:
    """Raises NotFound, Conflict, Invalid as `posting.post` does, and TooFast."""
    conversation = await queries.lock(tx, conversation_id)
    require_allowed(Action.REPLY, conversation)
    await _require_pace(tx, conversation_id)
    stored = [await files.store(tx, conversation_id, one, message_id=None) for one in uploads]
    ids = (*new.attachment_ids, *(one.id for one in stored))
    return await posting.say(tx, conversation, replace(new, attachment_ids=ids))


async def _require_pace(tx: WriteTx, conversation_id: int) -> None:
    lately = (messages.c.conversation_id == conversation_id, messages.c.created_at > tx.now - A_MINUTE)
    if await tx.scalar(tx.select(func.count(messages.c.id)).where(*lately)) >= MOST_A_MINUTE:
        raise TooFast
