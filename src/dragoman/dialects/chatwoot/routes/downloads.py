"""Files by an address that carries its own mark (chatwoot.md 2.7)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.errors import NotFound
from dragoman.core.messages import queries
from dragoman.core.messages.files import Quarantined
from dragoman.core.messages.models import ScanStatus
from dragoman.dialects.chatwoot import downloads
from dragoman.edge.downloads import bytes_of
from dragoman.edge.services import services

routes = APIRouter(prefix=downloads.PATH, tags=["Files"])


@routes.get("/{account_id}/{attachment_id}/{mark}/{filename}", summary="Download a file")
async def download(request: Request, account_id: int, attachment_id: int, mark: str, filename: str) -> Response:
    """Raises NotFound for a wrong mark as for an unknown file."""
    mine = services(request)
    if not downloads.is_right(mine.pepper, account_id, attachment_id, mark):
        raise NotFound("Attachment")
    async with mine.database.read(account_id) as tx:
        found = await queries.any_attachment(tx, attachment_id)
    if found is None:
        raise NotFound("Attachment")
    if found.scan_status == ScanStatus.QUARANTINED:
        raise Quarantined
    if found.scan_status == ScanStatus.PENDING:
        return Response(status_code=202, headers={"Retry-After": "5"})
    return await bytes_of(mine, found)
