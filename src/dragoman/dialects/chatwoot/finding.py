"""From the ids in a path to what they stand for, and whether the caller may see it (chatwoot.md 1.2, 1.3)."""

from __future__ import annotations

from fastapi import Request

from dragoman.core.channels import members
from dragoman.core.conversations import queries
from dragoman.core.conversations.models import SPAM, Conversation
from dragoman.core.errors import NotFound
from dragoman.dialects.chatwoot.auth import NotYours
from dragoman.dialects.chatwoot.shown import teams_of
from dragoman.edge.doors import principal
from dragoman.store.tx import Tx

MOST_DIGITS = 15


def number(text: str, what: str) -> int:
    """An id of a path. Raises NotFound for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound(what)
    return int(text)


async def conversation_of(request: Request, tx: Tx, display_id: str) -> Conversation:
    """Raises NotFound for an unknown one, a deleted one or spam, and NotYours."""
    found = await queries.by_number(tx, number(display_id, "Conversation"))
    if found.merged_into_id is not None or found.visibility >= SPAM:
        raise NotFound("Conversation")
    await require_sight(request, tx, found)
    return found


async def require_sight(request: Request, tx: Tx, one: Conversation) -> None:
    """Raises NotYours: an agent sees what comes through own inboxes and what own teams have."""
    who = principal(request)
    reach = await members.reach_of(tx, who)
    if not reach.has(one.inbox_id) and one.assignee_team_id not in await teams_of(tx, who.user_id):
        raise NotYours
