"""Making a contact known to an inbox: by an address or number where the channel has such, else by an id."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import links
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.errors import Invalid, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

MAX_SOURCE_ID = 512


def natural_source(contact: Contact, inbox: Inbox) -> str | None:
    """What the inbox reaches the contact by; None where an id is made up, or where there is nothing."""
    if inbox.channel == "email":
        return contact.email
    if inbox.channel in ("sms", "voice"):
        return contact.phone
    if inbox.channel == "whatsapp":
        return contact.phone.removeprefix("+") if contact.phone else None
    return None


def needs_source(inbox: Inbox) -> bool:
    """Whether the inbox reaches contacts by something that they must have."""
    return inbox.channel in ("email", "sms", "voice", "whatsapp")


async def link(tx: WriteTx, contact: Contact, inbox: Inbox, source_id: str | None = None) -> ContactLink:
    """The contact's link to the inbox, made if there is none such.

    An address or a number goes from one contact to the next with who has it now. Raises Invalid where the contact has
    nothing that the inbox could reach, Taken for an id that is another contact's.
    """
    wanted = source_id or await _usual_source(tx, contact, inbox)
    if len(wanted) > MAX_SOURCE_ID:
        raise Invalid("source_id", f"source_id takes at most {MAX_SOURCE_ID} characters")
    known = await links.find(tx, inbox.id, wanted)
    made = known or await links.add(tx, contact_id=contact.id, inbox_id=inbox.id, source_id=wanted)
    if made is None or (made.contact_id != contact.id and not needs_source(inbox)):
        raise Taken("source_id", "Another contact has this source_id")
    if made.contact_id != contact.id:
        await tx.alter(schema.contact_links, made.id, {"contact_id": contact.id, "updated_at": tx.now})
        made = replace(made, contact_id=contact.id, updated_at=tx.now)
    if known is None:
        tx.emit(Happened.CONTACT_UPDATED, contact_id=contact.id, fields=["links"])
    return made


async def _usual_source(tx: Tx, contact: Contact, inbox: Inbox) -> str:
    if not needs_source(inbox):
        return str(uuid4())
    found = natural_source(contact, inbox)
    if found is None:
        field = "email" if inbox.channel == "email" else "phone"
        raise Invalid(field, f"The contact has nothing that the inbox could reach: {field} is missing")
    return found
