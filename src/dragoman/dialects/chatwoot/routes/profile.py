"""GET and PUT /api/v1/profile: who I am (chatwoot.md 6.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.access import Principal, Role
from dragoman.core.accounts import account
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.account import Account
from dragoman.core.accounts.models import User
from dragoman.core.errors import NotFound
from dragoman.dialects.chatwoot import present_people
from dragoman.dialects.chatwoot.auth import ChatwootRoute
from dragoman.dialects.chatwoot.tokens import live_token
from dragoman.edge.credentials import secret_in
from dragoman.edge.doors import Reader, principal
from dragoman.edge.replies import encoder, raw
from dragoman.edge.services import services
from dragoman.store.tx import Tx

routes = APIRouter(prefix="/api/v1/profile", tags=["Profile"], route_class=ChatwootRoute)


@routes.get("", summary="Who I am")
async def get_profile(request: Request, tx: Reader) -> Response:
    """The caller, with the tokens that are theirs. Raises NotFound for a key that stands for nobody."""
    return raw(encoder.encode(await profile_of(request, tx, principal(request))))


async def profile_of(request: Request, tx: Tx, who: Principal) -> Mapping[str, Any]:
    if who.user_id is None:
        raise NotFound("User")
    user = await accounts.user(tx, who.user_id)
    shown = msgspec.to_builtins(present_people.agent(user, who.account_id))
    return {
        **shown,
        "access_token": secret_in(request.headers),
        "pubsub_token": live_token(services(request).pepper, who.account_id, user),
        "inviter_id": None,
        "accounts": [_account(user, await account.mine(tx))],
    }


def _account(user: User, of: Account) -> dict[str, Any]:
    is_administrator = user.role == Role.ADMINISTRATOR
    return {
        "id": of.id,
        "name": of.name,
        "status": "active" if of.suspended_at is None else "suspended",
        "active_at": None,
        "role": user.role,
        "permissions": ["administrator" if is_administrator else "agent"],
        "availability": user.availability,
        "availability_status": user.availability,
        "auto_offline": bool(user.profile.get("auto_offline", False)),
        "custom_role_id": None,
        "custom_role": None,
    }
