"""Making a contact known in an inbox: by what its channel knows people by (chatwoot.md 4.1)."""

from __future__ import annotations

from uuid import uuid4

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import links
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.errors import Invalid
from dragoman.store import schema
from dragoman.store.tx import WriteTx

contact_links = schema.contact_links
# Who has the address or the number there now is who it is: it goes from one contact to the next.
BY_ADDRESS = frozenset({"email", "sms", "whatsapp"})
LONGEST = 320


async def link(tx: WriteTx, contact: Contact, inbox: Inbox, source_id: str | None = None) -> ContactLink:
    """The contact's link by that id or, where none is given, by the channel's own. Raises Invalid."""
    wanted = source_id or own_id(contact, inbox)
    if len(wanted) > LONGEST:
        raise Invalid("source_id", f"source_id takes at most {LONGEST} characters")
    made = await links.add(tx, contact_id=contact.id, inbox_id=inbox.id, source_id=wanted)
    if made is not None:
        return made
    known = await links.find(tx, inbox.id, wanted)
    if known is None:
        raise AssertionError("a link that is in the way is there")
    if known.contact_id == contact.id:
        return known
    if inbox.channel not in BY_ADDRESS:
        raise Invalid("source_id", "source_id should be unique: it is another contact's in this inbox")
    await tx.alter(contact_links, known.id, {"contact_id": contact.id, "updated_at": tx.now})
    return await links.get(tx, known.id)


def own_id(contact: Contact, inbox: Inbox) -> str:
    """Raises Invalid for a contact without the address that the channel needs."""
    if inbox.channel == "email":
        return _needed(contact.email, "email")
    if inbox.channel == "sms":
        return _needed(contact.phone, "phone")
    if inbox.channel == "whatsapp":
        phone = _needed(contact.phone, "phone")
        return f"whatsapp:{phone}" if inbox.provider == "twilio" else phone.removeprefix("+")
    return str(uuid4())


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise Invalid(name, f"The contact has no {name}, which this inbox needs")
    return value
