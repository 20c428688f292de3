"""The client API of API inboxes: contacts speak for themselves (chatwoot.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.contacts import actions as contacts
from dragoman.core.contacts.arriving import Arrival, arrive
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations import creation, editing
from dragoman.core.conversations.models import Priority, State
from dragoman.core.messages import answering, posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.core.search import queries as search
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.dialects.chatwoot import public, visitors
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.parameters import asked, given
from dragoman.dialects.chatwoot.tokens import contact_token
from dragoman.dialects.chatwoot.visitors import Visitor
from dragoman.edge.doors import OpenRoute
from dragoman.edge.replies import reply
from dragoman.edge.services import services
from dragoman.store.tx import Tx

routes = APIRouter(prefix="/public/api/v1/inboxes/{inbox_identifier}", tags=["Client API"], route_class=OpenRoute)
MOST_CONTENT = 150_000
PAGE = 20


@routes.get("", summary="Show the inbox")
async def show_inbox(inbox_identifier: str, request: Request) -> Response:
    """What a contact's client has to know of it."""
    async with visitors.reading(request, inbox_identifier) as tx:
        return reply(public.inbox(await visitors.inbox_of(tx, inbox_identifier)))


@routes.post("/contacts", summary="Come as a contact")
async def create_contact(inbox_identifier: str, request: Request) -> Response:
    """The contact that is meant, or a new one. Raises WrongHash."""
    told = await given(request)
    async with visitors.writing(request, inbox_identifier) as tx:
        inbox = await visitors.inbox_of(tx, inbox_identifier)
        arrival = Arrival(
            source_id=told.text("source_id", most=visitors.MOST),
            external_id=told.text("identifier", most=visitors.MOST) or None,
            is_proved=visitors.is_proved(inbox, told),
            **visitors.fields(told),
        )
        contact, link = await arrive(tx, inbox.id, arrival)
    return reply(_contact(request, tx, contact, link))


def _contact(request: Request, tx: Tx, contact: Contact, link: ContactLink) -> Mapping[str, Any]:
    token = contact_token(services(request).pepper, tx.account_id, link)
    return {"source_id": link.source_id, "pubsub_token": token, **public.contact(contact)}


@routes.get("/contacts/{source_id}", summary="Show the contact")
async def show_contact(inbox_identifier: str, source_id: str, request: Request) -> Response:
    async with visitors.reading(request, inbox_identifier) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
    return reply(_contact(request, tx, found.contact, found.link))


@routes.patch("/contacts/{source_id}", summary="Change the contact")
async def update_contact(inbox_identifier: str, source_id: str, request: Request) -> Response:
    """Raises WrongHash, and Conflict for an address that is another contact's."""
    told = await given(request)
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        visitors.is_proved(found.inbox, told)
        changed = await contacts.edit(tx, found.contact.id, visitors.fields(told))
    return reply(public.whole_contact(changed, tx.account_id))


@routes.get("/contacts/{source_id}/conversations", summary="List the contact's conversations")
async def list_conversations(inbox_identifier: str, source_id: str, request: Request) -> Response:
    """A bare array, newest activity first."""
    async with visitors.reading(request, inbox_identifier) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        ids = await _conversations_of(tx, found)
        return reply([await public.conversation(tx, one, addresses(request, tx.account_id)) for one in ids])


async def _conversations_of(tx: Tx, visitor: Visitor) -> list[int]:
    condition = Condition("contact_link_id", Op.IS, (visitor.link.id,))
    if visitor.link.is_verified:
        condition = Condition("contact_id", Op.IS, (visitor.contact.id,))
    inbox = Condition("inbox_id", Op.IS, (visitor.inbox.id,))
    question = Question(where=(condition, inbox), sort=Sort.ACTIVITY, limit=100)
    answer = await search.answer(tx, question, reader_id=visitor.contact.id)
    return [stamp.id for stamp in answer.stamps]


@routes.post("/contacts/{source_id}/conversations", summary="Begin a conversation")
async def create_conversation(inbox_identifier: str, source_id: str, request: Request) -> Response:
    told = await given(request)
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        new = creation.NewConversation(
            subject=f"Conversation with {found.contact.name}"[:255],
            contact_id=found.contact.id,
            contact_link_id=found.link.id,
            inbox_id=found.inbox.id,
            channel=found.inbox.channel,
            priority=Priority.NONE,
            custom_attrs=told.object("custom_attributes") or {},
        )
        one = await creation.open_conversation(tx, new)
        return reply(await public.conversation(tx, one.id, addresses(request, tx.account_id)))


@routes.get("/contacts/{source_id}/conversations/{conversation_id}", summary="Show a conversation")
async def show_conversation(inbox_identifier: str, source_id: str, conversation_id: str, request: Request) -> Response:
    async with visitors.reading(request, inbox_identifier) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        return reply(await public.conversation(tx, one.id, addresses(request, tx.account_id)))


@routes.post("/contacts/{source_id}/conversations/{conversation_id}/toggle_status", summary="Resolve it")
async def resolve_conversation(
    inbox_identifier: str, source_id: str, conversation_id: str, request: Request
) -> Response:
    """A contact may say that it is over, and not that it is not: for that they write."""
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        if one.state != State.OVER:
            await editing.edit(tx, one.id, {"status": "resolved"})
        return reply(await public.conversation(tx, one.id, addresses(request, tx.account_id)))


@routes.post("/contacts/{source_id}/conversations/{conversation_id}/toggle_typing", summary="Say that one types")
async def toggle_typing(inbox_identifier: str, source_id: str, conversation_id: str, request: Request) -> Response:
    told = await given(request)
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        if (word := told.text("typing_status")) in ("on", "off"):
            tx.signal(f"typing_{word}", one.id, contact_id=found.contact.id, is_private=False)
    return Response()


@routes.post(
    "/contacts/{source_id}/conversations/{conversation_id}/update_last_seen", summary="Say that one has read it"
)
async def update_last_seen(inbox_identifier: str, source_id: str, conversation_id: str, request: Request) -> Response:
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        await answering.seen_by_contact(tx, one.id)
    return Response()


@routes.get("/contacts/{source_id}/conversations/{conversation_id}/messages", summary="List messages")
async def list_messages(inbox_identifier: str, source_id: str, conversation_id: str, request: Request) -> Response:
    """The latest 20, or the 20 before one; oldest first, without notes and activities."""
    async with visitors.reading(request, inbox_identifier) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        before = asked(request).whole("before")
        return reply(await public.messages(tx, one, addresses(request, tx.account_id), before=before, limit=PAGE))


@routes.post("/contacts/{source_id}/conversations/{conversation_id}/messages", summary="Write")
async def create_message(inbox_identifier: str, source_id: str, conversation_id: str, request: Request) -> Response:
    """Always from the contact."""
    told = await given(request)
    content = told.text("content", "", most=MOST_CONTENT) or ""
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        new = NewMessage(
            body=content,
            sender=Sender.CONTACT,
            sender_id=found.contact.id,
            sender_name=found.contact.name,
            source="api",
        )
        message = await posting.post(tx, one.id, new)
        shown = await public.message(tx, one, message, addresses(request, tx.account_id))
    return reply(shown)


@routes.patch("/contacts/{source_id}/conversations/{conversation_id}/messages/{message_id}", summary="Answer a form")
async def answer_form(
    inbox_identifier: str, source_id: str, conversation_id: str, message_id: str, request: Request
) -> Response:
    """What was chosen or filled in."""
    told = await given(request)
    async with visitors.writing(request, inbox_identifier, source_id) as tx:
        found = await visitors.visitor_of(tx, inbox_identifier, source_id)
        one = await visitors.conversation_of(tx, found, conversation_id)
        shown = await public.answered(tx, one, message_id, told, addresses(request, tx.account_id))
    return reply(shown)
