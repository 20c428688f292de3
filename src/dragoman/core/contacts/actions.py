"""Making, finding and changing contacts and companies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_

from dragoman.core.contacts import queries
from dragoman.core.contacts.models import Company, Contact
from dragoman.core.contacts.rules import (
    EXTERNAL,
    MAX_NAME,
    clean_email,
    clean_name,
    clean_phone,
    full_name,
    identities,
    merged_attributes,
    on_one_line,
    split_name,
)
from dragoman.core.errors import Conflict, Invalid, Taken
from dragoman.core.events import Happened
from dragoman.core.tags import clean_tags, fold_tag
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

contacts, companies = schema.contacts, schema.companies


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A name in one piece or in two; at least a name, an address or a number."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    company_id: int | None = None
    external_id: str | None = None
    locale: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    custom_attrs: Mapping[str, Any] = field(default_factory=dict)
    about_attrs: Mapping[str, Any] = field(default_factory=dict)
    avatar_url: str | None = None
    is_unsubscribed: bool = False
    is_blocked: bool = False


async def add(tx: WriteTx, new: NewContact, *, is_external_id_own: bool = False) -> Contact:
    """`is_external_id_own`: nobody else may have it.

    Raises Invalid, NotFound for an unknown company, Taken where the address, number or such an id is another
    contact's.
    """
    if new.company_id is not None:
        await queries.company(tx, new.company_id)
    contact = _new(await tx.next_id(), new, tx)
    await tx.insert(contacts, row_of(contact))
    await _claim(tx, contact, is_external_id_own=is_external_id_own)
    tx.emit(Happened.CONTACT_CREATED, contact_id=contact.id)
    return contact


def _new(contact_id: int, new: NewContact, tx: WriteTx) -> Contact:
    email = clean_email(new.email) if new.email else None
    phone = clean_phone(new.phone) if new.phone else None
    first, last = _part(new.first_name), _part(new.last_name)
    name = on_one_line(new.name or "") or full_name(first, last) or email or phone
    if not name:
        raise Invalid("name", "A contact needs a name, an e-mail address or a phone number")
    if not first and not last:
        first, last = split_name(on_one_line(new.name or ""))
    return Contact(
        id=contact_id,
        name=clean_name(name[:MAX_NAME]),
        first_name=first,
        last_name=last,
        email=email,
        phone=phone,
        role=new.role,
        company_id=new.company_id,
        external_id=new.external_id,
        locale=new.locale,
        timezone=new.timezone,
        tags=clean_tags(new.tags),
        custom_attrs=new.custom_attrs,
        about_attrs=new.about_attrs,
        avatar_url=new.avatar_url,
        is_unsubscribed=new.is_unsubscribed,
        is_blocked=new.is_blocked,
        last_seen_at=None,
        created_at=tx.now,
        updated_at=tx.now,
        deleted_at=None,
    )


def _part(name: str | None) -> str | None:
    """A first or a last name."""
    return on_one_line(name or "") or None


def row_of(contact: Contact) -> dict[str, Any]:
    row = values(contact)
    found_by = [contact.name, contact.email or "", contact.phone or ""]
    tag_key = "".join(f"\n{fold_tag(tag)}" for tag in contact.tags) + "\n"
    return {**row, "search_key": "\n".join(found_by).casefold(), "tag_key": tag_key}


# What a contact is known by and can be changed, and what people call it.
CALLED = {"email": "e-mail address", "phone": "phone number", EXTERNAL: "external id"}
_FIELDS = {EXTERNAL: "external_id"}


async def _claim(tx: WriteTx, contact: Contact, *, is_external_id_own: bool) -> None:
    """Make the contact the one that is known by its address and number, and by its external id if it is the first."""
    for kind, value in identities(contact.email, contact.phone, contact.external_id):
        row = {"kind": kind, "value": value, "contact_id": contact.id}
        is_free = await tx.insert_new(schema.contact_identities, row)
        if not is_free and (kind != EXTERNAL or is_external_id_own):
            raise Taken(_FIELDS.get(kind, kind), f"Another contact has this {CALLED[kind]}")


async def _release(tx: WriteTx, contact_id: int) -> None:
    """Whoever stands for all that leave no address goes on doing so when the contact changes."""
    known = schema.contact_identities
    theirs = (known.c.contact_id == contact_id, known.c.kind.in_(CALLED))
    await tx.execute(tx.delete(known).where(*theirs))


async def find_or_add(tx: WriteTx, *, email: str, name: str | None) -> Contact:
    """The contact known by an address, new if there is none; a first name that turns up later is taken."""
    contact_id = await queries.known_as(tx, "email", email.casefold())
    if contact_id is None:
        return await add(tx, NewContact(name=name or None, email=email))
    contact = await queries.get(tx, contact_id)
    if name and contact.name == contact.email:
        return await edit(tx, contact_id, {"name": name})
    return contact


async def find_or_add_unknown(tx: WriteTx, label: str) -> Contact:
    """The contact that stands for all who write under a label and leave no address to answer to."""
    contact_id = await queries.known_as(tx, "unknown", label.casefold())
    if contact_id is not None:
        return await queries.get(tx, contact_id)
    contact = await add(tx, NewContact(name=label))
    row = {"kind": "unknown", "value": label.casefold(), "contact_id": contact.id}
    await tx.insert(schema.contact_identities, row)
    return contact


async def edit(tx: WriteTx, contact_id: int, wanted: Mapping[str, Any], *, is_external_id_own: bool = False) -> Contact:
    """Change the fields in `wanted` and no others; `custom_attrs` are merged. Raises Invalid, NotFound, Taken."""
    before = await queries.lock(tx, contact_id)
    changes = await _cleaned(tx, before, wanted)
    if not changes:
        return before
    after = replace(before, **changes, updated_at=tx.now)
    await tx.execute(tx.update(contacts).where(contacts.c.id == contact_id).values(row_of(after)))
    if _known_by(before) != _known_by(after):
        await _release(tx, contact_id)
        await _claim(tx, after, is_external_id_own=is_external_id_own)
    tx.emit(Happened.CONTACT_UPDATED, contact_id=contact_id, fields=sorted(changes), became=_became(before, changes))
    return after


def _became(before: Contact, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What each field was and is, where these differ."""
    both = {name: [getattr(before, name), value] for name, value in changes.items()}
    return {name: pair for name, pair in both.items() if name != "tags" and pair[0] != pair[1]}


def _known_by(contact: Contact) -> tuple[str | None, ...]:
    return contact.email, contact.phone, contact.external_id


async def drop_attributes(tx: WriteTx, contact_id: int, names: Collection[str]) -> Contact:
    """Take custom attributes away; those that it has not are no matter. Raises NotFound."""
    return await edit(tx, contact_id, {"custom_attrs": dict.fromkeys(names)})


async def _cleaned(tx: WriteTx, before: Contact, wanted: Mapping[str, Any]) -> dict[str, Any]:
    changes = dict(wanted)
    if "email" in changes:
        changes["email"] = clean_email(changes["email"]) if changes["email"] else None
    if "phone" in changes:
        changes["phone"] = clean_phone(changes["phone"]) if changes["phone"] else None
    if "tags" in changes:
        changes["tags"] = clean_tags(changes["tags"])
    if "custom_attrs" in changes:
        changes["custom_attrs"] = merged_attributes(before.custom_attrs, changes["custom_attrs"])
    if changes.get("company_id") is not None:
        await queries.company(tx, changes["company_id"])
    return {**changes, **_names(before, changes)}


def _names(before: Contact, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A name in one piece and in two, kept in step."""
    parts = {name: _part(changes[name]) for name in ("first_name", "last_name") if name in changes}
    if "name" in changes:
        name = clean_name(changes["name"] or "")
        first, last = split_name(name)
        return {"name": name, "first_name": first, "last_name": last, **parts}
    if parts:
        both = {"first_name": before.first_name, "last_name": before.last_name, **parts}
        return {**parts, "name": clean_name(full_name(both["first_name"], both["last_name"]) or before.name)}
    return {}


async def heard_from(tx: WriteTx, contact_id: int, at: datetime) -> None:
    """The contact has written. Nobody waits for this: a contact who is being changed just now is passed over."""
    is_news = or_(contacts.c.last_seen_at.is_(None), contacts.c.last_seen_at < at)
    free = tx.select(contacts.c.id).where(contacts.c.id == contact_id, is_news)
    free = free.with_for_update(key_share=True, skip_locked=True)
    await tx.execute(tx.update(contacts).where(contacts.c.id.in_(free)).values(last_seen_at=at))


async def delete(tx: WriteTx, contact_id: int) -> None:
    """Out of every list, and its address is free again; conversations keep it. Raises NotFound."""
    await queries.lock(tx, contact_id)
    await retire(tx, contact_id)
    tx.emit(Happened.CONTACT_DELETED, contact_id=contact_id)


async def retire(tx: WriteTx, contact_id: int) -> None:
    """Out of every list, and known by nothing any more."""
    known = schema.contact_identities
    await tx.execute(tx.update(contacts).where(contacts.c.id == contact_id).values(deleted_at=tx.now))
    await tx.execute(tx.delete(known).where(known.c.contact_id == contact_id))


async def add_company(
    tx: WriteTx, *, name: str, domain: str | None, tags: tuple[str, ...], custom_attrs: Mapping[str, Any]
) -> Company:
    """Raises Invalid."""
    company = Company(
        id=await tx.next_id(),
        name=clean_name(name),
        domain=domain,
        tags=clean_tags(tags),
        custom_attrs=custom_attrs,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(companies, values(company))
    tx.emit(Happened.COMPANY_CREATED, company_id=company.id)
    return company


async def edit_company(tx: WriteTx, company_id: int, wanted: Mapping[str, Any]) -> Company:
    """Change the fields in `wanted` and no others; `custom_attrs` are merged. Raises Invalid and NotFound."""
    before = await queries.lock_company(tx, company_id)
    if not wanted:
        return before
    changes = dict(wanted)
    if "name" in changes:
        changes["name"] = clean_name(changes["name"])
    if "tags" in changes:
        changes["tags"] = clean_tags(changes["tags"])
    if "custom_attrs" in changes:
        changes["custom_attrs"] = merged_attributes(before.custom_attrs, changes["custom_attrs"])
    changes["updated_at"] = tx.now
    await tx.execute(tx.update(companies).where(companies.c.id == company_id).values(changes))
    tx.emit(Happened.COMPANY_UPDATED, company_id=company_id, fields=sorted(wanted))
    return replace(before, **changes)


async def delete_company(tx: WriteTx, company_id: int) -> None:
    """Raises NotFound, and Conflict while contacts belong to it or conversations show it."""
    await queries.lock_company(tx, company_id)
    if await queries.contact_counts(tx, {company_id}):
        raise Conflict("The company still has contacts")
    if await queries.has_conversations(tx, company_id):
        raise Conflict("The company still has conversations")
    await tx.execute(tx.update(contacts).where(contacts.c.company_id == company_id).values(company_id=None))
    await tx.execute(tx.delete(companies).where(companies.c.id == company_id))
    tx.emit(Happened.COMPANY_DELETED, company_id=company_id)
