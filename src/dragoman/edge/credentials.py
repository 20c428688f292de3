"""Who is asking. One credential works everywhere: X-API-Key, Authorization: Bearer or api_access_token."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib import import_module
from typing import Any

from starlette.datastructures import Headers

from dragoman.core.access import BOT_SCOPES, Principal, scopes_of
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.models import User
from dragoman.core.accounts.secrets import account_of, secret_hash
from dragoman.core.errors import DomainError, Kind, NotFound
from dragoman.edge.services import Services
from dragoman.store.tx import Actor


class Unauthenticated(DomainError):
    """No credential, or none that is known."""

    kind, code = Kind.UNAUTHENTICATED, "unauthorized"

    def __init__(self, *, is_missing: bool) -> None:
        self.is_missing = is_missing
        super().__init__("Missing authentication credentials" if is_missing else "Invalid API key")


# The last is a session's, as browsers send it that have signed in (chatwoot.md 1.1).
NAMES = ("x-api-key", "api_access_token", "api-access-token", "access-token")


def secret_in(headers: Headers) -> str | None:
    """The credential of a request; X-API-Key wins over Bearer (aurion.md 1.1)."""
    named = next((found for name in NAMES if (found := headers.get(name))), None)
    if named:
        return named.strip()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def authenticate(services: Services, headers: Headers) -> Principal:
    """Raises Unauthenticated."""
    secret = secret_in(headers)
    if secret is None:
        raise Unauthenticated(is_missing=True)
    principal = await (_by_session(services, secret) if secret.count(".") == 2 else _by_key(services, secret))
    if principal is None:
        raise Unauthenticated(is_missing=False)
    return principal


async def _by_key(services: Services, secret: str) -> Principal | None:
    account_id = account_of(secret)
    if account_id is None:
        return None
    async with services.database.read(account_id) as tx:
        found = await accounts.identify(tx, secret_hash(secret, services.pepper))
    if found is None:
        return None
    if found.credential.kind == "token" and found.user is not None:
        return _staff(account_id, found.credential.id, found.user)
    if found.credential.bot_id is not None:
        bot = Actor("bot", found.credential.bot_id, found.credential.name)
        return Principal(account_id, found.credential.id, bot, BOT_SCOPES, is_staff=False)
    actor = Actor("key", found.credential.id, found.credential.name)
    if found.user is not None:
        actor = Actor("user", found.user.id, found.user.name)
    return Principal(account_id, found.credential.id, actor, frozenset(found.credential.scopes), is_staff=False)


async def _by_session(services: Services, token: str) -> Principal | None:
    claims = _signing().claims_of(token, _signing_key(services))
    if claims is None:
        return None
    try:
        account_id, user_id, ends_at = int(claims["acc"]), int(claims["sub"]), int(claims["exp"])
    except (ValueError, TypeError):
        return None
    if ends_at <= services.database.clock().timestamp():
        return None
    async with services.database.read(account_id) as tx:
        try:
            user = await accounts.active_user(tx, user_id)
        except NotFound:
            return None
    return _staff(account_id, user.id, user)


def _staff(account_id: int, credential_id: int, user: User) -> Principal:
    actor = Actor("user", user.id, user.name)
    return Principal(account_id, credential_id, actor, scopes_of(user.role), is_staff=True)


def _signing() -> Any:
    """By name: with its library may come all of `cryptography`, and most clients have keys."""
    return import_module("dragoman.edge.signing")


def _signing_key(services: Services) -> bytes:
    """A key for sessions alone, of the length that their algorithm asks for."""
    return hashlib.blake2b(b"session", key=services.pepper[:64], digest_size=32).digest()


def session_token(services: Services, account_id: int, user_id: int, *, now: datetime) -> str:
    """A signed session of a member of staff."""
    claims = {"acc": account_id, "sub": str(user_id), "iat": now, "exp": now + services.settings.session_lasts}
    token: str = _signing().signed(claims, _signing_key(services))
    return token
