"""What a search shows: fewer fields than a list (chatwoot.md 3.3, 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.core.accounts.models import User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts.models import Contact
from dragoman.core.messages.models import Message
from dragoman.dialects.chatwoot import present, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.shown import Shown


def matched(shown: Shown, messages: Sequence[Message], account_id: int) -> dict[str, Any]:
    """A row of `conversations/search`: with the messages that matched alone."""
    one = shown.conversation
    return {
        "id": one.number,
        "uuid": one.uuid,
        "created_at": words.seconds(one.created_at),
        "account_id": account_id,
        "contact": {"id": shown.contact.id, "name": shown.contact.name},
        "inbox": _inbox(shown.inbox, one.channel),
        "messages": [_matching(message) for message in messages],
    }


def _inbox(inbox: Inbox | None, channel: str) -> dict[str, Any]:
    """What was opened by hand came through none."""
    return {
        "id": present.NO_INBOX if inbox is None else inbox.id,
        "name": "" if inbox is None else inbox.name,
        "channel_type": words.channel_type(channel),
    }


def _matching(one: Message) -> dict[str, Any]:
    return {
        "id": one.id,
        "content": one.body,
        "sender_name": one.sender_name,
        "message_type": words.message_type(one.sender_kind, one.source),
        "created_at": words.seconds(one.created_at),
    }


def conversation(shown: Shown, addresses: Addresses) -> Mapping[str, Any]:
    """A row of `search/conversations`."""
    one, latest, who = shown.conversation, shown.latest.line, shown.assignee
    return {
        "id": one.number,
        "account_id": addresses.account_id,
        "created_at": words.seconds(one.created_at),
        "message": None if latest is None else present.line(latest, shown, addresses),
        "contact": contact(shown.contact),
        "inbox": _inbox(shown.inbox, one.channel),
        "agent": _agent(who) if isinstance(who, User) else None,
        "additional_attributes": present.additional_attributes(one),
    }


def _agent(one: User) -> dict[str, Any]:
    available_name = one.profile.get("display_name") or one.name
    return {"id": one.id, "name": one.name, "available_name": available_name, "email": one.email, "role": one.role}


def contact(one: Contact) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "phone_number": one.phone,
        "identifier": one.external_id,
        "additional_attributes": one.about_attrs,
        "last_activity_at": None if one.last_seen_at is None else words.seconds(one.last_seen_at),
    }
