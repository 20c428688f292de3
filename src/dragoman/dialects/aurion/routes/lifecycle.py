"""E22 to E28, E34, snooze and unsnooze. The word in `status` names the action (aurion.md C19)."""

from __future__ import annotations

from starlette.responses import Response

from dragoman.core.conversations import lifecycle
from dragoman.core.errors import DomainError
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, router
from dragoman.dialects.aurion.wire.conversations import BulkItemOut, BulkOut, BulkSummaryOut, DoneOut
from dragoman.dialects.aurion.wire.inputs import BulkArchiveIn, SnoozeIn
from dragoman.edge.doors import Who, Writer
from dragoman.edge.openapi import ONCE, returns, takes_header
from dragoman.edge.replies import reply
from dragoman.store.tx import WriteTx

routes = router(tag="Lifecycle")
bulk_routes = router("/api/v2/bulk/conversations", "Lifecycle")
DONE = returns(DoneOut)


@routes.post("/{conversation_id}/spam", responses=DONE, summary="Mark as spam")
async def mark_conversation_spam_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """It leaves the list; its status stays."""
    await lifecycle.mark_spam(tx, conversation_number(conversation_id))
    return reply(DoneOut("spam_marked"))


@routes.post("/{conversation_id}/unspam", responses=DONE, summary="Unmark spam")
async def unmark_conversation_spam_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """It comes back to the list."""
    await lifecycle.unmark_spam(tx, conversation_number(conversation_id))
    return reply(DoneOut("spam_unmarked"))


@routes.delete("/{conversation_id}", responses=DONE, summary="Delete a conversation")
async def delete_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """It can be restored."""
    await lifecycle.delete(tx, conversation_number(conversation_id))
    return reply(DoneOut("deleted"))


@routes.post("/{conversation_id}/restore", responses=DONE, summary="Restore a conversation")
async def restore_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """409 unless it is deleted, and where it was merged into another."""
    await lifecycle.restore(tx, conversation_number(conversation_id))
    return reply(DoneOut("restored"))


@routes.post("/{conversation_id}/archive", responses=DONE, summary="Archive a conversation")
async def archive_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """Only what is neither archived, deleted nor spam."""
    await lifecycle.archive(tx, conversation_number(conversation_id))
    return reply(DoneOut("archived"))


@routes.post("/{conversation_id}/unarchive", responses=DONE, summary="Unarchive a conversation")
async def unarchive_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """409 unless it is archived."""
    await lifecycle.unarchive(tx, conversation_number(conversation_id))
    return reply(DoneOut("unarchived"))


@routes.patch("/{conversation_id}/read", responses=DONE, summary="Mark as read")
async def read_conversation_v2(conversation_id: ConversationId, tx: Writer, who: Who) -> Response:
    """For the caller alone."""
    await lifecycle.mark_read(tx, conversation_number(conversation_id), who.reader_id)
    return reply(DoneOut("read"))


@routes.post("/{conversation_id}/snooze", responses=DONE, summary="Snooze a conversation")
async def snooze_conversation_v2(conversation_id: ConversationId, body: SnoozeIn, tx: Writer) -> Response:
    """Until a time, or until the customer writes."""
    await lifecycle.snooze(tx, conversation_number(conversation_id), until=body.snoozed_until)
    return reply(DoneOut("snoozed"))


@routes.post("/{conversation_id}/unsnooze", responses=DONE, summary="Unsnooze a conversation")
async def unsnooze_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """409 unless it is snoozed."""
    await lifecycle.unsnooze(tx, conversation_number(conversation_id))
    return reply(DoneOut("unsnoozed"))


@bulk_routes.post(
    "/archive",
    responses=returns(BulkOut),
    summary="Archive several conversations",
    openapi_extra=takes_header("X-Idempotency-Key", ONCE),
)
async def bulk_archive_conversations(body: BulkArchiveIn, tx: Writer) -> Response:
    """One that is refused does not stop the others."""
    # In the order of the ids, so that two requests for the same ones never wait for each other.
    by_id = sorted(enumerate(body.conversation_ids), key=lambda one: one[1])
    items = sorted([await _archive_one(tx, at, one) for at, one in by_id], key=lambda item: item.index)
    done = sum(one.status == "success" for one in items)
    summary = BulkSummaryOut(total=len(items), succeeded=done, failed=len(items) - done, created=0, updated=done)
    return reply(BulkOut(items, summary))


async def _archive_one(tx: WriteTx, at: int, conversation_id: str) -> BulkItemOut:
    """Every refusal comes before anything is written, so the others can go on in the same transaction."""
    error = None
    try:
        await lifecycle.archive(tx, read(Prefix.CONVERSATION, conversation_id))
    except DomainError as refusal:
        error = refusal.message
    status = "error" if error else "success"
    return BulkItemOut(at, conversation_id, "archive", status, error, None, {})
