"""One conversation: looking at it and changing it (chatwoot.md 4)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.showing import shown_reply
from dragoman.edge.doors import Reader

routes = router("/conversations", tag="Conversations")


@routes.get("/{conversation_id}", summary="Show a conversation")
async def show_conversation(conversation_id: str, request: Request, tx: Reader) -> Response:
    """By its display id. Raises NotFound, and Forbidden for one of an inbox that the caller does not belong to."""
    one = await conversation_of(request, tx, conversation_id)
    return await shown_reply(request, tx, one.id)
