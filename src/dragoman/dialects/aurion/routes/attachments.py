"""E18, E19 and the upload that the seeds imply (aurion.md 6.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from dragoman.core.conversations import queries
from dragoman.core.errors import NotFound
from dragoman.core.messages import files
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Attachment, ScanStatus
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, known, router
from dragoman.dialects.aurion.wire.conversations import AttachmentOut, DeletedOut
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.edge.services import Services, services
from dragoman.edge.uploads import Stored
from dragoman.store.blobs import BlobNotFound, content_disposition

routes = router(tag="Attachments")
LINK_LASTS = timedelta(minutes=5)
RETRY_AFTER = "5"


@routes.post(
    "/{conversation_id}/attachments",
    status_code=201,
    responses=returns(AttachmentOut, 201),
    summary="Upload an attachment",
)
async def upload_attachment_v2(
    conversation_id: ConversationId, file: Stored, tx: Writer, message_id: Annotated[str | None, Form()] = None
) -> Response:
    """A file of at most 25 MiB, for the conversation, for one of its messages, or for a reply's `attachment_ids`."""
    number = known(Prefix.MESSAGE, message_id or None)
    stored = await files.add(tx, conversation_number(conversation_id), file, message_id=number)
    return reply(present.attachment(stored), 201)


@routes.get(
    "/{conversation_id}/attachments/{attachment_id}/download",
    summary="Download an attachment",
    responses={
        200: {"description": "The file", "content": {"*/*": {}}},
        202: {"description": "Still being scanned; see Retry-After"},
        302: {"description": "The file, at a presigned address"},
        410: {"description": "Quarantined"},
    },
)
async def download_attachment_v2(
    conversation_id: ConversationId, attachment_id: ConversationId, tx: Reader, request: Request
) -> Response:
    """The file's own bytes, type and name."""
    conversation = await queries.get(tx, conversation_number(conversation_id))
    attachment = await messages.attachment(tx, conversation.id, read(Prefix.ATTACHMENT, attachment_id))
    if attachment.scan_status == ScanStatus.PENDING:
        pending = {"status": "scanning", "detail": "The attachment is still being scanned"}
        return reply(pending, 202, {"Retry-After": RETRY_AFTER})
    if attachment.scan_status == ScanStatus.QUARANTINED:
        raise files.Quarantined
    return await _bytes_of(services(request), attachment)


async def _bytes_of(mine: Services, attachment: Attachment) -> Response:
    address = await mine.blobs.presigned_url(
        attachment.blob_key,
        filename=attachment.filename,
        content_type=attachment.content_type,
        expires_in=LINK_LASTS,
    )
    if address is not None:
        return RedirectResponse(address, 302)
    try:
        body = await mine.blobs.stream(attachment.blob_key)
    except BlobNotFound:
        raise NotFound("Attachment") from None
    headers = {
        "Content-Disposition": content_disposition(attachment.filename),
        "Content-Length": str(attachment.size_bytes),
        "Content-Type": attachment.content_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(body, headers=headers)


@routes.delete(
    "/{conversation_id}/attachments/{attachment_id}", responses=returns(DeletedOut), summary="Delete an attachment"
)
async def delete_attachment_v2(conversation_id: ConversationId, attachment_id: ConversationId, tx: Writer) -> Response:
    """The stored file is removed, too."""
    await files.remove(tx, conversation_number(conversation_id), read(Prefix.ATTACHMENT, attachment_id))
    return reply(DeletedOut(attachment_id))
