"""Saying something in a conversation, and what that does to it (aurion.md 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dragoman.core.channels import queries as inboxes
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.actions import heard_from
from dragoman.core.conversations import change, queries
from dragoman.core.conversations.lifecycle import forget_reads
from dragoman.core.conversations.models import Conversation, Status
from dragoman.core.conversations.rules import Action, after_inbound, is_history, require_allowed, snippet
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.events import Happened
from dragoman.core.messages.models import Delivery, Message, NewMessage, Sender
from dragoman.core.search import words
from dragoman.store import fulltext, schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

MAX_BODY = 1_000_000


async def post(tx: WriteTx, conversation_id: int, new: NewMessage) -> Message:
    """Add a message or a note to a conversation. Raises NotFound, Conflict (aurion.md 4.4), Invalid."""
    conversation = await queries.lock(tx, conversation_id)
    require_allowed(Action.REPLY, conversation)
    return await say(tx, conversation, new)


async def say(tx: WriteTx, before: Conversation, new: NewMessage, **also: Any) -> Message:
    """The same in a conversation that is locked already, whatever its state.

    `also` is what else the same act changes in the conversation: with the message it makes one version.
    """
    _require_body(new)
    effects = {**_effects(tx, before, new), **await _reopening(tx, before, new), **also}
    after = await change.apply(tx, before, at=new.created_at, **effects)
    return await _said(tx, before, after, new)


async def begin(tx: WriteTx, conversation: Conversation, first: NewMessage) -> Message:
    """The message that a conversation made in this transaction begins with; both are its first version."""
    _require_body(first)
    effects = {**_effects(tx, conversation, first), **await _reopening(tx, conversation, first)}
    after = await change.complete(tx, conversation, at=first.created_at, **effects)
    return await _said(tx, conversation, after, first)


async def _said(tx: WriteTx, before: Conversation, after: Conversation, new: NewMessage) -> Message:
    message = await _store(tx, after, new)
    await _attach(tx, message, new.attachment_ids)
    _tell(tx, before, after, message, new.echo_id)
    if new.sender is Sender.CONTACT:
        await forget_reads(tx, after.id)
        await heard_from(tx, after.contact_id, message.created_at)
    return message


def _require_body(new: NewMessage) -> None:
    if not new.body.strip() and not new.attachment_ids and not new.body_html and not new.may_be_empty:
        raise Invalid("body", "A message needs a body or an attachment")
    if len(new.body) > MAX_BODY:
        raise Invalid("body", f"A message takes at most {MAX_BODY} characters")


def _effects(tx: WriteTx, before: Conversation, new: NewMessage) -> dict[str, Any]:
    """What a message changes in its conversation."""
    at = new.created_at or tx.now
    changes: dict[str, Any] = {
        "message_count": before.message_count + 1,
        "last_activity_at": max(at, before.last_activity_at),
    }
    if not new.is_internal and at >= (before.updated_at if before.message_count else at):
        changes["last_message_snippet"] = snippet(new.body)
    if before.archived_at is not None and new.sender is not Sender.SYSTEM and not is_history(before, at):
        changes["archived_at"] = None
    if new.sender is Sender.CONTACT:
        changes |= _inbound_effects(before, at)
    elif new.sender in (Sender.AGENT, Sender.AI) and not new.is_internal:
        changes |= _response_effects(before, new, at)
    if at < before.created_at:
        changes["created_at"] = at
    return changes


def _response_effects(before: Conversation, new: NewMessage, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if before.first_response_at is None:
        changes["first_response_at"] = at
    if before.first_human_response_at is None and new.sender is Sender.AGENT:
        changes["first_human_response_at"] = at
    if before.waiting_since is not None and at >= before.waiting_since:
        changes["waiting_since"] = None
    return changes


def _inbound_effects(before: Conversation, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"last_inbound_at": max(at, before.last_inbound_at or at)}
    if before.staff_seen_at is None or at > before.staff_seen_at:
        changes["unread_count"] = before.unread_count + 1
    if is_history(before, at):
        return changes
    if before.waiting_since is None:
        changes["waiting_since"] = at
    return changes


async def _reopening(tx: WriteTx, before: Conversation, new: NewMessage) -> dict[str, Any]:
    """Whose turn it is when the contact has written: ours again, but nobody's if the contact is blocked."""
    at = new.created_at or tx.now
    is_quiet = before.status == Status.OPEN and before.snoozed_until is None
    if new.sender is not Sender.CONTACT or is_quiet or is_history(before, at):
        return {}
    if await contacts.is_blocked(tx, before.contact_id):
        return {}
    changes: dict[str, Any] = {}
    if before.status != Status.OPEN:
        status = after_inbound(before.status, has_bot=await inboxes.has_bot(tx, before.inbox_id))
        changes |= {"status": status.value, "resolved_at": None, "auto_resolved_by_ai": False}
    if before.snoozed_until is not None:
        changes |= {"snoozed_until": None, "snoozed_by": None}
    return changes


async def _store(tx: WriteTx, conversation: Conversation, new: NewMessage) -> Message:
    message = Message(
        id=await tx.next_id(),
        conversation_id=conversation.id,
        body=new.body,
        body_html=new.body_html,
        original_body=new.original_body,
        content_type=new.content_type,
        is_internal=new.is_internal,
        sender_kind=new.sender.value,
        sender_id=new.sender_id,
        sender_name=new.sender_name,
        source=new.source,
        source_message_id=new.source_message_id,
        metadata=new.metadata,
        kind=new.kind,
        form=new.form,
        delivery=Delivery.SENT,
        delivery_error=None,
        removed_at=None,
        sentiment_label=None,
        sentiment_score=None,
        translated_body=None,
        translation_target_language=None,
        conversation_version=conversation.version,
        created_at=new.created_at or tx.now,
    )
    await tx.insert(schema.messages, values(message))
    await fulltext.index(tx, message.id, conversation.id, words.document_words(message.body))
    return message


async def _attach(tx: WriteTx, message: Message, attachment_ids: tuple[int, ...]) -> None:
    """Hang files that were uploaded to the conversation on the message."""
    files = schema.attachments
    for attachment_id in attachment_ids:
        taken = await tx.execute(
            tx.update(files)
            .where(
                files.c.id == attachment_id,
                files.c.conversation_id == message.conversation_id,
                files.c.message_id.is_(None),
            )
            .values(message_id=message.id)
        )
        if not taken.rowcount:
            raise NotFound("Attachment")


def _tell(tx: WriteTx, before: Conversation, after: Conversation, message: Message, echo_id: str | None) -> None:
    if before.status != after.status:
        tx.emit(Happened.STATUS_CHANGED, after.id, changes={"status": [before.status, after.status]})
    if before.archived_at is not None and after.archived_at is None:
        tx.emit(Happened.UNARCHIVED, after.id)
    if before.snoozed_until is not None and after.snoozed_until is None:
        tx.emit(Happened.UNSNOOZED, after.id)
    kind = Happened.NOTE_ADDED if message.is_internal else Happened.MESSAGE_ADDED
    tx.emit(kind, after.id, **_described(message), **({"echo_id": echo_id} if echo_id else {}))


def _described(message: Message) -> Mapping[str, Any]:
    return {"message_id": message.id, "sender_kind": message.sender_kind, "sender_id": message.sender_id}


async def note_by_system(tx: WriteTx, conversation: Conversation, body: str, **also: Any) -> Message:
    """A line for the staff that nobody wrote; it wakes nobody and brings nothing back."""
    new = NewMessage(body=body, sender=Sender.SYSTEM, is_internal=True, source="system")
    return await say(tx, conversation, new, **also)
