"""Whose turn a conversation is, how urgent it is, who is writing, who is not heard (chatwoot.md 4, 4.2)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.core.conversations import editing, muting, signals
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import parameters, present, words
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.turns import priority_of, turn
from dragoman.edge.doors import Writer, principal
from dragoman.edge.replies import reply

routes = router("/conversations/{conversation_id}", tag="Conversations")
TYPING = {"on": True, "off": False}


@routes.post("/toggle_status", summary="Set a conversation's status, or switch it")
async def toggle_status(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Without a status, open becomes resolved and everything else open; an agent who opens gets it."""
    one = await conversation_of(request, tx, conversation_id)
    given = await parameters.given(request)
    after = await turn(tx, principal(request), one, given.text("status"), given)
    payload = {
        "success": True,
        "conversation_id": after.number,
        "current_status": words.status(after.state),
        "snoozed_until": present.snoozed_until(after),
    }
    return reply({"meta": {}, "payload": payload})


@routes.post("/toggle_priority", summary="Set or remove a conversation's priority")
async def toggle_priority(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Without one, it is removed."""
    one = await conversation_of(request, tx, conversation_id)
    await editing.edit(tx, one.id, {"priority": priority_of(await parameters.given(request))})
    return nothing()


@routes.post("/toggle_typing_status", summary="Tell that I am writing, or have stopped")
async def toggle_typing_status(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Told to those who listen, and kept nowhere."""
    one = await conversation_of(request, tx, conversation_id)
    given = await parameters.given(request)
    word = given.needed("typing_status")
    if word not in TYPING:
        raise Invalid("typing_status", "typing_status is on or off")
    is_private = bool(given.truth("is_private", usual=False))
    signals.typing(tx, one.id, is_on=TYPING[word], is_private=is_private)
    return nothing()


@routes.post("/custom_attributes", summary="Replace a conversation's custom attributes")
async def set_custom_attributes(conversation_id: str, request: Request, tx: Writer) -> Response:
    """The whole object: what is not given goes."""
    one = await conversation_of(request, tx, conversation_id)
    wanted = (await parameters.given(request)).object("custom_attributes")
    if wanted is None:
        raise Invalid("custom_attributes", "custom_attributes can't be blank")
    after = await editing.replace_custom_attrs(tx, one.id, wanted)
    return reply({"custom_attributes": after.custom_attrs})


@routes.post("/mute", summary="Block the contact and resolve the conversation")
async def mute(conversation_id: str, request: Request, tx: Writer) -> Response:
    """What the contact writes from now on reopens nothing."""
    one = await conversation_of(request, tx, conversation_id)
    await muting.mute(tx, one.id)
    return nothing()


@routes.post("/unmute", summary="Hear the contact again")
async def unmute(conversation_id: str, request: Request, tx: Writer) -> Response:
    """The status stays."""
    one = await conversation_of(request, tx, conversation_id)
    await muting.unmute(tx, one.id)
    return nothing()
