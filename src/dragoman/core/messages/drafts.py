"""Sending what the AI has drafted (aurion.md E33)."""

from __future__ import annotations

from dragoman.core.conversations import queries
from dragoman.core.conversations.drafts import draft_of, without_draft
from dragoman.core.conversations.models import Status
from dragoman.core.conversations.rules import Action, require_allowed, require_transition
from dragoman.core.events import Happened
from dragoman.core.messages.models import Message, NewMessage, Sender
from dragoman.core.messages.posting import say
from dragoman.store.tx import WriteTx


async def send(tx: WriteTx, conversation_id: int) -> Message:
    """Say it as the AI, and resolve. Raises NotFound without a draft, Conflict where nothing can be said."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.REPLY, before)
    require_transition(before.status, Status.RESOLVED)
    draft = draft_of(before)
    new = NewMessage(
        body=draft.get("body") or "",
        body_html=draft.get("body_html"),
        sender=Sender.AI,
        source="ai",
    )
    message = await say(
        tx,
        before,
        new,
        ai=without_draft(before),
        status=Status.RESOLVED.value,
        resolved_at=before.resolved_at or tx.now,
        auto_resolved_by_ai=True,
    )
    tx.emit(Happened.AI_DRAFT_SENT, conversation_id, message_id=message.id)
    return message
