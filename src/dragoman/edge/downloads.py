"""A file on its way out: from the store's own address where it has one, and else through here."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import RedirectResponse, Response, StreamingResponse

from dragoman.core.errors import NotFound
from dragoman.core.messages.models import Attachment
from dragoman.edge.services import Services
from dragoman.store.blobs import BlobNotFound, content_disposition

LINK_LASTS = timedelta(minutes=5)


async def bytes_of(mine: Services, attachment: Attachment) -> Response:
    """The file's own bytes, type and name. Raises NotFound and BlobUnavailable."""
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
