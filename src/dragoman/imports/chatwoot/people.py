"""Contacts with their links and labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core import carried
from dragoman.core.contacts import actions, links, queries
from dragoman.core.contacts.actions import NewContact
from dragoman.core.contacts.rules import clean_email, clean_phone
from dragoman.core.errors import DomainError, Invalid
from dragoman.imports.chatwoot.remote import Refused
from dragoman.imports.chatwoot.report import Outcome
from dragoman.imports.chatwoot.staff import Move
from dragoman.store.tx import SYSTEM, WriteTx

KIND = "contacts"


async def carry_contacts(move: Move) -> None:
    """Those that the list has; whoever has neither address nor number nor name comes with their conversations."""
    async for told in move.remote.pages("/contacts", sort="created_at"):
        await carry_contact(move, told)


async def carry_contact(move: Move, told: Mapping[str, Any]) -> int | None:
    """The contact's id here; None when it cannot be carried."""
    async with move.database.read(move.account_id) as tx:
        known = await carried.find(tx, move.source, KIND, told["id"])
    if known is not None:
        move.report.count(KIND, Outcome.HERE_BEFORE)
        return known
    try:
        labels = (await move.remote.get(f"/contacts/{told['id']}/labels"))["payload"]
        async with move.database.write(move.account_id, SYSTEM) as tx:
            contact_id, is_new = await _made(tx, told, labels)
            await _link(tx, move, contact_id, told)
            await carried.keep(tx, move.source, KIND, told["id"], contact_id)
    except (DomainError, Refused) as fault:
        move.report.count(KIND, Outcome.FAILED, told["id"], str(fault))
        return None
    move.report.count(KIND, Outcome.CARRIED if is_new else Outcome.HERE_BEFORE)
    return contact_id


async def _made(tx: WriteTx, told: Mapping[str, Any], labels: list[str]) -> tuple[int, bool]:
    """Who is known here by the same address or number is the same."""
    email, phone = _clean(clean_email, told.get("email")), _clean(clean_phone, told.get("phone_number"))
    for kind, value in (("email", email.casefold() if email else None), ("phone", phone)):
        found = await queries.known_as(tx, kind, value) if value else None
        if found is not None:
            return found, False
    new = NewContact(
        name=told.get("name") or None if told.get("name") or email or phone else f"Contact {told['id']}",
        email=email,
        phone=phone,
        external_id=told.get("identifier"),
        tags=tuple(labels),
        custom_attrs=told.get("custom_attributes") or {},
        about_attrs=told.get("additional_attributes") or {},
        avatar_url=told.get("thumbnail") or None,
        is_blocked=bool(told.get("blocked")),
    )
    return (await actions.add(tx, new)).id, True


def _clean(clean: Any, value: str | None) -> str | None:
    """What cannot be an address or a number here is left behind; the rest of the contact comes."""
    try:
        found: str | None = clean(value) if value else None
    except Invalid:
        return None
    return found


async def _link(tx: WriteTx, move: Move, contact_id: int, told: Mapping[str, Any]) -> None:
    for one in told.get("contact_inboxes") or ():
        inbox_id = await carried.find(tx, move.source, "inboxes", one["inbox"]["id"])
        if inbox_id is not None and await links.find(tx, inbox_id, one["source_id"]) is None:
            await links.add(tx, contact_id=contact_id, inbox_id=inbox_id, source_id=one["source_id"])
