"""The reply that the AI has drafted, if any: `ai_suggested_reply` of a conversation, {"body", "body_html"}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import NotFound
from dragoman.core.events import Happened
from dragoman.store.tx import WriteTx

KEY = "ai_suggested_reply"


def draft_of(conversation: Conversation) -> Mapping[str, Any]:
    """Raises NotFound when there is none."""
    draft: Mapping[str, Any] | None = conversation.ai.get(KEY)
    if not draft:
        raise NotFound("AI draft")
    return draft


def without_draft(conversation: Conversation) -> dict[str, Any]:
    return {name: value for name, value in conversation.ai.items() if name != KEY}


async def propose(tx: WriteTx, conversation_id: int, *, body: str, body_html: str | None) -> Conversation:
    """Lay a draft beside a conversation, for its agents to use or dismiss."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    return await change.apply(tx, before, ai={**before.ai, KEY: {"body": body, "body_html": body_html}})


async def dismiss(tx: WriteTx, conversation_id: int) -> None:
    """Clear the draft. Raises NotFound when there is none."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    draft_of(before)
    await change.apply(tx, before, ai=without_draft(before))
    tx.emit(Happened.AI_DRAFT_DISMISSED, conversation_id)
