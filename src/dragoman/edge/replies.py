"""Replies, encoded once and straight from typed values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

encoder = msgspec.json.Encoder()


def reply(value: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encoder.encode(value), status_code, headers, "application/json")


def raw(body: bytes, status_code: int = 200) -> Response:
    return Response(body, status_code, media_type="application/json")


class SecretReply(Response):
    """A reply that holds a secret which is shown this once: nothing may keep a copy."""

    media_type = "application/json"


def reply_once(value: Any) -> Response:
    """201, with a secret in it."""
    return SecretReply(encoder.encode(value), 201)
