"""Looking up contacts and companies."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_

from dragoman.core.contacts.models import Company, Contact
from dragoman.core.errors import NotFound
from dragoman.core.tags import fold_tag
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

contacts, companies, identities = schema.contacts, schema.companies, schema.contact_identities
conversations = schema.conversations


async def get(tx: Tx, contact_id: int) -> Contact:
    """A contact that is not deleted. Raises NotFound."""
    found = await tx.find_one(Contact, id=contact_id, deleted_at=None)
    if found is None:
        raise NotFound("Contact")
    return found


async def lock(tx: WriteTx, contact_id: int) -> Contact:
    """A contact to be changed. Raises NotFound."""
    found = await tx.lock_one(Contact, id=contact_id, deleted_at=None)
    if found is None:
        raise NotFound("Contact")
    return found


async def is_blocked(tx: Tx, contact_id: int) -> bool:
    """Also of a contact that is deleted; an unknown one is not."""
    return bool(await tx.scalar(tx.select(contacts.c.is_blocked).where(contacts.c.id == contact_id)))


async def known_as(tx: Tx, kind: str, value: str) -> int | None:
    """The contact known by an address ("email", "jane@example.com") or a number ("phone", "+49…")."""
    query = tx.select(identities.c.contact_id).where(identities.c.kind == kind, identities.c.value == value)
    found: int | None = await tx.scalar(query)
    return found


async def company(tx: Tx, company_id: int) -> Company:
    """Raises NotFound."""
    found = await tx.find_one(Company, id=company_id)
    if found is None:
        raise NotFound("Company")
    return found


async def lock_company(tx: WriteTx, company_id: int) -> Company:
    """A company to be changed. Raises NotFound."""
    found = await tx.lock_one(Company, id=company_id)
    if found is None:
        raise NotFound("Company")
    return found


async def has_conversations(tx: Tx, company_id: int) -> bool:
    """Whether a conversation shows the company, though it be a deleted contact's."""
    return (
        await tx.row(tx.select(conversations.c.id).where(conversations.c.company_id == company_id).limit(1)) is not None
    )


async def company_names(tx: Tx, ids: set[int]) -> dict[int, str]:
    rows = await tx.rows(tx.select(companies.c.id, companies.c.name).where(companies.c.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


async def conversation_counts(tx: Tx, ids: set[int]) -> dict[int, int]:
    """How many conversations each contact has that are not deleted."""
    query = (
        tx.select(conversations.c.contact_id, func.count(conversations.c.id))
        .where(conversations.c.contact_id.in_(ids), conversations.c.deleted_at.is_(None))
        .group_by(conversations.c.contact_id)
    )
    return {row[0]: row[1] for row in await tx.rows(query)}


async def list_contacts(
    tx: Tx,
    *,
    search: str | None = None,
    company_id: int | None = None,
    tags: tuple[str, ...] = (),
    include_deleted: bool = False,
    limit: int,
    offset: int,
) -> tuple[list[Contact], int]:
    """A page of contacts, newest first, and how many there are in all."""
    wanted: list[ColumnElement[bool]] = []
    if not include_deleted:
        wanted.append(contacts.c.deleted_at.is_(None))
    if search:
        wanted.append(contacts.c.search_key.contains(search.casefold(), autoescape=True))
    if company_id is not None:
        wanted.append(contacts.c.company_id == company_id)
    if tags:
        wanted.append(or_(*(contacts.c.tag_key.contains(f"\n{fold_tag(tag)}\n", autoescape=True) for tag in tags)))
    total = await tx.scalar(tx.select(func.count(contacts.c.id)).where(*wanted))
    page = tx.select(Contact).where(*wanted).order_by(contacts.c.created_at.desc(), contacts.c.id.desc())
    return await tx.all(Contact, page.limit(limit).offset(offset)), int(total)


async def list_companies(tx: Tx, *, search: str | None = None, limit: int, offset: int) -> tuple[list[Company], int]:
    """A page of companies by name, and how many there are in all."""
    wanted: list[ColumnElement[bool]] = []
    if search:
        wanted.append(func.lower(companies.c.name).contains(search.lower(), autoescape=True))
    total = await tx.scalar(tx.select(func.count(companies.c.id)).where(*wanted))
    page = tx.select(Company).where(*wanted).order_by(companies.c.name, companies.c.id)
    return await tx.all(Company, page.limit(limit).offset(offset)), int(total)


async def contact_counts(tx: Tx, ids: set[int]) -> dict[int, int]:
    """How many contacts each company has."""
    query = (
        tx.select(contacts.c.company_id, func.count(contacts.c.id))
        .where(contacts.c.company_id.in_(ids), contacts.c.deleted_at.is_(None))
        .group_by(contacts.c.company_id)
    )
    return {row[0]: row[1] for row in await tx.rows(query)}
