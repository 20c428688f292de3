"""A conversation and a contact as events tell them (chatwoot.md 8.3, 8.4): other fields than an answer has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from dragoman.core.accounts.account import Account
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import User
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.messages.models import Message
from dragoman.dialects.chatwoot import present, present_people, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.present import MOST_UNREAD, NO_INBOX
from dragoman.dialects.chatwoot.shown import People, Shown


def conversation(shown: Shown, addresses: Addresses, *, now: datetime) -> dict[str, Any]:
    one, latest = shown.conversation, shown.latest.public
    until = None if present.snoozed_until(one) is None else one.snoozed_until
    return {
        "additional_attributes": present.additional_attributes(one),
        "can_reply": present.can_reply(one, shown.inbox, now),
        "channel": words.channel_type(one.channel),
        "contact_inbox": contact_inbox(shown.link),
        "id": one.number,
        "inbox_id": one.inbox_id or NO_INBOX,
        "messages": [message_line(latest, shown, addresses)] if latest is not None else [],
        "labels": list(one.tags),
        "meta": _meta(shown, addresses.account_id),
        "status": words.status(one.state),
        "custom_attributes": one.custom_attrs,
        "snoozed_until": words.iso(until),
        "unread_count": min(one.unread_count, MOST_UNREAD),
        "first_reply_created_at": words.iso(one.first_human_response_at),
        "priority": words.priority(one.priority),
        "waiting_since": words.seconds(one.waiting_since),
        "agent_last_seen_at": words.seconds(one.staff_seen_at),
        "contact_last_seen_at": words.seconds(one.contact_seen_at),
        "last_activity_at": words.seconds(one.last_activity_at),
        "timestamp": words.seconds(one.last_activity_at),
        "created_at": words.seconds(one.created_at),
        "updated_at": one.updated_at.timestamp(),
    }


def message_line(one: Message, shown: Shown, addresses: Addresses) -> dict[str, Any]:
    """2.7: in events its `updated_at` is ISO 8601."""
    form: dict[str, Any] = msgspec.to_builtins(present.line(one, shown, addresses))
    return {**form, "updated_at": words.iso(one.created_at)}


def _meta(shown: Shown, account_id: int) -> dict[str, Any]:
    who, team = shown.assignee, shown.team
    return {
        "sender": present_people.contact_as_sender(shown.contact),
        "assignee": None if who is None else _assignee(who, account_id),
        "assignee_type": None if who is None else "User" if isinstance(who, User) else "AgentBot",
        "team": None if team is None else {"id": team.id, "name": team.name},
        "hmac_verified": shown.link is not None and shown.link.is_verified,
    }


def _assignee(who: User | Bot, account_id: int) -> Any:
    return present.assignee(who, account_id)


def contact_inbox(link: ContactLink | None) -> dict[str, Any] | None:
    """The record, without the contact's token that upstream leaks (chatwoot.md 8.3)."""
    if link is None:
        return None
    return {
        "id": link.id,
        "contact_id": link.contact_id,
        "inbox_id": link.inbox_id,
        "source_id": link.source_id,
        "hmac_verified": link.is_verified,
        "created_at": words.iso(link.created_at),
        "updated_at": words.iso(link.updated_at),
    }


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
