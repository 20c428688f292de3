"""A conversation that a client begins: for whom, in which inbox, and as whom the contact is known there (4.1)."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from dragoman.core.accounts import queries as accounts
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.channels.queries import has_bot
from dragoman.core.contacts import linking, links
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations import creation, queries
from dragoman.core.conversations.editing import snoozed_by
from dragoman.core.conversations.models import Conversation, Priority, Status
from dragoman.core.conversations.rules import MAX_SUBJECT
from dragoman.core.errors import Invalid, NotFound
from dragoman.dialects.chatwoot import saying, words
from dragoman.dialects.chatwoot.auth import NotYours, reach
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.edge.doors import principal
from dragoman.store.tx import WriteTx

LOCKED = "lock_to_single_conversation"


async def open_one(request: Request, tx: WriteTx, given: Given) -> Conversation:
    """A new one, or the one that there is in an inbox that keeps to one. Raises NotFound, NotYours, Invalid."""
    inbox, contact, link = await _place(request, tx, given)
    one = await queries.last_in_inbox(tx, contact.id, inbox.id) if inbox.settings.get(LOCKED) else None
    if one is None:
        link = link or await linking.link(tx, contact, inbox, given.text("source_id") or None)
        one = await creation.open_conversation(tx, await _new(tx, given, inbox, contact, link))
    if first := given.object("message"):
        await saying.say(tx, principal(request), one, Given(first))
    return one


async def _place(request: Request, tx: WriteTx, given: Given) -> tuple[Inbox, Contact, ContactLink | None]:
    """Where and for whom; the link where it is known already."""
    inbox_id, contact_id = given.whole("inbox_id"), given.whole("contact_id")
    if inbox_id is None or contact_id is None:
        known = await _known(tx, given.text("source_id") or None, inbox_id)
        inbox = await _inbox(request, tx, known.inbox_id)
        return inbox, await contacts.lock(tx, known.contact_id), known
    inbox = await _inbox(request, tx, inbox_id)
    return inbox, await contacts.lock(tx, contact_id), None


async def _known(tx: WriteTx, source_id: str | None, inbox_id: int | None) -> ContactLink:
    """A contact's link by its id alone. Raises NotFound, and Invalid where there is nothing to find one by."""
    if source_id is None:
        raise Invalid("contact_id", "Give source_id, or inbox_id and contact_id")
    found = [one for one in await links.having(tx, source_id) if inbox_id in (None, one.inbox_id)]
    if not found:
        raise NotFound("Contact inbox")
    return found[0]


async def _inbox(request: Request, tx: WriteTx, inbox_id: int) -> Inbox:
    found = await tx.find_one(Inbox, id=inbox_id)
    if found is None:
        raise NotFound("Inbox")
    if not (await reach(tx, request)).has(inbox_id):
        raise NotYours
    return found


async def _new(
    tx: WriteTx, given: Given, inbox: Inbox, contact: Contact, link: ContactLink
) -> creation.NewConversation:
    attributes = given.object("additional_attributes") or {}
    return creation.NewConversation(
        subject=_subject(attributes, contact),
        contact_id=contact.id,
        contact_link_id=link.id,
        inbox_id=inbox.id,
        channel=inbox.channel,
        priority=Priority.NONE,
        origin_attrs=attributes,
        custom_attrs=given.object("custom_attributes") or {},
        **await _placed(tx, given),
        **await _turn(tx, given, inbox, contact),
    )


def _subject(attributes: dict[str, Any], contact: Contact) -> str:
    """Other dialects show one."""
    said = attributes.get("mail_subject")
    told = " ".join(said.split()) if isinstance(said, str) else ""
    return (told or f"Conversation with {contact.name}")[:MAX_SUBJECT]


async def _placed(tx: WriteTx, given: Given) -> dict[str, Any]:
    """Raises NotFound for an unknown agent or team."""
    user_id, team_id = given.whole("assignee_id"), given.whole("team_id")
    return {
        "assignee_user_id": (await accounts.active_user(tx, user_id)).id if user_id else None,
        "assignee_team_id": (await accounts.team(tx, team_id)).id if team_id else None,
    }


async def _turn(tx: WriteTx, given: Given, inbox: Inbox, contact: Contact) -> dict[str, Any]:
    """A blocked contact's is over, a bot's inbox begins with the bot, whatever is asked for (2.6)."""
    word = given.text("status") or "open"
    if word not in words.STATUSES:
        raise Invalid("status", f"status is one of {', '.join(words.STATUSES)}")
    if contact.is_blocked:
        return {"status": Status.RESOLVED.value}
    if await has_bot(tx, inbox.id):
        return {"status": Status.PENDING.value}
    if word != "snoozed":
        return {"status": words.core_status(word).value}
    until = given.instant("snoozed_until") or words.FOREVER
    snoozed_by(tx, until)
    return {"status": Status.OPEN.value, "snoozed_until": until}
