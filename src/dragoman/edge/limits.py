"""No request body larger than it may be is read to its end."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_JSON = 5 * 1024 * 1024
FORM_OVERHEAD = 1024 * 1024


class BodyLimit:
    """Plain ASGI: counts what comes in, and refuses with 413 what is too much."""

    def __init__(self, app: ASGIApp, *, most_file: int) -> None:
        self._app = app
        self._most_form = most_file + FORM_OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").lower().startswith("multipart/")
        most = self._most_form if is_form else MOST_JSON
        await self._app(scope, _counted(receive, most, declared=headers.get("content-length", "")), send)


def _counted(receive: Receive, most: int, *, declared: str) -> Receive:
    """What says itself that it is too much is refused before its first byte is asked for."""
    is_too_much = declared.isdecimal() and int(declared[:20]) > most
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        if is_too_much:
            raise HTTPException(413)
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return counted
