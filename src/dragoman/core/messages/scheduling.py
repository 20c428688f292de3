"""What is written now and said later: once, however often its job runs, or not at all where it is no longer taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Table

from dragoman.core.accounts.models import User
from dragoman.core.conversations import queries
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Conflict, DomainError, Invalid, NotFound
from dragoman.core.events import Happened
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.core.messages.posting import MAX_BODY, post
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import SYSTEM, Actor, Tx, WriteTx

scheduled_messages, conversations = schema.scheduled_messages, schema.conversations


class Plan(StrEnum):
    """What has become of it."""

    PENDING = "pending"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Scheduled(Record):
    table: ClassVar[Table] = schema.scheduled_messages

    id: int
    conversation_id: int
    user_id: int | None
    body: str
    metadata: Mapping[str, Any]
    state: str
    error: str | None
    message_id: int | None
    due_at: datetime
    created_at: datetime
    updated_at: datetime


async def schedule(
    tx: WriteTx, conversation_id: int, *, body: str, due_at: datetime, metadata: Mapping[str, Any]
) -> Scheduled:
    """To be said by whoever asks. Raises Invalid, and what a conversation that takes no replies raises."""
    require_allowed(Action.REPLY, await queries.lock(tx, conversation_id))
    _require(tx, body, due_at)
    one = Scheduled(
        id=await tx.next_id(),
        conversation_id=conversation_id,
        user_id=tx.actor.id if tx.actor.kind == "user" else None,
        body=body,
        metadata=metadata,
        state=Plan.PENDING.value,
        error=None,
        message_id=None,
        due_at=due_at,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(scheduled_messages, values(one))
    _tell(tx, one)
    return one


def _require(tx: WriteTx, body: str, due_at: datetime) -> None:
    if due_at <= tx.now:
        raise Invalid("due_at", "The time lies in the past")
    if not body.strip():
        raise Invalid("body", "A message needs a body")
    if len(body) > MAX_BODY:
        raise Invalid("body", f"A message takes at most {MAX_BODY} characters")


def _tell(tx: WriteTx, one: Scheduled) -> None:
    tx.emit(Happened.MESSAGE_SCHEDULED, one.conversation_id, scheduled_id=one.id, due_at=one.due_at.isoformat())


async def edit(tx: WriteTx, scheduled_id: int, wanted: Mapping[str, Any]) -> Scheduled:
    """Change body, metadata or due_at while it waits. Raises NotFound, Conflict, Invalid."""
    before = await _waiting(tx, scheduled_id)
    after = replace(before, **wanted, updated_at=tx.now)
    _require(tx, after.body, after.due_at)
    await _write(tx, after)
    if after.due_at != before.due_at:
        _tell(tx, after)
    return after


async def cancel(tx: WriteTx, scheduled_id: int) -> Scheduled:
    """It will not be said. Raises NotFound, and Conflict where it is over already."""
    before = await _waiting(tx, scheduled_id)
    after = replace(before, state=Plan.CANCELLED.value, updated_at=tx.now)
    await _write(tx, after)
    tx.emit(Happened.SCHEDULE_CANCELLED, after.conversation_id, scheduled_id=after.id)
    return after


async def _waiting(tx: WriteTx, scheduled_id: int) -> Scheduled:
    found = await tx.lock_one(Scheduled, id=scheduled_id)
    if found is None:
        raise NotFound("Scheduled message")
    if found.state != Plan.PENDING:
        raise Conflict(f"The message is {found.state} already")
    return found


async def _write(tx: WriteTx, after: Scheduled) -> None:
    await tx.alter(scheduled_messages, after.id, {name: one for name, one in values(after).items() if name != "id"})


async def say_if_due(tx: WriteTx, scheduled_id: int) -> None:
    """For the timer: says what still waits and is due; whatever else has become of it is fine."""
    found = await tx.lock_one(Scheduled, id=scheduled_id)
    if found is None or found.state != Plan.PENDING or found.due_at > tx.now:
        return
    new = NewMessage(
        body=found.body,
        sender=Sender.AGENT,
        sender_id=found.user_id,
        sender_name=tx.actor.name,
        source="scheduled",
        metadata=found.metadata,
    )
    try:
        message = await post(tx, found.conversation_id, new)
    except DomainError as refused:  # raised before anything is written
        await _write(tx, replace(found, state=Plan.FAILED.value, error=refused.message, updated_at=tx.now))
        tx.emit(Happened.SCHEDULE_FAILED, found.conversation_id, scheduled_id=found.id, reason=refused.message)
        return
    sent = replace(found, state=Plan.SENT.value, message_id=message.id, updated_at=tx.now)
    await _write(tx, sent)


async def author_of(tx: Tx, scheduled_id: int) -> Actor:
    """Whoever has written it; nobody in particular, where a key did."""
    found = await tx.find_one(Scheduled, id=scheduled_id)
    user = None if found is None or found.user_id is None else await tx.find_one(User, id=found.user_id)
    return SYSTEM if user is None else Actor("user", user.id, user.name)


async def get(tx: Tx, scheduled_id: int) -> Scheduled:
    """Raises NotFound."""
    found = await tx.find_one(Scheduled, id=scheduled_id)
    if found is None:
        raise NotFound("Scheduled message")
    return found


async def page(
    tx: Tx,
    *,
    inbox_ids: Collection[int] | None,
    state: str | None = None,
    conversation_id: int | None = None,
    contact_id: int | None = None,
    limit: int,
) -> list[Scheduled]:
    """Those of some inboxes' conversations, or of all; what is due first comes first."""
    theirs: list[ColumnElement[bool]] = []
    if inbox_ids is not None:
        theirs.append(conversations.c.inbox_id.in_(sorted(inbox_ids)))
    if contact_id is not None:
        theirs.append(conversations.c.contact_id == contact_id)
    query = tx.select(Scheduled)
    if theirs:
        query = query.where(scheduled_messages.c.conversation_id.in_(tx.select(conversations.c.id).where(*theirs)))
    if state is not None:
        query = query.where(scheduled_messages.c.state == state)
    if conversation_id is not None:
        query = query.where(scheduled_messages.c.conversation_id == conversation_id)
    order = (scheduled_messages.c.due_at, scheduled_messages.c.id)
    return await tx.all(Scheduled, query.order_by(*order).limit(limit))
