"""POST /auth/sign_in: a session from an address and a password (chatwoot.md 1.1, 6.9)."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.access import Principal, scopes_of
from dragoman.core.accounts import actions, sessions
from dragoman.core.accounts.sessions import Claim
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot.parameters import given
from dragoman.dialects.chatwoot.routes.profile import profile_of
from dragoman.edge.credentials import session_token
from dragoman.edge.doors import CarefulRequest
from dragoman.edge.replies import SecretReply, encoder, reply
from dragoman.edge.services import Services, services
from dragoman.store import directory
from dragoman.store.tx import Actor

routes = APIRouter(prefix="/auth", tags=["Sessions"])
MOST_ACCOUNTS = 20
NO_CREDENTIAL: dict[str, Any] = {"security": []}


@routes.post("/sign_in", summary="Sign in", openapi_extra=NO_CREDENTIAL)
async def sign_in(request: Request) -> Response:
    """`email` and `password`. The session comes in headers, to be sent back as `access-token`."""
    mine, wanted = services(request), await given(CarefulRequest(request.scope, request.receive), "user")
    try:
        email = wanted.needed("email", most=320).casefold()
        password = wanted.needed("password", most=1000)
    except Invalid:
        return _refused()
    mine.public_limiter.spend(("login", email))
    proven = await sessions.proven(await _claims(mine, email), password)
    return await _signed_in(request, mine, proven[0]) if proven else _refused()


def _refused() -> Response:
    """The same for a wrong password as for nobody's address."""
    return reply({"success": False, "errors": ["Invalid login credentials. Please try again."]}, 401)


async def _claims(mine: Services, email: str) -> list[Claim]:
    async with mine.database.backend.read() as session:
        accounts = await directory.accounts_of(session, email)
    found = []
    for one in accounts[:MOST_ACCOUNTS]:
        async with mine.database.read(one) as tx:
            found.append(await sessions.claim(tx, email))
    return [one for one in found if one is not None]


async def _signed_in(request: Request, mine: Services, claim: Claim) -> Response:
    user, actor = claim.user, Actor("user", claim.user.id, claim.user.name)
    who = Principal(claim.account_id, user.id, actor, scopes_of(user.role), is_staff=True)
    async with mine.database.write(claim.account_id, actor) as tx:
        await actions.record_login(tx, user.id)
        profile, now = await profile_of(request, tx, who), tx.now
    token = session_token(mine, claim.account_id, user.id, now=now)
    headers = {
        "access-token": token,
        "token-type": "Bearer",
        "client": secrets.token_urlsafe(16),
        "expiry": str(int((now + mine.settings.session_lasts).timestamp())),
        "uid": user.email,
        "Cache-Control": "no-store",
    }
    return SecretReply(encoder.encode({"data": {**profile, "access_token": token}}), 200, headers)
