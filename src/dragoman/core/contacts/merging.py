"""Making one contact of two. Their conversations follow (core/conversations/followers.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dragoman.core.contacts import queries
from dragoman.core.contacts.actions import retire, row_of
from dragoman.core.contacts.models import Contact
from dragoman.core.errors import Refused
from dragoman.core.events import Happened
from dragoman.core.tags import union_of_tags
from dragoman.store import schema
from dragoman.store.tx import WriteTx

contacts, identities = schema.contacts, schema.contact_identities
_FOLLOWERS = (schema.contact_links, schema.contact_notes)
# What the survivor takes of the other where it has none itself.
_FILLED = ("email", "phone", "external_id", "role", "company_id", "locale", "timezone", "avatar_url")


async def merge(tx: WriteTx, base_id: int, other_id: int) -> Contact:
    """`base_id` survives with all that both were known by. Raises NotFound, and Refused for one and the same."""
    if base_id == other_id:
        raise Refused("A contact cannot be merged with itself")
    locked = {one: await queries.lock(tx, one) for one in sorted({base_id, other_id})}
    base, other = locked[base_id], locked[other_id]
    after = replace(base, **_united(base, other), updated_at=tx.now)
    for table in (*_FOLLOWERS, identities):
        await tx.execute(tx.update(table).where(table.c.contact_id == other_id).values(contact_id=base_id))
    await retire(tx, other_id)
    await tx.execute(tx.update(contacts).where(contacts.c.id == base_id).values(row_of(after)))
    tx.emit(Happened.CONTACT_MERGED, contact_id=base_id, merged_id=other_id, company_id=after.company_id)
    return after


def _united(base: Contact, other: Contact) -> dict[str, Any]:
    """What both have is the survivor's; what only the other has is taken over."""
    filled = {name: getattr(base, name) or getattr(other, name) for name in _FILLED}
    return {
        **filled,
        "tags": union_of_tags(base.tags, other.tags),
        "custom_attrs": {**other.custom_attrs, **base.custom_attrs},
        "about_attrs": {**other.about_attrs, **base.about_attrs},
        "last_seen_at": max((at for at in (base.last_seen_at, other.last_seen_at) if at), default=None),
    }
