"""Notes of the team about a contact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Table

from dragoman.core.contacts import queries
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

notes = schema.contact_notes
MAX_NOTE = 50_000
MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class ContactNote(Record):
    table: ClassVar[Table] = schema.contact_notes

    id: int
    contact_id: int
    user_id: int | None
    body: str
    created_at: datetime
    updated_at: datetime


async def of_contact(tx: Tx, contact_id: int) -> list[ContactNote]:
    """The newest first."""
    query = tx.select(ContactNote).where(notes.c.contact_id == contact_id).order_by(notes.c.id.desc())
    return await tx.all(ContactNote, query.limit(MOST_SHOWN))


async def get(tx: Tx, contact_id: int, note_id: int) -> ContactNote:
    """Raises NotFound."""
    found = await tx.find_one(ContactNote, id=note_id, contact_id=contact_id)
    if found is None:
        raise NotFound("Note")
    return found


async def add(tx: WriteTx, contact_id: int, body: str) -> ContactNote:
    """Raises NotFound and Invalid."""
    await queries.get(tx, contact_id)
    note = ContactNote(
        id=await tx.next_id(),
        contact_id=contact_id,
        user_id=tx.actor.id if tx.actor.kind == "user" else None,
        body=_cleaned(body),
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(notes, values(note))
    _tell(tx, contact_id)
    return note


async def edit(tx: WriteTx, contact_id: int, note_id: int, body: str) -> ContactNote:
    """Raises NotFound and Invalid."""
    after = replace(await get(tx, contact_id, note_id), body=_cleaned(body), updated_at=tx.now)
    await tx.execute(tx.update(notes).where(notes.c.id == note_id).values(values(after)))
    _tell(tx, contact_id)
    return after


async def remove(tx: WriteTx, contact_id: int, note_id: int) -> None:
    """Raises NotFound."""
    await get(tx, contact_id, note_id)
    await tx.execute(tx.delete(notes).where(notes.c.id == note_id))
    _tell(tx, contact_id)


def _tell(tx: WriteTx, contact_id: int) -> None:
    tx.emit(Happened.CONTACT_UPDATED, contact_id=contact_id, fields=["notes"])


def _cleaned(body: str) -> str:
    if not 1 <= len(body.strip()) <= MAX_NOTE:
        raise Invalid("content", f"A note takes 1 to {MAX_NOTE} characters")
    return body.strip()
