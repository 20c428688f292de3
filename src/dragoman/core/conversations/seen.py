"""What the staff has seen of a conversation, all together (chatwoot.md 4: update_last_seen, unread)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.lifecycle import forget_reads, mark_read
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import WriteTx

messages = schema.messages
SELDOM = timedelta(hours=1)  # how often it is written down where nothing is new
A_MOMENT = timedelta(seconds=1)
FROM_CONTACT = "contact"


async def see(tx: WriteTx, conversation_id: int, *, reader_id: int, user_id: int | None) -> Conversation:
    """Somebody of the staff looks at it: nothing in it is unread any more. Raises NotFound."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.READ, before)
    is_assignee = user_id is not None and user_id == before.assignee_user_id
    last = before.assignee_seen_at if is_assignee else before.staff_seen_at
    if not before.unread_count and last is not None and tx.now - last < SELDOM:
        return before
    marks: dict[str, Any] = {"staff_seen_at": tx.now, "unread_count": 0}
    if is_assignee:
        marks["assignee_seen_at"] = tx.now
    await mark_read(tx, conversation_id, reader_id)
    return await _marked(tx, before, marks)


async def unsee(tx: WriteTx, conversation_id: int) -> Conversation:
    """As if nobody had looked since just before the contact last wrote. Raises NotFound."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.READ, before)
    theirs = (messages.c.conversation_id == conversation_id, messages.c.sender_kind == FROM_CONTACT)
    newest = await tx.scalar(
        tx.select(messages.c.created_at).where(*theirs).order_by(messages.c.created_at.desc()).limit(1)
    )
    at = None if newest is None else newest - A_MOMENT
    unread = 0
    if at is not None:
        unread = await tx.scalar(tx.select(func.count(messages.c.id)).where(*theirs, messages.c.created_at > at))
    await forget_reads(tx, conversation_id)
    return await _marked(tx, before, {"staff_seen_at": at, "assignee_seen_at": at, "unread_count": unread})


async def _marked(tx: WriteTx, before: Conversation, marks: dict[str, Any]) -> Conversation:
    after = await change.mark(tx, before, **marks)
    tx.emit(Happened.SEEN, after.id, unread_count=after.unread_count)
    return after
