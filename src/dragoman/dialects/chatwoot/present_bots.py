"""Bots in this dialect's words."""

from __future__ import annotations

from typing import Any

from dragoman.core.accounts.bots import Bot


def bot(one: Bot, account_id: int, *, secret: str | None = None, access_token: str | None = None) -> dict[str, Any]:
    """The secrets are for administrators, and the token is known at its birth alone."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "thumbnail": "",
        "outgoing_url": one.url,
        "bot_type": "webhook",
        "bot_config": {},
        "account_id": account_id,
        "system_bot": False,
        **({"secret": secret} if secret else {}),
        **({"access_token": access_token} if access_token else {}),
    }
