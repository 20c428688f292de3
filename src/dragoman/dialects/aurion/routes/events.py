"""The stream of events: what happens in the account, as it happens."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.errors import Invalid
from dragoman.dialects.aurion import live
from dragoman.dialects.aurion.ids import parse_cursor, show_cursor
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.wire.refusals import RefusalOut
from dragoman.edge.doors import principal
from dragoman.edge.openapi import returns
from dragoman.edge.services import services
from dragoman.edge.streams import HEARTBEAT, EventStream
from dragoman.store import events
from dragoman.store.events import Cursor

routes = router("/api/v2/events", "Events")
HEADER, PARAMETER = "Last-Event-ID", "last_event_id"
_SHOWN = {"required": False, "schema": {"type": "string", "maxLength": 50}}
_RESUMES = "The `id` of the last event that was received; the stream goes on right behind it"
PARAMETERS: list[dict[str, Any]] = [
    {**_SHOWN, "name": HEADER, "in": "header", "description": _RESUMES},
    {**_SHOWN, "name": PARAMETER, "in": "query", "description": "The same, for clients that cannot send the header"},
]
STREAM: dict[str, Any] = {
    "description": "Server-Sent Events: `id` to resume by, `event` the kind, `data` an EventOut as JSON",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


@routes.get(
    "",
    response_class=Response,
    responses={200: STREAM, **returns(RefusalOut, 422, "No id of an event of the stream")},
    openapi_extra={"parameters": PARAMETERS},
    summary="Listen to events",
)
async def stream_events(request: Request) -> Response:
    """What happens in the account from now on, or behind `Last-Event-ID`, until you hang up."""
    known, end = _known(request), await _end(request)
    view = live.view(principal(request).scopes)
    # What lies behind the end is not an event of this account: a backup was brought back, or it is somebody else's.
    if known is None or known > end:
        return EventStream(request, view, end, b"id: %s\n\n" % show_cursor(end).encode())
    return EventStream(request, view, known, HEARTBEAT)


def _known(request: Request) -> Cursor | None:
    """Where the caller stands. A polyfill keeps the address it began with, so the header is the newer of the two."""
    for name, text in ((HEADER, request.headers.get(HEADER)), (PARAMETER, request.query_params.get(PARAMETER))):
        if text:
            cursor = parse_cursor(text.strip())
            if cursor is None:
                raise Invalid(name, "Not the id of an event of this stream")
            return cursor
    return None


async def _end(request: Request) -> Cursor:
    async with services(request).database.backend.read() as session:
        return await events.end_of_account(session, principal(request).account_id)
