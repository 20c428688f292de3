"""PUT and PATCH say the same here (chatwoot.md 1.6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import Response

Endpoint = TypeVar("Endpoint", bound=Callable[..., Awaitable[Response]])


def updates(routes: APIRouter, path: str, *, summary: str) -> Callable[[Endpoint], Endpoint]:
    """An endpoint that answers to both, each an operation of its own."""

    def register(endpoint: Endpoint) -> Endpoint:
        for method in ("PUT", "PATCH"):
            name = f"{endpoint.__name__}_by_{method.lower()}"
            routes.add_api_route(path, endpoint, methods=[method], summary=summary, name=name)
        return endpoint

    return register
