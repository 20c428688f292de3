"""GET /auth/validate_token: whether a session is still good (chatwoot.md 1.1)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.dialects.chatwoot.auth import ChatwootRoute
from dragoman.dialects.chatwoot.routes.profile import profile_of
from dragoman.edge.doors import Reader, principal
from dragoman.edge.replies import reply

routes = APIRouter(prefix="/auth", tags=["Sessions"], route_class=ChatwootRoute)


@routes.get("/validate_token", summary="Who has signed in")
async def validate_token(request: Request, tx: Reader) -> Response:
    """The profile, as long as the session lasts."""
    profile = await profile_of(request, tx, principal(request))
    return reply({"payload": {"success": True, "data": profile}})
