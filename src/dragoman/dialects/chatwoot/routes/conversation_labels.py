"""The labels of a conversation (chatwoot.md 4)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.core.conversations import editing
from dragoman.dialects.chatwoot import parameters
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.replies import reply

routes = router("/conversations/{conversation_id}/labels", tag="Conversations")


@routes.get("", summary="The labels of a conversation")
async def list_conversation_labels(conversation_id: str, request: Request, tx: Reader) -> Response:
    """Their titles."""
    one = await conversation_of(request, tx, conversation_id)
    return reply({"payload": list(one.tags)})


@routes.post("", summary="Replace the labels of a conversation")
async def set_conversation_labels(conversation_id: str, request: Request, tx: Writer) -> Response:
    """None clears them; a title need not be a label of the account."""
    one = await conversation_of(request, tx, conversation_id)
    titles = (await parameters.given(request)).texts("labels")
    after = await editing.edit(tx, one.id, {"tags": [title for title in titles if title.strip()]})
    return reply({"payload": list(after.tags)})
