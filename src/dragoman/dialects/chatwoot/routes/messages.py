"""What is said in a conversation (chatwoot.md 5)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts.models import User
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations.models import Channel, Conversation
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.messages import delivery, removal, thread
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import parameters, present, present_people, saying, words
from dragoman.dialects.chatwoot.attaching import SentFiles
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.errors import SwitchedOff
from dragoman.dialects.chatwoot.finding import conversation_of, number
from dragoman.dialects.chatwoot.showing import message_reply, messages
from dragoman.dialects.chatwoot.shown import some
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/conversations/{conversation_id}/messages", tag="Messages")
LATEST, LATER, BETWEEN = 20, 100, 1000


@routes.get("", summary="The messages of a conversation")
async def list_messages(conversation_id: str, request: Request, tx: Reader) -> Response:
    """The latest twenty, those before one, up to a hundred after one, or those between two; oldest first (5.2)."""
    one = await conversation_of(request, tx, conversation_id)
    lines = await _lines(request, tx, one)
    return reply({"meta": await _meta(tx, one), "payload": await messages(request, tx, one, lines)})


async def _lines(request: Request, tx: Tx, one: Conversation) -> list[Line]:
    given = parameters.asked(request)
    before, after = given.whole("before"), given.whole("after")
    is_public = "filter_internal_messages" in given
    if after is None:
        return await thread.before(tx, one.id, before, limit=LATEST, is_public=is_public)
    limit = LATER if before is None else BETWEEN
    return await thread.after(tx, one.id, after, until_id=before, limit=limit, is_public=is_public)


async def _meta(tx: Tx, one: Conversation) -> dict[str, Any]:
    contact = (await some(tx, Contact, [one.contact_id]))[one.contact_id]
    users = await some(tx, User, [one.assignee_user_id])
    assignee = users.get(one.assignee_user_id or 0)
    return {
        "labels": list(one.tags),
        "additional_attributes": present.additional_attributes(one),
        "contact": present_people.contact_as_sender(contact),
        **({"assignee": present_people.user_as_sender(assignee)} if assignee else {}),
        "agent_last_seen_at": words.iso(one.staff_seen_at),
        "assignee_last_seen_at": words.iso(one.assignee_seen_at),
    }


@routes.post("", summary="Say something in a conversation")
async def create_message(conversation_id: str, request: Request, files: SentFiles, tx: Writer) -> Response:
    """As JSON, or as a form with files (5.3)."""
    one = await conversation_of(request, tx, conversation_id)
    given = await parameters.given(request)
    if len(given.many("attachments")) > len(files):
        raise Invalid("attachments", "attachments takes files")
    message = await saying.say(tx, principal(request), one, given, files)
    return await message_reply(request, tx, one, message, echo_id=given.text("echo_id") or None)


@routes.delete("/{message_id}", summary="Delete a message")
async def delete_message(conversation_id: str, message_id: str, request: Request, tx: Writer) -> Response:
    """Its place stays, its words and files go (5.4)."""
    one = await conversation_of(request, tx, conversation_id)
    message = await removal.remove(tx, one.id, number(message_id, "Message"))
    return await message_reply(request, tx, one, message)


@routes.put("/{message_id}", summary="Report how far a message has come")
@routes.patch("/{message_id}", summary="Report how far a message has come")
async def update_message(conversation_id: str, message_id: str, request: Request, tx: Writer) -> Response:
    """In API inboxes, where the client carries the messages. Raises SwitchedOff elsewhere (5.4)."""
    one = await conversation_of(request, tx, conversation_id)
    if one.channel != Channel.API:
        raise SwitchedOff("Message status update is only allowed for API inboxes")
    given = await parameters.given(request)
    word, error = given.text("status") or "", given.text("external_error")
    message = await delivery.report(tx, one.id, number(message_id, "Message"), word, error)
    return await message_reply(request, tx, one, message)


@routes.post("/{message_id}/retry", summary="Send a message again that failed")
async def retry_message(conversation_id: str, message_id: str, request: Request, tx: Writer) -> Response:
    """As if nothing had been. Raises Invalid for an unknown message (5.4)."""
    one = await conversation_of(request, tx, conversation_id)
    try:
        message = await delivery.retry(tx, one.id, number(message_id, "Message"))
    except NotFound as fault:
        raise Invalid("message_id", fault.message) from None
    return await message_reply(request, tx, one, message)
