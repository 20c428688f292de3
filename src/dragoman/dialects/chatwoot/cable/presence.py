"""Who is there: for a while after they last said so (chatwoot.md 8.1). No I/O; times are a process's own seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AGENT_SECONDS, CONTACT_SECONDS = 20.0, 90.0
GRACE = 5.0  # clients say so every 20 s, and a message takes its time


class Presence:
    def __init__(self) -> None:
        self._users: dict[int, float] = {}
        self._contacts: dict[int, float] = {}

    def mark(self, who: Mapping[str, Any], now: float) -> bool:
        """Somebody said that they are there; whether that is news."""
        self_id = who.get("user_id") or who.get("contact_id")
        if not isinstance(self_id, int):
            return False
        there, lasts = (
            (self._users, AGENT_SECONDS) if who.get("user_id") is not None else (self._contacts, CONTACT_SECONDS)
        )
        is_news = there.get(self_id, float("-inf")) + lasts + GRACE < now
        there[self_id] = now
        return is_news

    def forget(self, now: float) -> bool:
        """Take out who has not said so for long; whether there was anybody."""
        before = len(self._users) + len(self._contacts)
        self._users = {key: at for key, at in self._users.items() if at + AGENT_SECONDS + GRACE >= now}
        self._contacts = {key: at for key, at in self._contacts.items() if at + CONTACT_SECONDS + GRACE >= now}
        return len(self._users) + len(self._contacts) < before

    def users(self, now: float) -> list[int]:
        return [key for key, at in self._users.items() if at + AGENT_SECONDS + GRACE >= now]

    def contacts(self, now: float) -> list[int]:
        return [key for key, at in self._contacts.items() if at + CONTACT_SECONDS + GRACE >= now]
