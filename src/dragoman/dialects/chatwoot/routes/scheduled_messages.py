"""Messages that are written now and said later (chatwoot.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts.models import User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import links
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations import creation, queries
from dragoman.core.conversations.models import Conversation, Priority, Status
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.messages import scheduling
from dragoman.core.messages.scheduling import Plan, Scheduled
from dragoman.dialects.chatwoot import hook_forms, words
from dragoman.dialects.chatwoot.auth import NotYours, reach, router
from dragoman.dialects.chatwoot.finding import conversation_of, number, require_sight
from dragoman.dialects.chatwoot.parameters import Given, asked, given
from dragoman.dialects.chatwoot.shown import some
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx, WriteTx

routes = router("/scheduled_messages", tag="Scheduled messages")
ROOT = "scheduled_message"
EPOCH = datetime.fromtimestamp(0, UTC)
MOST, MOST_CONTENT, MOST_SUBJECT = 500, 150_000, 255


@routes.get("", summary="List scheduled messages")
async def list_scheduled(request: Request, tx: Reader) -> Response:
    """A bare array, what is due first comes first; those of inboxes that the caller belongs to."""
    wanted = asked(request)
    state = wanted.text("status")
    if state is not None and state not in set(Plan):
        raise Invalid("status", f"status takes {', '.join(Plan)}")
    conversation_id = await _filtered(tx, wanted)
    found = await scheduling.page(
        tx,
        inbox_ids=(await reach(tx, request)).inbox_ids,
        state=state,
        conversation_id=conversation_id,
        contact_id=wanted.whole("contact_id"),
        limit=MOST,
    )
    return reply(await _shown(tx, found))


@routes.post("", summary="Schedule a message")
async def create_scheduled(request: Request, tx: Writer) -> Response:
    """In a conversation, or to a contact: then in one that goes on in the inbox, or in a new one."""
    wanted = await given(request, ROOT)
    due_at = _due_at(wanted)
    if due_at is None:
        raise Invalid("scheduled_at", "scheduled_at can't be blank")
    inbox = await _inbox(request, tx, wanted)
    template = _template(wanted)
    body = _content(wanted) or (template or {}).get("name")
    if not body:
        raise Invalid("content", "content can't be blank")
    conversation = await _conversation(request, tx, wanted, inbox)
    metadata = {} if template is None else {"template_params": template}
    one = await scheduling.schedule(tx, conversation.id, body=body, due_at=due_at, metadata=metadata)
    return await _reply(tx, one)


@routes.get("/{scheduled_id}", summary="Show a scheduled message")
async def show_scheduled(scheduled_id: str, request: Request, tx: Reader) -> Response:
    return await _reply(tx, await _seen(request, tx, scheduled_id))


@routes.put("/{scheduled_id}", summary="Change a scheduled message", operation_id="replace_scheduled_message")
@routes.patch("/{scheduled_id}", summary="Change a scheduled message", operation_id="update_scheduled_message")
async def update_scheduled(scheduled_id: str, request: Request, tx: Writer) -> Response:
    """Its text, time or template while it is pending."""
    before = await _seen(request, tx, scheduled_id)
    wanted = await given(request, ROOT)
    changes: dict[str, Any] = {}
    if (content := _content(wanted)) is not None:
        changes["body"] = content
    if (due_at := _due_at(wanted)) is not None:
        changes["due_at"] = due_at
    if (template := _template(wanted)) is not None:
        changes["metadata"] = {**before.metadata, "template_params": template}
    return await _reply(tx, await scheduling.edit(tx, before.id, changes))


@routes.delete("/{scheduled_id}", summary="Cancel a scheduled message")
async def delete_scheduled(scheduled_id: str, request: Request, tx: Writer) -> Response:
    """It stays, as cancelled."""
    return await _cancelled(request, tx, scheduled_id)


@routes.post("/{scheduled_id}/cancel", summary="Cancel a scheduled message")
async def cancel_scheduled(scheduled_id: str, request: Request, tx: Writer) -> Response:
    return await _cancelled(request, tx, scheduled_id)


async def _cancelled(request: Request, tx: WriteTx, scheduled_id: str) -> Response:
    one = await _seen(request, tx, scheduled_id)
    return await _reply(tx, await scheduling.cancel(tx, one.id))


async def _seen(request: Request, tx: Tx, scheduled_id: str) -> Scheduled:
    """Raises NotFound, and NotYours for one of an inbox that the caller does not belong to."""
    found = await scheduling.get(tx, number(scheduled_id, "Scheduled message"))
    await require_sight(request, tx, await queries.find(tx, found.conversation_id))
    return found


async def _filtered(tx: Tx, wanted: Given) -> int | None:
    """The conversation that a list is for; by 0 nothing is found, which is what an unknown one has."""
    display_id = wanted.whole("conversation_id")
    if display_id is None:
        return None
    found = await tx.find_one(Conversation, number=display_id)
    return 0 if found is None else found.id


def _content(wanted: Given) -> str | None:
    return wanted.text("content", most=MOST_CONTENT)


def _template(wanted: Given) -> dict[str, Any] | None:
    """Raises Invalid for one without a name (statement 131)."""
    found = wanted.object("template_params")
    if found is not None and not (isinstance(found.get("name"), str) and found["name"].strip()):
        raise Invalid("template_params", "template_params needs a name")
    return found


def _due_at(wanted: Given) -> datetime | None:
    """ISO 8601, without an offset in UTC, or Unix seconds. Raises Invalid."""
    value = wanted.get("scheduled_at")
    if not isinstance(value, str) or value.strip().lstrip("-").isdigit() or not value.strip():
        return wanted.instant("scheduled_at")
    try:
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("scheduled_at", "scheduled_at is no time in ISO 8601 or Unix seconds") from None


async def _inbox(request: Request, tx: Tx, wanted: Given) -> Inbox:
    inbox_id = wanted.whole("inbox_id")
    if inbox_id is None:
        raise Invalid("inbox_id", "inbox_id can't be blank")
    found = await tx.find_one(Inbox, id=inbox_id)
    if found is None:
        raise NotFound("Inbox")
    if not (await reach(tx, request)).has(found.id):
        raise NotYours
    return found


async def _conversation(request: Request, tx: WriteTx, wanted: Given, inbox: Inbox) -> Conversation:
    display_id, contact_id = wanted.whole("conversation_id"), wanted.whole("contact_id")
    if display_id is not None:
        found = await conversation_of(request, tx, str(display_id))
        if found.inbox_id != inbox.id:
            raise Invalid("inbox_id", "The conversation is in another inbox")
        if contact_id not in (None, found.contact_id):
            raise Invalid("contact_id", "The conversation is another contact's")
        return found
    if contact_id is None:
        raise Invalid("conversation_id", "Give a conversation_id or a contact_id")
    contact = await contacts.get(tx, contact_id)
    return await _going_on(tx, contact, inbox) or await _opened(tx, contact, inbox)


async def _going_on(tx: Tx, contact: Contact, inbox: Inbox) -> Conversation | None:
    """The latest of the contact in the inbox that is not over."""
    found = await queries.recent_of_contact(tx, contact.id, inbox.id, EPOCH, tx.now)
    open_ones = [one for one in found if one.status not in (Status.RESOLVED, Status.CLOSED)]
    return next((one for one in open_ones if one.merged_into_id is None), None)


async def _opened(tx: WriteTx, contact: Contact, inbox: Inbox) -> Conversation:
    known = next((one for one in await links.of_contact(tx, contact.id) if one.inbox_id == inbox.id), None)
    link = known or await links.add(tx, contact_id=contact.id, inbox_id=inbox.id, source_id=str(uuid4()))
    new = creation.NewConversation(
        subject=f"Conversation with {contact.name}"[:MOST_SUBJECT],
        contact_id=contact.id,
        contact_link_id=None if link is None else link.id,
        channel=inbox.channel,
        inbox_id=inbox.id,
        priority=Priority.NONE,
    )
    return await creation.open_conversation(tx, new)


async def _reply(tx: Tx, one: Scheduled) -> Response:
    return reply((await _shown(tx, [one]))[0])


async def _shown(tx: Tx, found: Sequence[Scheduled]) -> list[dict[str, Any]]:
    conversations = await some(tx, Conversation, {one.conversation_id for one in found})
    users = await some(tx, User, {one.user_id for one in found})
    return [_form(tx, one, conversations[one.conversation_id], users.get(one.user_id or 0)) for one in found]


def _form(tx: Tx, one: Scheduled, conversation: Conversation, user: User | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "account_id": tx.account_id,
        "inbox_id": conversation.inbox_id,
        "conversation_id": conversation.number,
        "contact_id": conversation.contact_id,
        "content": one.body,
        "template_params": one.metadata.get("template_params"),
        "scheduled_at": words.iso(one.due_at),
        "status": one.state,
        "error_message": one.error,
        "message_id": one.message_id,
        "sender": None if user is None else hook_forms.user(user),
        "created_at": words.iso(one.created_at),
        "updated_at": words.iso(one.updated_at),
    }
