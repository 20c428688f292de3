"""What a conversation's page shows besides its row and messages, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select

from dragoman.store import schema
from dragoman.store.prepared import Statements
from dragoman.store.tx import Tx, WriteTx

conversations, links, events = schema.conversations, schema.links, schema.events
resolutions, reads = schema.resolutions, schema.reads
HERE = bindparam("here", type_=conversations.c.id.type)
_COUNTS = Statements()


@dataclass(frozen=True, slots=True)
class Counts:
    """`links` are those that are stored and those that parents and children imply, to conversations not deleted."""

    activities: int
    links: int
    has_resolution: bool
    is_read: bool


async def counts_of(tx: Tx, conversation_id: int, reader_id: int) -> Counts:
    """Activities that this transaction will add to the log are counted as well.

    It is read when the reader has read it since the customer last wrote: what they write removes every mark.
    """
    values = {"here": conversation_id, "reader_id": reader_id}
    (found,) = await _COUNTS.rows(tx, "counts", _all_of_them, values)
    coming = tx.emitted if isinstance(tx, WriteTx) else ()
    activities = found[0] + sum(event.conversation_id == conversation_id for event in coming)
    return Counts(activities, sum(found[1:5]), bool(found[5]), bool(found[6]))


def _all_of_them(form: Tx) -> Select[*tuple[Any, ...]]:
    logged = form.select(func.count(events.c.id)).where(events.c.conversation_id == HERE)
    children = form.select(func.count(conversations.c.id)).where(conversations.c.parent_id == HERE, _is_kept())
    resolved = form.select(resolutions.c.id).where(resolutions.c.conversation_id == HERE)
    read = form.select(reads.c.read_at).where(
        reads.c.conversation_id == HERE, reads.c.reader_id == bindparam("reader_id")
    )
    ends = links.c.conversation_id, links.c.linked_conversation_id
    parts = (logged, children, _parents(form), _stored(form, *ends), _stored(form, *reversed(ends)))
    return select(*(part.scalar_subquery() for part in parts), exists(resolved), exists(read))


def _stored(form: Tx, here: Any, other: Any) -> Select[*tuple[Any, ...]]:
    """Links from one of their ends: by either there is an index, by both there is none."""
    is_other = and_(conversations.c.account_id == links.c.account_id, conversations.c.id == other)
    joined = links.join(conversations, is_other)
    return form.select(func.count(links.c.id)).select_from(joined).where(here == HERE, _is_kept())


def _parents(form: Tx) -> Select[*tuple[Any, ...]]:
    child = conversations.alias("child")
    is_parent = and_(child.c.account_id == conversations.c.account_id, child.c.parent_id == conversations.c.id)
    query = form.select(func.count(conversations.c.id)).select_from(conversations.join(child, is_parent))
    return query.where(child.c.id == HERE, form.mine(child), _is_kept())


def _is_kept() -> ColumnElement[bool]:
    return conversations.c.deleted_at.is_(None)
