"""Whether this server lives, for whoever asks (chatwoot.md 1.6)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman import __version__
from dragoman.edge.replies import reply
from dragoman.edge.services import services

NO_CREDENTIAL: dict[str, Any] = {"security": []}
routes = APIRouter(tags=["Liveness"])


@routes.get("/health", summary="Whether the server lives", openapi_extra=NO_CREDENTIAL)
async def show_health() -> Response:
    """In the word that Chatwoot's clients look for."""
    return reply({"status": "woot"})


@routes.get("/api", summary="Which server this is", openapi_extra=NO_CREDENTIAL)
async def show_api(request: Request) -> Response:
    now = services(request).database.clock()
    return reply(
        {
            "version": __version__,
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"),
            "queue_services": "ok",
            "data_services": "ok",
        }
    )
