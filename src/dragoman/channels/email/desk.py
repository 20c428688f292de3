"""Who is who at an inbox: our own addresses, the agents' and everybody else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.channels.email.parsing.addresses import addresses
from dragoman.channels.email.parsing.mail import Address, Mail
from dragoman.channels.email.threading import people
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.models import User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import actions as contacts
from dragoman.core.contacts.models import Contact
from dragoman.core.contacts.rules import clean_email
from dragoman.core.errors import Invalid
from dragoman.core.messages.models import Sender
from dragoman.store.tx import Actor, Tx, WriteTx

MAX_NAME = 255
UNKNOWN = "Unknown sender"
DELIVERED_TO = frozenset({"delivered-to", "x-original-to", "envelope-to", "x-envelope-to"})
OF_A_LIST = frozenset({"list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere", "x-loop"})


@dataclass(frozen=True, slots=True)
class Desk:
    """An inbox and the people behind it. `agents` are by address, as it is compared."""

    inbox: Inbox
    agents: Mapping[str, User]

    def is_ours(self, email: str) -> bool:
        return email.casefold() in self.agents or email.casefold() == (self.inbox.address or "").casefold()

    def outsiders(self, emails: Iterable[str]) -> frozenset[str]:
        return frozenset(email for email in emails if not self.is_ours(email))


@dataclass(frozen=True, slots=True)
class Author:
    """Whose message a mail is, and the contact whose conversation it belongs to."""

    sender: Sender
    sender_id: int | None
    name: str | None
    contact: Contact

    @property
    def actor(self) -> Actor:
        if self.sender is Sender.CONTACT:
            return Actor("contact", self.sender_id, self.name)
        return Actor("user" if self.sender_id else "system", self.sender_id, self.name)


async def behind(tx: Tx, inbox: Inbox) -> Desk:
    return Desk(inbox, {user.email.casefold(): user for user in await accounts.active_users(tx)})


async def author_of(tx: WriteTx, desk: Desk, mail: Mail) -> Author:
    """Who wrote: an agent, if one of ours wrote to somebody outside, a contact otherwise."""
    customer = _first_outside(desk, mail)
    if mail.sender is not None and desk.is_ours(mail.sender.email) and customer is not None:
        agent = desk.agents.get(mail.sender.email.casefold())
        name = agent.name if agent else mail.sender.name or desk.inbox.name
        return Author(Sender.AGENT, agent.id if agent else None, name, await _contact(tx, customer))
    contact = await _contact(tx, mail.sender)
    return Author(Sender.CONTACT, contact.id, contact.name, contact)


def _first_outside(desk: Desk, mail: Mail) -> Address | None:
    recipients = (*mail.to, *mail.cc, *mail.bcc)
    return next((one for one in recipients if _is_usable(one) and not desk.is_ours(one.email)), None)


async def _contact(tx: WriteTx, address: Address | None) -> Contact:
    """The contact of an address; those who give none share one, known by whatever they call themselves."""
    if address is not None and _is_usable(address):
        return await contacts.find_or_add(tx, email=address.email, name=address.name[:MAX_NAME].strip() or None)
    label = (address.name or address.email)[:MAX_NAME].strip() if address else ""
    return await contacts.find_or_add_unknown(tx, label or UNKNOWN)


def _is_usable(address: Address) -> bool:
    try:
        clean_email(address.email)
    except Invalid:
        return False
    return True


def is_of_a_list(mail: Mail) -> bool:
    """Whether a list manager passed it on."""
    headers = [(name.lower(), value.strip().lower()) for name, value in mail.headers]
    return any(name in OF_A_LIST or (name == "precedence" and value in {"list", "bulk"}) for name, value in headers)


def delivered_to(mail: Mail) -> frozenset[str]:
    """The addresses the mail was delivered to: ours, unless a list manager noted its own."""
    if is_of_a_list(mail):
        return frozenset()
    return people(*(addresses(value) for name, value in mail.headers if name.lower() in DELIVERED_TO))


def remembered_people(metadata: Mapping[str, Any]) -> frozenset[str]:
    """Everybody a message was from and to, as its metadata has them."""
    shown = [metadata["from"]] if metadata.get("from") else []
    shown += [*metadata.get("to", ()), *metadata.get("cc", ())]
    return frozenset(one["email"].casefold() for one in shown)
