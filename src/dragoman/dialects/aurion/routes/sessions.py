"""Signing in, and who one is."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.accounts import actions, queries, sessions
from dragoman.core.accounts.sessions import Claim
from dragoman.core.errors import DomainError, Kind, Refused
from dragoman.dialects.aurion import present_account as present
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.dialects.aurion.routes.common import REFUSALS, router
from dragoman.dialects.aurion.routes.sharing import NO_CREDENTIAL
from dragoman.dialects.aurion.wire.account import KeyNameOut, MeOut, SessionOut
from dragoman.dialects.aurion.wire.account_inputs import LoginIn
from dragoman.edge.credentials import session_token
from dragoman.edge.doors import OpenRoute, Reader, Who
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply, reply_once
from dragoman.edge.services import Services, services
from dragoman.store import directory
from dragoman.store.tx import Actor

log = logging.getLogger("dragoman.sessions")
public_routes = APIRouter(prefix="/api/v1/auth", tags=["Sessions"], route_class=OpenRoute, responses=REFUSALS)
routes = router("/api/v1/auth", "Sessions")
MOST_ACCOUNTS = 10


class WrongPassword(DomainError):
    """The same words for a wrong password as for nobody's address."""

    kind, code = Kind.UNAUTHENTICATED, "unauthorized"

    def __init__(self) -> None:
        super().__init__("Wrong e-mail address or password")


@public_routes.post("/login", responses=returns(SessionOut), summary="Sign in", openapi_extra=NO_CREDENTIAL)
async def login(body: LoginIn, request: Request) -> Response:
    """A session of a member of staff, as a Bearer token."""
    mine = services(request)
    email = body.email.strip().casefold()
    mine.public_limiter.spend(("login", email))
    proven = await sessions.proven(await _claims(mine, email, body.account_id), body.password)
    if not proven:
        raise WrongPassword
    if len(proven) > 1:
        known = ", ".join(str(one.account_id) for one in proven)
        raise Refused(f"The address is known in several accounts: give account_id, one of {known}")
    return reply_once(await _signed_in(mine, proven[0]), 200)


async def _claims(mine: Services, email: str, account_id: int | None) -> list[Claim]:
    async with mine.database.backend.read() as session:
        accounts = await directory.accounts_of(session, email)
    wanted = [one for one in accounts if account_id in (None, one)][:MOST_ACCOUNTS]
    found = []
    for one in wanted:
        async with mine.database.read(one) as tx:
            found.append(await sessions.claim(tx, email))
    return [one for one in found if one is not None]


async def _signed_in(mine: Services, claim: Claim) -> SessionOut:
    user = claim.user
    async with mine.database.write(claim.account_id, Actor("user", user.id, user.name)) as tx:
        await actions.record_login(tx, user.id)
        now = tx.now
    return SessionOut(
        access_token=session_token(mine, claim.account_id, user.id, now=now),
        token_type="Bearer",  # noqa: S106
        expires_in=int(mine.settings.session_lasts.total_seconds()),
        user=present.signed_in(user),
        account_id=claim.account_id,
    )


@routes.get("/me", responses=returns(MeOut), summary="Who am I")
async def get_me(tx: Reader, who: Who) -> Response:
    """Whom this credential stands for, and its scopes."""
    user = await queries.user(tx, who.actor.id) if who.actor.kind == "user" and who.actor.id else None
    key = None if who.is_staff else await queries.credential(tx, who.credential_id)
    return reply(
        MeOut(
            account_id=who.account_id,
            is_staff=who.is_staff,
            scopes=sorted(who.scopes),
            user=present.signed_in(user) if user else None,
            api_key=KeyNameOut(show(Prefix.KEY, key.id), key.name) if key else None,
        )
    )
