"""Answers made smaller on their way out, with zstd or gzip as the client accepts them.

What is small, encoded already or of a type that would not shrink is left alone; what is streamed stays a stream.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, remove_compress_type

LEAST_BYTES = 1024
AS_IT_IS = "dragoman.as_it_is"  # in a scope: how to send what must not be compressed
OURS = re.compile(rb"zstd|gzip|\*", re.IGNORECASE)
VARIES = (b"vary", b"Accept-Encoding")
# Events are small and come one by one; a proxy must see where each ends.
remove_compress_type("text/event-stream")


class Compression:
    """Plain ASGI. Clients that accept neither go past the library: its own way for them takes three times as long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressing = CompressMiddleware(app, minimum_size=LEAST_BYTES, zstd_level=3, brotli=False, gzip_level=4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif any(name == b"accept-encoding" and OURS.search(value) for name, value in scope["headers"]):
            scope[AS_IT_IS] = send
            await self._compressing(scope, receive, send)
        else:
            await self._app(scope, receive, _varying(send))


def _varying(send: Send) -> Send:
    """A cache must not give to others what this client got for what it accepts."""

    async def varying(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], VARIES]
        await send(message)

    return varying
