"""API keys, for administrators; and the paths that no API key opens (aurion.md 1.3)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dragoman.core.accounts import actions, queries
from dragoman.dialects.aurion import present_account as present
from dragoman.dialects.aurion.auth import CLOSED_TO_KEYS, AurionRoute
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import known, router
from dragoman.dialects.aurion.routes.paging import Envelope, page_reply
from dragoman.dialects.aurion.wire.account import KeysOut, NewKeyOut
from dragoman.dialects.aurion.wire.account_inputs import KeyIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply_once
from dragoman.edge.services import services

routes = router("/api/configuration/api-keys", "API keys")
closed_routes = APIRouter(route_class=AurionRoute, include_in_schema=False)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@routes.get("", responses=returns(KeysOut), summary="List API keys")
async def list_api_keys(tx: Reader, envelope: Envelope = None) -> Response:
    """Never the keys themselves."""
    shown = [present.key(one) for one in await queries.list_keys(tx)]
    return page_reply(KeysOut, shown, envelope, total=len(shown))


@routes.post("", status_code=201, responses=returns(NewKeyOut, 201), summary="Create an API key")
async def create_api_key(body: KeyIn, tx: Writer, request: Request) -> Response:
    """The key is shown this once."""
    issued = await actions.issue_key(
        tx,
        name=body.name,
        scopes=body.scopes,
        user_id=known(Prefix.USER, body.user_id),
        pepper=services(request).pepper,
    )
    return reply_once(present.new_key(issued.credential, issued.secret))


@routes.delete("/{key_id}", status_code=204, summary="Revoke an API key")
async def delete_api_key(key_id: Annotated[str, Path(max_length=200)], tx: Writer) -> Response:
    """From now on it opens nothing."""
    await actions.revoke_key(tx, read(Prefix.KEY, key_id))
    return Response(status_code=204)


async def closed(request: Request) -> Response:
    """Whoever gets as far as this is staff, and there is nothing here."""
    raise HTTPException(404)


for prefix in CLOSED_TO_KEYS:
    closed_routes.add_api_route(prefix + "{rest:path}", closed, methods=METHODS)
