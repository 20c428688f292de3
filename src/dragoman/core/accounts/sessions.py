"""Signing in: whose password it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dragoman.core.accounts import queries
from dragoman.core.accounts.models import User
from dragoman.core.accounts.secrets import verify_password
from dragoman.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody who says to be a user of an account, and what would prove it."""

    account_id: int
    user: User
    password_hash: str | None


async def claim(tx: Tx, email: str) -> Claim | None:
    """The active user of an account who has the address."""
    user = await queries.user_by_email(tx, email)
    if user is None or not user.is_active:
        return None
    return Claim(tx.account_id, user, await queries.password_hash(tx, user.id))


async def proven(claims: list[Claim], password: str) -> list[Claim]:
    """Those whose password it is. Works as hard when there are none, so that nobody can tell who is known."""
    hashes = [one.password_hash for one in claims] or [None]
    verdicts = await asyncio.gather(*(asyncio.to_thread(verify_password, password, one) for one in hashes))
    return [one for one, is_right in zip(claims, verdicts, strict=False) if is_right]
