"""Replies, encoded once and straight from typed values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dragoman.edge.compression import AS_IT_IS

encoder = msgspec.json.Encoder()


def reply(value: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encoder.encode(value), status_code, headers, "application/json")


def raw(body: bytes, status_code: int = 200) -> Response:
    return Response(body, status_code, media_type="application/json")


class SecretReply(Response):
    """A reply that holds a secret which is shown this once: nothing may keep a copy."""

    media_type = "application/json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Never compressed: the length would tell of the secret to whoever chooses the text beside it (BREACH)."""
        await super().__call__(scope, receive, scope.get(AS_IT_IS, send))


def reply_once(value: Any, status_code: int = 201) -> Response:
    """With a secret in it."""
    return SecretReply(encoder.encode(value), status_code, {"Cache-Control": "no-store"})
