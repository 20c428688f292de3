"""`/cable` (chatwoot.md 8.1)."""

from __future__ import annotations

from fastapi import APIRouter

from dragoman.dialects.chatwoot.cable.socket import cable

routes = APIRouter()
routes.add_api_websocket_route("/cable", cable)
