"""Archive, spam, delete and back; snooze and wake; read. None of it touches the status (aurion.md 4.2 to 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.editing import edit, tell_snooze
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Conflict
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import WriteTx


async def archive(tx: WriteTx, conversation_id: int) -> Conversation:
    """Raises Conflict unless it is neither archived, deleted nor spam."""
    return await _do(tx, conversation_id, Action.ARCHIVE, Happened.ARCHIVED, archived_at=tx.now)


async def unarchive(tx: WriteTx, conversation_id: int) -> Conversation:
    return await _do(tx, conversation_id, Action.UNARCHIVE, Happened.UNARCHIVED, archived_at=None)


async def mark_spam(tx: WriteTx, conversation_id: int) -> Conversation:
    return await _do(tx, conversation_id, Action.MARK_SPAM, Happened.SPAM_MARKED, is_spam=True)


async def unmark_spam(tx: WriteTx, conversation_id: int) -> Conversation:
    return await _do(tx, conversation_id, Action.UNMARK_SPAM, Happened.SPAM_UNMARKED, is_spam=False)


async def delete(tx: WriteTx, conversation_id: int) -> Conversation:
    """It can be restored."""
    return await _do(tx, conversation_id, Action.DELETE, Happened.DELETED, deleted_at=tx.now)


async def restore(tx: WriteTx, conversation_id: int) -> Conversation:
    return await _do(tx, conversation_id, Action.RESTORE, Happened.RESTORED, deleted_at=None)


async def _do(tx: WriteTx, conversation_id: int, action: Action, happened: Happened, **changes: Any) -> Conversation:
    before = await queries.lock(tx, conversation_id)
    require_allowed(action, before)
    if all(getattr(before, name) == value for name, value in changes.items()):
        return before
    after = await change.apply(tx, before, **changes)
    tx.emit(happened, after.id)
    return after


async def snooze(tx: WriteTx, conversation_id: int, *, until: datetime) -> Conversation:
    """Out of sight until then or until the customer writes; the status stays. Raises Invalid for the past."""
    return await edit(tx, conversation_id, {"snoozed_until": until})


async def unsnooze(tx: WriteTx, conversation_id: int) -> Conversation:
    """Raises Conflict when it is not snoozed."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    if before.snoozed_until is None:
        raise Conflict("The conversation is not snoozed")
    return await edit(tx, conversation_id, {"snoozed_until": None})


async def wake_if_due(tx: WriteTx, conversation_id: int) -> None:
    """For the timer: wakes what is still snoozed and due; whatever else has become of it is fine."""
    before = await queries.lock(tx, conversation_id)
    if before.snoozed_until is not None and before.snoozed_until <= tx.now:
        after = await change.apply(tx, before, snoozed_until=None, snoozed_by=None)
        tell_snooze(tx, after)
        await forget_reads(tx, conversation_id)


async def mark_read(tx: WriteTx, conversation_id: int, reader_id: int) -> None:
    """For this reader alone; the conversation itself does not change (aurion.md 4.5)."""
    require_allowed(Action.READ, await queries.find(tx, conversation_id))
    row = {
        "account_id": tx.account_id,
        "reader_id": reader_id,
        "conversation_id": conversation_id,
        "read_at": tx.now,
    }
    insert = tx.upsert(schema.reads).values(row)
    await tx.execute(
        insert.on_conflict_do_update(
            index_elements=["account_id", "reader_id", "conversation_id"], set_={"read_at": tx.now}
        )
    )


async def forget_reads(tx: WriteTx, conversation_id: int) -> None:
    """Unread again for everybody."""
    await tx.execute(tx.delete(schema.reads).where(schema.reads.c.conversation_id == conversation_id))
