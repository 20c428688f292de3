"""Attachments: adding, judging and removing them. Their bytes lie in the blob store."""

from __future__ import annotations

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Gone
from dragoman.core.events import Happened
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Attachment, NewAttachment, ScanStatus
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

attachments = schema.attachments


class Quarantined(Gone):
    """The scanner found something in the file."""

    def __init__(self) -> None:
        super().__init__("The attachment is quarantined: the virus scanner found something in it")


async def add(tx: WriteTx, conversation_id: int, new: NewAttachment, *, message_id: int | None = None) -> Attachment:
    """Raises NotFound and Conflict as a reply would, NotFound for a message of another conversation."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.REPLY, before)
    if message_id is not None:
        await messages.message(tx, conversation_id, message_id)
    await change.apply(tx, before)
    return await store(tx, conversation_id, new, message_id=message_id)


async def store(tx: WriteTx, conversation_id: int, new: NewAttachment, *, message_id: int | None) -> Attachment:
    """Write the row, in a conversation that is locked already."""
    attachment = Attachment(
        id=await tx.next_id(),
        conversation_id=conversation_id,
        message_id=message_id,
        filename=new.filename,
        content_type=new.content_type,
        size_bytes=new.size_bytes,
        content_id=new.content_id,
        disposition=new.disposition,
        scan_status=new.scan_status.value,
        scan_signature=None,
        storage_backend=new.storage_backend,
        blob_key=new.blob_key,
        source=new.source,
        uploader_id=tx.actor.id,
        uploader_name=tx.actor.name,
        created_at=tx.now,
    )
    await tx.insert(attachments, values(attachment))
    tx.emit(
        Happened.ATTACHMENT_ADDED,
        conversation_id,
        attachment_id=attachment.id,
        filename=attachment.filename,
        scan_status=attachment.scan_status,
    )
    return attachment


async def remove_of_message(tx: WriteTx, conversation_id: int, message_id: int) -> None:
    """All files of a message, in a conversation that is locked already."""
    for one in await tx.find_all(Attachment, "id", message_id=message_id):
        await tx.execute(tx.delete(attachments).where(attachments.c.id == one.id))
        _tell_removed(tx, conversation_id, one)


def _tell_removed(tx: WriteTx, conversation_id: int, one: Attachment) -> None:
    tx.emit(
        Happened.ATTACHMENT_DELETED,
        conversation_id,
        attachment_id=one.id,
        filename=one.filename,
        blob_key=one.blob_key,
    )


async def remove(tx: WriteTx, conversation_id: int, attachment_id: int) -> None:
    """The row goes now, the bytes right after the commit (a job). Raises NotFound."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.READ, before)
    attachment = await messages.attachment(tx, conversation_id, attachment_id)
    await tx.execute(tx.delete(attachments).where(attachments.c.id == attachment_id))
    await change.apply(tx, before)
    _tell_removed(tx, conversation_id, attachment)


async def judge(tx: WriteTx, attachment_id: int, *, signature: str | None) -> None:
    """Write down what the scanner said; an attachment that is gone by now is fine."""
    attachment = await messages.any_attachment(tx, attachment_id)
    if attachment is None:
        return
    status = ScanStatus.QUARANTINED if signature else ScanStatus.CLEAN
    await tx.execute(
        tx.update(attachments)
        .where(attachments.c.id == attachment_id)
        .values(scan_status=status.value, scan_signature=signature)
    )
    tx.emit(
        Happened.ATTACHMENT_SCANNED,
        attachment.conversation_id,
        attachment_id=attachment_id,
        scan_status=status.value,
        signature=signature,
    )
