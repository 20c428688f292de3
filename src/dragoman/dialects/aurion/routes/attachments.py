"""E18, E19 and the upload that the seeds imply (aurion.md 6.2)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import Response

from dragoman.core.conversations import queries
from dragoman.core.messages import files
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import ScanStatus
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, known, router
from dragoman.dialects.aurion.wire.conversations import AttachmentOut, DeletedOut
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.downloads import bytes_of
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.edge.services import services
from dragoman.edge.uploads import Stored

routes = router(tag="Attachments")
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
    return await bytes_of(services(request), attachment)


@routes.delete(
    "/{conversation_id}/attachments/{attachment_id}", responses=returns(DeletedOut), summary="Delete an attachment"
)
async def delete_attachment_v2(conversation_id: ConversationId, attachment_id: ConversationId, tx: Writer) -> Response:
    """The stored file is removed, too."""
    await files.remove(tx, conversation_number(conversation_id), read(Prefix.ATTACHMENT, attachment_id))
    return reply(DeletedOut(attachment_id))
