"""A contact as an inbox knows it: by an id, an address or a number there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Table

from dragoman.core.errors import NotFound
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

contact_links = schema.contact_links


@dataclass(frozen=True, slots=True)
class ContactLink(Record):
    """`is_verified`: the contact has proved to be who they say."""

    table: ClassVar[Table] = schema.contact_links

    id: int
    contact_id: int
    inbox_id: int
    source_id: str
    is_verified: bool
    created_at: datetime
    updated_at: datetime


async def find(tx: Tx, inbox_id: int, source_id: str) -> ContactLink | None:
    return await tx.find_one(ContactLink, inbox_id=inbox_id, source_id=source_id)


async def get(tx: Tx, link_id: int) -> ContactLink:
    """Raises NotFound."""
    found = await tx.find_one(ContactLink, id=link_id)
    if found is None:
        raise NotFound("Contact inbox")
    return found


async def of_contact(tx: Tx, contact_id: int) -> list[ContactLink]:
    """The oldest first."""
    return await tx.find_all(ContactLink, "id", contact_id=contact_id)


async def having(tx: Tx, source_id: str) -> list[ContactLink]:
    """Those of any inbox with this id; the oldest first."""
    return await tx.find_all(ContactLink, "id", source_id=source_id)


async def add(
    tx: WriteTx, *, contact_id: int, inbox_id: int, source_id: str, is_verified: bool = False
) -> ContactLink | None:
    """None when the id is another link's in that inbox."""
    link = ContactLink(
        id=await tx.next_id(),
        contact_id=contact_id,
        inbox_id=inbox_id,
        source_id=source_id,
        is_verified=is_verified,
        created_at=tx.now,
        updated_at=tx.now,
    )
    return link if await tx.insert_new(contact_links, values(link)) else None


async def of_contacts(tx: Tx, contact_ids: Collection[int]) -> list[ContactLink]:
    """Those of several; the oldest first."""
    if not contact_ids:
        return []
    theirs = contact_links.c.contact_id.in_(contact_ids)
    return await tx.all(ContactLink, tx.select(ContactLink).where(theirs).order_by(contact_links.c.id))
