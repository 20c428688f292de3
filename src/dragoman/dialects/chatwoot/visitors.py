"""Contacts who come by themselves: the inbox's name and their own id there are all the secrets (chatwoot.md 7)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from dragoman.core.accounts.secrets import account_of
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import links
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations import queries
from dragoman.core.conversations.models import SPAM, Conversation
from dragoman.core.errors import Forbidden, NotFound
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.edge.services import services
from dragoman.store.tx import SYSTEM, Actor, Tx, WriteTx

MOST = 300  # characters of an identifier or a source id


@dataclass(frozen=True, slots=True)
class Visitor:
    inbox: Inbox
    contact: Contact
    link: ContactLink

    @property
    def actor(self) -> Actor:
        return Actor("contact", self.contact.id, self.contact.name)

    def owns(self, one: Conversation, other: ContactLink | None) -> bool:
        """Those of this link; who has proved who they are, those of all their proved links."""
        if one.contact_link_id == self.link.id:
            return True
        return (
            self.link.is_verified
            and other is not None
            and other.is_verified
            and other.contact_id == self.link.contact_id
            and other.inbox_id == self.inbox.id
        )


def account_in(identifier: str) -> int:
    """Raises NotFound for what names no inbox."""
    account_id = account_of(identifier) if len(identifier) <= MOST else None
    if account_id is None:
        raise NotFound("Inbox")
    return account_id


async def inbox_of(tx: Tx, identifier: str) -> Inbox:
    found = await tx.find_one(Inbox, identifier=identifier, is_active=True)
    if found is None:
        raise NotFound("Inbox")
    return found


async def visitor_of(tx: Tx, identifier: str, source_id: str) -> Visitor:
    """Raises NotFound."""
    inbox = await inbox_of(tx, identifier)
    link = await links.find(tx, inbox.id, source_id) if len(source_id) <= MOST else None
    if link is None:
        raise NotFound("Contact")
    return Visitor(inbox, await contacts.get(tx, link.contact_id), link)


async def conversation_of(tx: Tx, visitor: Visitor, display_id: str) -> Conversation:
    """Raises NotFound, also for one of somebody else."""
    found = await queries.by_number(tx, number(display_id, "Conversation"))
    other = await links.get(tx, found.contact_link_id) if found.contact_link_id is not None else None
    if found.visibility >= SPAM or found.merged_into_id is not None or not visitor.owns(found, other):
        raise NotFound("Conversation")
    return found


@asynccontextmanager
async def reading(request: Request, identifier: str) -> AsyncIterator[Tx]:
    async with services(request).database.read(account_in(identifier)) as tx:
        yield tx


@asynccontextmanager
async def writing(request: Request, identifier: str, source_id: str = "") -> AsyncIterator[WriteTx]:
    """A transaction in which the contact acts, where there is one yet. Raises NotFound."""
    actor = SYSTEM
    if source_id:
        async with reading(request, identifier) as tx:
            actor = (await visitor_of(tx, identifier, source_id)).actor
    async with services(request).database.write(account_in(identifier), actor) as tx:
        yield tx


def is_proved(inbox: Inbox, given: Given) -> bool:
    """Whether the hash proves the identifier. Raises WrongHash when it does not, or is missing where it is needed."""
    told, identifier = given.text("identifier_hash"), given.text("identifier") or ""
    if told is None:
        if inbox.settings.get("hmac_mandatory"):
            raise WrongHash
        return False
    right = hmac.new((inbox.identity_secret or "").encode(), identifier.encode(), hashlib.sha256).hexdigest()
    if not inbox.identity_secret or not hmac.compare_digest(told.encode(errors="replace"), right.encode()):
        raise WrongHash
    return True


class WrongHash(Forbidden):
    def __init__(self) -> None:
        super().__init__("HMAC failed: identifier_hash does not prove the identifier")


def fields(given: Given) -> dict[str, Any]:
    """What a contact may say of itself, in the core's words."""
    found: dict[str, Any] = {}
    for theirs, ours in (("email", "email"), ("phone_number", "phone"), ("name", "name"), ("avatar_url", "avatar_url")):
        if given.get(theirs):
            found[ours] = given.text(theirs, most=500)
    if given.get("custom_attributes") is not None:
        found["custom_attrs"] = given.object("custom_attributes") or {}
    return found
