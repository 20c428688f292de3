"""A conversation as a thread: its messages, and between them what became of it.

What became of it is not written down a second time: the event log has it, and an event's id is as good as a message's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table, and_, or_, select

from dragoman.core.events import TOLD_IN_THREAD
from dragoman.core.messages.models import Message
from dragoman.store import schema
from dragoman.store.events import Event
from dragoman.store.tx import Tx

messages, events, conversations = schema.messages, schema.events, schema.conversations
Line: TypeAlias = Message | Event
Place: TypeAlias = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest lines of a conversation: of any kind, said by somebody, and said for the contact to read."""

    line: Line | None
    said: Message | None
    public: Message | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A place to compare rows with."""

    at: datetime | None
    line_id: int

    def below(self, table: Table) -> ColumnElement[bool]:
        if self.at is None:
            return table.c.id < self.line_id
        return or_(table.c.created_at < self.at, and_(table.c.created_at == self.at, table.c.id < self.line_id))

    def above(self, table: Table, *, is_from: bool) -> ColumnElement[bool]:
        is_later = table.c.id >= self.line_id if is_from else table.c.id > self.line_id
        if self.at is None:
            return is_later
        return or_(table.c.created_at > self.at, and_(table.c.created_at == self.at, is_later))


def place_of(line: Line) -> Place:
    return line.created_at, line.id


async def before(
    tx: Tx, conversation_id: int, line_id: int | None = None, *, limit: int, is_public: bool = False
) -> list[Line]:
    """The newest lines before one, or at all; oldest first. `is_public` leaves out notes and what became of it."""
    until = await _place(tx, conversation_id, line_id)
    found = await _messages(tx, conversation_id, None, until, limit=limit, is_newest_first=True, is_public=is_public)
    if not is_public:
        found += await _events(tx, conversation_id, None, until, limit=limit, is_newest_first=True)
    return sorted(found, key=place_of)[-limit:]


async def after(
    tx: Tx, conversation_id: int, line_id: int, *, until_id: int | None = None, limit: int, is_public: bool = False
) -> list[Line]:
    """Lines behind one, oldest first; with `until_id` that one itself, too, and those up to but not the other."""
    since, until = await _place(tx, conversation_id, line_id), await _place(tx, conversation_id, until_id)
    bounds = {"limit": limit, "is_newest_first": False, "is_from": until_id is not None}
    found = await _messages(tx, conversation_id, since, until, **bounds, is_public=is_public)
    if not is_public:
        found += await _events(tx, conversation_id, since, until, **bounds)
    return sorted(found, key=place_of)[:limit]


async def _place(tx: Tx, conversation_id: int, line_id: int | None) -> Bound | None:
    """Where a line stands; an id of none stands where its number does."""
    if line_id is None:
        return None
    for table in (messages, events):
        query = tx.select(table.c.created_at).where(table.c.id == line_id, table.c.conversation_id == conversation_id)
        at = await tx.scalar(query)
        if at is not None:
            return Bound(at, line_id)
    return Bound(None, line_id)


async def _messages(
    tx: Tx, conversation_id: int, since: Bound | None, until: Bound | None, *, is_public: bool, **how: Any
) -> list[Line]:
    wanted = [messages.c.is_internal.is_(False)] if is_public else []
    return await _lines(tx, Message, conversation_id, since, until, wanted, **how)


async def _events(tx: Tx, conversation_id: int, since: Bound | None, until: Bound | None, **how: Any) -> list[Line]:
    return await _lines(tx, Event, conversation_id, since, until, [events.c.kind.in_(TOLD_IN_THREAD)], **how)


async def _lines(
    tx: Tx,
    record: type[Message] | type[Event],
    conversation_id: int,
    since: Bound | None,
    until: Bound | None,
    but: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    is_newest_first: bool,
    is_from: bool = False,
) -> list[Line]:
    table = record.table
    wanted: list[ColumnElement[bool]] = [table.c.conversation_id == conversation_id, *but]
    if since is not None:
        wanted.append(since.above(table, is_from=is_from))
    if until is not None:
        wanted.append(until.below(table))
    order = (table.c.created_at, table.c.id)
    query = tx.select(record).where(*wanted).limit(limit)
    query = query.order_by(*(one.desc() for one in order)) if is_newest_first else query.order_by(*order)
    return list(await tx.all(record, query))


async def latest(tx: Tx, conversation_ids: Sequence[int]) -> dict[int, Latest]:
    """Of several conversations at once, with three statements however many they are."""
    said = await _last(tx, Message, conversation_ids, [])
    public = await _last(tx, Message, conversation_ids, [messages.c.is_internal.is_(False)])
    told = await _last(tx, Event, conversation_ids, [events.c.kind.in_(TOLD_IN_THREAD)])
    return {
        one: Latest(
            max((line for line in (said.get(one), told.get(one)) if line is not None), key=place_of, default=None),
            said.get(one),
            public.get(one),
        )
        for one in conversation_ids
    }


async def _last(
    tx: Tx, record: type[Any], conversation_ids: Iterable[int], wanted: Sequence[ColumnElement[bool]]
) -> dict[int, Any]:
    table = record.table
    newest = (
        select(table.c.id)
        .where(table.c.account_id == conversations.c.account_id, table.c.conversation_id == conversations.c.id, *wanted)
        .order_by(table.c.created_at.desc(), table.c.id.desc())
        .limit(1)
        .correlate(conversations)
        .scalar_subquery()
    )
    ids = tx.select(newest).where(tx.mine(conversations), conversations.c.id.in_(conversation_ids))
    found = await tx.all(record, tx.select(record).where(table.c.id.in_(ids)))
    return {one.conversation_id: one for one in found}
