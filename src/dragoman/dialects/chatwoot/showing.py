"""Answers that show conversations."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from starlette.responses import Response

from dragoman.dialects.chatwoot import present
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.shown import show
from dragoman.dialects.chatwoot.wire.conversations import ConversationForm
from dragoman.edge.doors import principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx


async def conversations(request: Request, tx: Tx, conversation_ids: Sequence[int]) -> list[ConversationForm]:
    """In the order of the ids."""
    who = principal(request)
    found = await show(tx, conversation_ids, user_id=who.user_id)
    to = addresses(request, who.account_id)
    return [present.conversation(one, to, now=tx.now) for one in found]


async def shown_reply(request: Request, tx: Tx, conversation_id: int) -> Response:
    """One conversation as it is now, in this transaction."""
    (shown,) = await conversations(request, tx, [conversation_id])
    return reply(shown)
