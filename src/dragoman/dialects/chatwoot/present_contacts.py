"""Contacts with the inboxes that know them (chatwoot.md 6.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import links
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.contacts.notes import ContactNote
from dragoman.dialects.chatwoot import present_people, words
from dragoman.dialects.chatwoot.shown import some
from dragoman.dialects.chatwoot.wire.people import ContactForm, ContactInboxForm
from dragoman.store.tx import Tx

# Who was seen so lately is there.
HERE_FOR = timedelta(seconds=90)


def is_online(one: Contact, now: datetime) -> bool:
    return one.last_seen_at is not None and now - one.last_seen_at < HERE_FOR


async def contacts(tx: Tx, several: Sequence[Contact], *, with_inboxes: bool = True) -> list[ContactForm]:
    """In their order; two statements for the links of all."""
    shown = [present_people.contact(one, is_online=is_online(one, tx.now)) for one in several]
    if not with_inboxes:
        return shown
    known = await links.of_contacts(tx, [one.id for one in several])
    inboxes = await some(tx, Inbox, [one.inbox_id for one in known])
    theirs: dict[int, list[ContactInboxForm]] = defaultdict(list)
    for one in known:
        theirs[one.contact_id].append(contact_inbox(one, inboxes[one.inbox_id]))
    return [replace(one, contact_inboxes=theirs[one.id]) for one in shown]


async def contact(tx: Tx, one: Contact) -> ContactForm:
    (found,) = await contacts(tx, [one])
    return found


def contact_inbox(link: ContactLink, inbox: Inbox) -> ContactInboxForm:
    return ContactInboxForm(source_id=link.source_id, inbox=present_people.slim_inbox(inbox))


def note(one: ContactNote, author: Any, account_id: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "content": one.body,
        "account_id": account_id,
        "contact_id": one.contact_id,
        "user": None if author is None else present_people.agent(author, account_id),
        "created_at": words.seconds(one.created_at),
        "updated_at": words.seconds(one.updated_at),
    }
