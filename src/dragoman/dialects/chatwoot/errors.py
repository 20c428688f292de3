"""Refusals in Chatwoot's words (chatwoot.md 1.2, 1.5): who may not is answered 401, whatever the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from dragoman.core.conversations.rules import MergedAway
from dragoman.core.errors import DomainError, Invalid, Kind, Refused, Taken
from dragoman.edge.credentials import Unauthenticated
from dragoman.edge.rates import TooMany
from dragoman.edge.replies import reply

STATUS = {
    Kind.INVALID: 422,
    Kind.REFUSED: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 401,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 422,
    Kind.GONE: 404,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
TEXTS = {
    400: "Bad request",
    403: "Not available",
    404: "Resource could not be found",
    405: "Method not allowed",
    413: "Request body too large",
    415: "Unsupported media type",
    500: "Internal server error",
    503: "Temporarily unavailable",
}
# What the core calls otherwise than this dialect.
ATTRIBUTES = {
    "phone": "phone_number",
    "external_id": "identifier",
    "body": "content",
    "due_at": "scheduled_at",
    "custom_attrs": "custom_attributes",
    "address": "email",
    "key": "attribute_key",
}


class SwitchedOff(Refused):
    """A feature that is there and is not on, or is not for this kind of inbox: 403 (chatwoot.md 1.5)."""


def word_error(request: Request, error: DomainError) -> Response:
    if isinstance(error, Unauthenticated) and error.is_missing:
        return reply({"errors": [error.message]}, 401)
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if error.kind is Kind.UNAVAILABLE:
        headers["Retry-After"] = "5"
    if isinstance(error, SwitchedOff):
        return reply(_body(error.message), 403)
    if isinstance(error, MergedAway):
        return reply(_body(error.message), 404)
    if isinstance(error, Invalid | Taken):
        return _invalid([(ATTRIBUTES.get(error.field, error.field), error.message)])
    return reply(_body(error.message), STATUS[error.kind], headers)


def _body(text: str) -> dict[str, Any]:
    return {"error": text, "description": text}


def _invalid(faults: Sequence[tuple[str, str]]) -> Response:
    """Both shapes of a 422 in one: `error` for single checks, `message` and `attributes` for records."""
    text = ", ".join(f"{field}: {message}" if field not in message else message for field, message in faults)
    return reply({**_body(text), "message": text, "attributes": [field for field, _ in faults]}, 422)


def word_invalid(request: Request, faults: Sequence[Mapping[str, Any]]) -> Response:
    """`faults` have `loc`, `msg` and `type`, as pydantic gives them."""
    if faults and faults[0]["type"] == "json_invalid":
        return reply(_body(f"Not JSON that can be taken: {faults[0]['ctx']['error']}"), 422)
    return _invalid([(_named(one["loc"]), one["msg"].removeprefix("Value error, ")) for one in faults])


def _named(loc: Sequence[Any]) -> str:
    return ".".join(str(part) for part in loc if part not in ("body", "query", "path")) or "body"


def word_status(request: Request, status: int) -> Response:
    return reply(_body(TEXTS.get(status, TEXTS[400])), status)
