"""Tokens for live events: not kept anywhere, since this server knows its own marks again (chatwoot.md 8.1)."""

from __future__ import annotations

import hashlib
import hmac

from dragoman.core.accounts.models import User
from dragoman.core.contacts.links import ContactLink


def live_token(pepper: bytes, account_id: int, user: User) -> str:
    """A user's `pubsub_token`. It names the account, as every secret of ours does."""
    return _mark(pepper, f"user {account_id} {user.id} {user.created_at.isoformat()}")


def contact_token(pepper: bytes, account_id: int, link: ContactLink) -> str:
    """A contact's, for one inbox; it says whose it is, since nobody names them beside it."""
    return f"{account_id}.{link.id}.{_mark(pepper, f'link {account_id} {link.id} {link.source_id}')}"


def is_right(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), right.encode())


def _mark(pepper: bytes, told: str) -> str:
    return hashlib.blake2b(told.encode(), key=pepper[:64], digest_size=24).hexdigest()
