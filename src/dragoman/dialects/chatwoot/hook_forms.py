"""Accounts and people as webhooks tell of them (chatwoot.md 8.4): other fields than an answer has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core.accounts.account import Account
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import User
from dragoman.core.contacts.models import Contact
from dragoman.dialects.chatwoot.shown import People


def account(one: Account) -> dict[str, Any]:
    return {"id": one.id, "name": one.name}


def contact(one: Contact, of: Account) -> dict[str, Any]:
    return {
        "account": account(of),
        "additional_attributes": one.about_attrs,
        "avatar": one.avatar_url or "",
        "custom_attributes": one.custom_attrs,
        "email": one.email,
        "id": one.id,
        "identifier": one.external_id,
        "name": one.name,
        "phone_number": one.phone,
        "thumbnail": one.avatar_url or "",
        "blocked": one.is_blocked,
    }


def user(one: User) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "email": one.email, "type": "user"}


def bot(one: Bot) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "type": "agent_bot"}


def sender(kind: str | None, sender_id: int | None, people: People, of: Account) -> Mapping[str, Any] | None:
    """By the word that a message has for it (present.py, SENDER_TYPES)."""
    if kind == "Contact" and (writer := people.contacts.get(sender_id or 0)):
        return contact(writer, of)
    if kind == "User" and (colleague := people.users.get(sender_id or 0)):
        return user(colleague)
    if kind == "AgentBot" and (program := people.bots.get(sender_id or 0)):
        return bot(program)
    return None
