"""Somebody comes to an inbox: who that is, as well as what they say of themselves tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from dragoman.core.contacts import actions, links, queries
from dragoman.core.contacts.actions import NewContact
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.errors import Conflict
from dragoman.store import schema
from dragoman.store.tx import WriteTx

EXTERNAL = "external"
NAMELESS = "Visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What they say; `is_proved` when the inbox has checked that they are the one with this `external_id`."""

    source_id: str | None = None
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    avatar_url: str | None = None
    custom_attrs: Mapping[str, Any] = field(default_factory=dict)
    is_proved: bool = False


async def arrive(tx: WriteTx, inbox_id: int, told: Arrival) -> tuple[Contact, ContactLink]:
    """The contact and the link by which the inbox knows them: those there are, else new ones.

    Raises Invalid for a bad address or number, Conflict when the link is another contact's by now.
    """
    link = await links.find(tx, inbox_id, told.source_id) if told.source_id else None
    if link is not None:
        return await queries.get(tx, link.contact_id), await _proved(tx, link, told)
    contact = await _known(tx, told) or await _made(tx, told)
    source_id = told.source_id or str(uuid4())
    made = await links.add(
        tx, contact_id=contact.id, inbox_id=inbox_id, source_id=source_id, is_verified=told.is_proved
    )
    if made is None:
        raise Conflict("Somebody else has just come with this source id")
    return contact, made


async def _proved(tx: WriteTx, link: ContactLink, told: Arrival) -> ContactLink:
    if not told.is_proved or link.is_verified:
        return link
    table = schema.contact_links
    await tx.execute(tx.update(table).where(table.c.id == link.id).values(is_verified=True, updated_at=tx.now))
    return replace(link, is_verified=True, updated_at=tx.now)


async def _known(tx: WriteTx, told: Arrival) -> Contact | None:
    """By the first of their names that somebody has."""
    for kind, value in (
        (EXTERNAL, told.external_id),
        ("email", told.email.strip().casefold() if told.email else None),
        ("phone", told.phone),
    ):
        if value and (contact_id := await queries.known_as(tx, kind, value)) is not None:
            return await queries.get(tx, contact_id)
    return None


async def _made(tx: WriteTx, told: Arrival) -> Contact:
    name = told.name or (None if told.email or told.phone else f"{NAMELESS} {uuid4().hex[:6]}")
    new = NewContact(
        name=name,
        email=told.email,
        phone=told.phone,
        external_id=told.external_id,
        avatar_url=told.avatar_url,
        custom_attrs=told.custom_attrs,
    )
    return await actions.add(tx, new)
