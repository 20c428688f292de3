"""Refusals in Aurion's words: one body that serves clients of both its documentations (aurion.md 2.4, C13, C14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from dragoman.core.access import MissingScope
from dragoman.core.conversations.rules import MergedAway
from dragoman.core.errors import DomainError, Invalid, Kind
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.edge.credentials import Unauthenticated
from dragoman.edge.rates import TooMany
from dragoman.edge.replies import reply

STATUS = {
    Kind.INVALID: 422,
    Kind.REFUSED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    500: "internal_error",
    503: "unavailable",
}
TEXTS = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    413: "Request body too large",
    415: "Unsupported media type",
    500: "Internal server error",
    503: "Temporarily unavailable",
}
IN_HEADER = ("Idempotency-Key", "If-Match", "Last-Event-ID")


def word_error(request: Request, error: DomainError) -> Response:
    if isinstance(error, Invalid):
        place = "header" if error.field in IN_HEADER else "query" if request.method == "GET" else "body"
        return word_invalid(request, [{"loc": (place, error.field), "msg": error.message, "type": "value_error"}])
    message = _wording(error)
    body: dict[str, Any] = {"detail": message, "error": error.code, "message": _older_wording(error, message)}
    headers = {}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
        body["retry_after"] = error.retry_after
    if error.kind is Kind.UNAVAILABLE:
        headers["Retry-After"] = "5"
    return reply(body, STATUS[error.kind], headers)


def _wording(error: DomainError) -> str:
    if isinstance(error, MergedAway) and error.into_id is not None:
        return f"The conversation was merged into {show(Prefix.CONVERSATION, error.into_id)}"
    return error.message


def _older_wording(error: DomainError, message: str) -> str:
    if isinstance(error, Unauthenticated):
        return "Invalid or missing API key"
    if isinstance(error, MissingScope):
        return f"API key lacks required scope: {error.scope}"
    return message


def word_invalid(request: Request, faults: Sequence[Mapping[str, Any]]) -> Response:
    """`faults` have `loc`, `msg` and `type`, as pydantic gives them."""
    detail = [_worded(fault) for fault in faults]
    details = [{"field": ".".join(fault["loc"][1:]) or fault["loc"][0], "message": fault["msg"]} for fault in detail]
    summary = "; ".join(f"{one['field']}: {one['message']}" for one in details[:3])
    body = {"detail": detail, "error": "validation_error", "message": summary, "details": details}
    return reply(body, 422)


def _worded(fault: Mapping[str, Any]) -> dict[str, Any]:
    """A body that is no JSON has no field to name, and a reason worth hearing."""
    if fault["type"] == "json_invalid":
        return {"loc": ["body"], "msg": f"Not JSON that can be taken: {fault['ctx']['error']}", "type": fault["type"]}
    message = fault["msg"].removeprefix("Value error, ")
    return {"loc": [str(part) for part in fault["loc"]], "msg": message, "type": fault["type"]}


def word_status(request: Request, status: int) -> Response:
    """A refusal that has no domain error: an unknown path, a wrong method, a fault of ours."""
    text = TEXTS.get(status, TEXTS[400])
    return reply({"detail": text, "error": CODES.get(status, "bad_request"), "message": text}, status)
