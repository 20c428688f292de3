"""One conversation: beginning it, looking at it, changing and deleting it (chatwoot.md 4, 4.1)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.core.conversations import editing, lifecycle
from dragoman.dialects.chatwoot import opening, parameters
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.showing import nothing, shown_reply
from dragoman.dialects.chatwoot.turns import priority_of
from dragoman.edge.doors import Reader, Writer, principal

routes = router("/conversations", tag="Conversations")


@routes.post("", summary="Create a conversation")
async def create_conversation(request: Request, tx: Writer) -> Response:
    """For a contact in an inbox, with its first message if one is given (4.1)."""
    one = await opening.open_one(request, tx, await parameters.given(request))
    return await shown_reply(request, tx, one.id)


@routes.get("/{conversation_id}", summary="Show a conversation")
async def show_conversation(conversation_id: str, request: Request, tx: Reader) -> Response:
    """By its display id. Raises NotFound, and Forbidden for one of an inbox that the caller does not belong to."""
    one = await conversation_of(request, tx, conversation_id)
    return await shown_reply(request, tx, one.id)


@routes.put("/{conversation_id}", summary="Change a conversation's priority")
@routes.patch("/{conversation_id}", summary="Change a conversation's priority")
async def update_conversation(conversation_id: str, request: Request, tx: Writer) -> Response:
    """All else that is given is ignored: status and assignee have routes of their own (4)."""
    one = await conversation_of(request, tx, conversation_id)
    given = await parameters.given(request)
    if "priority" in given:
        await editing.edit(tx, one.id, {"priority": priority_of(given)})
    return await shown_reply(request, tx, one.id)


@routes.delete("/{conversation_id}", summary="Delete a conversation")
async def delete_conversation(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Administrators only. It is gone for all clients; another dialect can restore it."""
    one = await conversation_of(request, tx, conversation_id)
    require_administrator(principal(request))
    await lifecycle.delete(tx, one.id)
    return nothing()
