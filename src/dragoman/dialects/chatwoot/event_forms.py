"""Conversations and messages as events tell of them, on the cable and to webhooks (chatwoot.md 8.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from dragoman.core.accounts.models import User
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import present, present_people, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.shown import Shown


def conversation(shown: Shown, addresses: Addresses, *, now: datetime) -> dict[str, Any]:
    """The event form: nearly the one of a list, with other times and without what is nobody's business live."""
    one, public = shown.conversation, shown.latest.public
    return {
        "account_id": addresses.account_id,
        "additional_attributes": present.additional_attributes(one),
        "can_reply": present.can_reply(one, shown.inbox, now),
        "channel": words.channel_type(one.channel),
        "contact_inbox": contact_inbox(shown),
        "id": one.number,
        "inbox_id": one.inbox_id or present.NO_INBOX,
        "messages": [message(public, shown, addresses)] if public else [],
        "labels": list(one.tags),
        "meta": _meta(shown, addresses.account_id),
        "status": words.status(one.state),
        "custom_attributes": one.custom_attrs,
        "snoozed_until": words.iso(one.snoozed_until) if present.snoozed_until(one) else None,
        "unread_count": min(one.unread_count, present.MOST_UNREAD),
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


def contact_inbox(shown: Shown) -> dict[str, Any] | None:
    """The link's record, without the contact's token: upstream leaks that."""
    link = shown.link
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


def _meta(shown: Shown, account_id: int) -> dict[str, Any]:
    who = shown.assignee
    return {
        "sender": msgspec.to_builtins(present_people.contact_as_sender(shown.contact)),
        "assignee": None if who is None else msgspec.to_builtins(present.assignee(who, account_id)),
        "assignee_type": None if who is None else "User" if isinstance(who, User) else "AgentBot",
        "team": None if shown.team is None else {"id": shown.team.id, "name": shown.team.name},
        "hmac_verified": shown.link is not None and shown.link.is_verified,
    }


def message(line: Line, shown: Shown, addresses: Addresses, *, echo_id: str | None = None) -> dict[str, Any]:
    """The event form of 2.7: `updated_at` is ISO here."""
    form: dict[str, Any] = msgspec.to_builtins(present.line(line, shown, addresses, echo_id=echo_id))
    return {**form, "updated_at": words.iso(line.created_at)}
