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


def named_in(token: str) -> tuple[int, int] | None:
    """The account and the link that a contact's token speaks of; None for what is no such token."""
    account_id, dot, rest = token.partition(".")
    link_id, also_dot, _ = rest.partition(".")
    if not dot or not also_dot or not (_is_number(account_id) and _is_number(link_id)):
        return None
    return int(account_id), int(link_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16


def is_right(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), right.encode())


def _mark(pepper: bytes, told: str) -> str:
    return hashlib.blake2b(told.encode(), key=pepper[:64], digest_size=24).hexdigest()
