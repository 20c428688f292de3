"""Making one conversation of several (aurion.md 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.kinship import require_sources
from dragoman.core.conversations.models import Conversation, Status
from dragoman.core.conversations.rules import Action, require_allowed, snippet
from dragoman.core.events import Happened
from dragoman.core.messages.posting import note_by_system
from dragoman.core.tags import union_of_tags
from dragoman.store import fulltext, schema
from dragoman.store.tx import WriteTx

links = schema.links
_FOLLOWERS = (schema.messages, schema.attachments, schema.mail_ids)


async def merge(tx: WriteTx, primary_id: int, source_ids: Sequence[int]) -> Conversation:
    """Move everything of the sources into the primary, which survives; all of it, or nothing.

    Old ids keep answering. Raises Refused, NotFound, Conflict.
    """
    wanted = require_sources(primary_id, source_ids)
    locked = {one: await queries.lock(tx, one) for one in sorted({primary_id, *wanted})}
    require_allowed(Action.MERGE_INTO, locked[primary_id])
    for source_id in wanted:
        require_allowed(Action.MERGE_AWAY, locked[source_id])
    primary = locked[primary_id]
    for source_id in wanted:
        # Read anew: as a child of an earlier source it has just been handed over.
        primary = await _take_in(tx, primary, await queries.lock(tx, source_id), is_hidden=False)
    return primary


async def join(tx: WriteTx, conversation_ids: Sequence[int]) -> Conversation:
    """Make one of conversations that prove to be one thread: the oldest takes in the others, which disappear."""
    locked = [await queries.lock(tx, one) for one in sorted(set(conversation_ids))]
    primary, *others = sorted(locked, key=lambda one: (one.merged_into_id is not None, one.created_at, one.id))
    for other in others:
        primary = await _take_in(tx, primary, await queries.lock(tx, other.id), is_hidden=True)
    return primary


async def _take_in(tx: WriteTx, primary: Conversation, source: Conversation, *, is_hidden: bool) -> Conversation:
    await _move_rows(tx, source.id, primary.id)
    taken = {**_united(primary, source), **await _reparent(tx, primary, source)}
    taken["last_message_snippet"] = await _newest_snippet(tx, primary.id)
    given: dict[str, Any] = {
        "status": Status.CLOSED.value,
        "resolved_at": source.resolved_at or tx.now,
        "merged_into_id": primary.id,
        "merged_at": tx.now,
        "merged_by": tx.actor.id,
        "message_count": 0,
        "unread_count": 0,
    }
    if is_hidden:
        taken |= _still_to_do(primary, source)
        await change.apply(tx, source, **given, deleted_at=tx.now)
        after = await change.apply(tx, primary, at=max(primary.updated_at, source.updated_at), **taken)
    else:
        after = await _take_openly(tx, primary, source, taken, given)
    tx.emit(Happened.MERGED, primary.id, source_id=source.id, into_id=primary.id)
    tx.emit(Happened.MERGED, source.id, source_id=source.id, into_id=primary.id)
    return after


async def _take_openly(
    tx: WriteTx, primary: Conversation, source: Conversation, taken: dict[str, Any], given: dict[str, Any]
) -> Conversation:
    """With a line on both sides that says what became of it."""
    given["message_count"] += 1
    taken["message_count"] += 1
    await note_by_system(tx, source, f"Merged into conversation {primary.number}.", **given)
    await note_by_system(tx, primary, f"Conversation {source.number} was merged into this one.", **taken)
    return await queries.lock(tx, primary.id)


def _united(primary: Conversation, source: Conversation) -> dict[str, Any]:
    return {
        "tags": union_of_tags(primary.tags, source.tags),
        "message_count": primary.message_count + source.message_count,
        "unread_count": primary.unread_count + source.unread_count,
        "last_inbound_at": _latest(primary.last_inbound_at, source.last_inbound_at),
    }


def _still_to_do(one: Conversation, other: Conversation) -> dict[str, Any]:
    """What is left to do in either of two halves is left to do in the whole."""
    is_open = Status.OPEN in (one.status, other.status)
    first = [at for at in (one.first_response_at, other.first_response_at) if at is not None]
    both = ("archived_at", "snoozed_until")
    awake = {name: None for name in both if None in (getattr(one, name), getattr(other, name))}
    return {
        "first_response_at": min(first, default=None),
        **awake,
        **({"status": Status.OPEN.value, "resolved_at": None} if is_open else {}),
    }


async def _move_rows(tx: WriteTx, source_id: int, primary_id: int) -> None:
    for table in _FOLLOWERS:
        await tx.execute(
            tx.update(table).where(table.c.conversation_id == source_id).values(conversation_id=primary_id)
        )
    await _move_links(tx, source_id, primary_id)
    await _join_people(tx, source_id, primary_id)
    await fulltext.move(tx, source_id, primary_id)


async def _join_people(tx: WriteTx, source_id: int, primary_id: int) -> None:
    """Who takes part in the one, or was named there, does so in the other."""
    for table in (schema.participants, schema.mentions):
        rows = await tx.rows(tx.select(table.c.user_id, table.c.created_at).where(table.c.conversation_id == source_id))
        for user_id, at in rows:
            row = {"conversation_id": primary_id, "user_id": user_id, "created_at": at}
            await tx.insert_new(table, row)


async def _move_links(tx: WriteTx, source_id: int, primary_id: int) -> None:
    ends = or_(links.c.conversation_id == source_id, links.c.linked_conversation_id == source_id)
    rows = await tx.rows(tx.select(*links.c).where(ends))
    await tx.execute(tx.delete(links).where(ends))
    for row in rows:
        old = dict(row._mapping)
        other = old["linked_conversation_id"] if old["conversation_id"] == source_id else old["conversation_id"]
        if other != primary_id:
            first, second = sorted((other, primary_id))
            del old["account_id"]
            await tx.insert_new(links, {**old, "conversation_id": first, "linked_conversation_id": second})


async def _reparent(tx: WriteTx, primary: Conversation, source: Conversation) -> dict[str, None]:
    """The source's children become the primary's, except where that would go round in a circle."""
    above = {primary.id, *await queries.ancestors(tx, primary.id)}
    for child_id in await queries.child_ids(tx, source.id):
        if child_id != primary.id:
            await _hand_over(tx, child_id, None if child_id in above else primary.id)
    return {"parent_id": None} if primary.parent_id == source.id else {}


async def _hand_over(tx: WriteTx, child_id: int, parent_id: int | None) -> None:
    child = await queries.lock(tx, child_id)
    await change.apply(tx, child, parent_id=parent_id)
    tx.emit(Happened.PARENT_SET, child_id, changes={"parent_id": [child.parent_id, parent_id]})


async def _newest_snippet(tx: WriteTx, conversation_id: int) -> str | None:
    messages = schema.messages
    body = await tx.scalar(
        tx.select(messages.c.body)
        .where(messages.c.conversation_id == conversation_id, messages.c.is_internal.is_(False))
        .order_by(messages.c.created_at.desc(), messages.c.id.desc())
        .limit(1)
    )
    return None if body is None else snippet(body)


def _latest(one: object, other: object) -> object:
    return max((at for at in (one, other) if at is not None), default=None)  # type: ignore[type-var]
