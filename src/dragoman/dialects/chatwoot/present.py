"""Conversations and messages in this dialect's words (chatwoot.md 2.6, 2.7, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import Team, User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations.models import Channel, Conversation
from dragoman.core.messages.models import Attachment, Message, Sender
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import present_people, words
from dragoman.dialects.chatwoot.activities import told
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.shown import People, Shown
from dragoman.dialects.chatwoot.wire.conversations import (
    AttachmentForm,
    ConversationForm,
    MessageForm,
    MetaForm,
    OfConversationForm,
    SenderForm,
)
from dragoman.store.events import Event

MOST_UNREAD = 10
A_DAY = timedelta(hours=24)
NO_INBOX = 0  # for what was opened by hand
SENDER_TYPES: Mapping[str, str] = {Sender.CONTACT: "Contact", Sender.AGENT: "User", Sender.AI: "AgentBot"}


def conversation(shown: Shown, addresses: Addresses, *, now: datetime) -> ConversationForm:
    one, latest = shown.conversation, shown.latest
    return ConversationForm(
        id=one.number,
        messages=[line(latest.line, shown, addresses)] if latest.line else [],
        account_id=addresses.account_id,
        uuid=one.uuid,
        additional_attributes=additional_attributes(one),
        agent_last_seen_at=words.seconds(one.staff_seen_at),
        assignee_last_seen_at=words.seconds(one.assignee_seen_at),
        can_reply=can_reply(one, shown.inbox, now),
        contact_last_seen_at=words.seconds(one.contact_seen_at),
        custom_attributes=one.custom_attrs,
        inbox_id=one.inbox_id or NO_INBOX,
        labels=list(one.tags),
        muted=shown.contact.is_blocked,
        snoozed_until=snoozed_until(one),
        status=words.status(one.state),
        created_at=words.seconds(one.created_at),
        updated_at=one.updated_at.timestamp(),
        timestamp=words.seconds(one.last_activity_at),
        first_reply_created_at=words.seconds(one.first_human_response_at),
        unread_count=min(one.unread_count, MOST_UNREAD),
        last_non_activity_message=line(latest.said, shown, addresses) if latest.said else None,
        last_activity_at=words.seconds(one.last_activity_at),
        priority=words.priority(one.priority),
        waiting_since=words.seconds(one.waiting_since),
        sla_policy_id=None,
        applied_sla={},
        sla_events=[],
        meta=meta(
            shown.contact,
            shown.assignee,
            shown.team,
            channel_type=words.channel_type(one.channel),
            is_verified=shown.link is not None and shown.link.is_verified,
            is_in_team=shown.is_in_team,
            account_id=addresses.account_id,
        ),
    )


def meta(
    contact: Contact,
    who: User | Bot | None,
    team: Team | None,
    *,
    channel_type: str,
    is_verified: bool,
    is_in_team: bool,
    account_id: int,
) -> MetaForm:
    is_user = isinstance(who, User)
    return MetaForm(
        sender=present_people.contact(contact),
        channel=channel_type,
        hmac_verified=is_verified,
        assignee=UNSET if who is None else assignee(who, account_id),
        assignee_type=UNSET if who is None else "User" if is_user else "AgentBot",
        team=UNSET if team is None else present_people.team(team, account_id, is_member=is_in_team),
    )


def assignee(who: Any, account_id: int) -> Any:
    return present_people.agent(who, account_id) if isinstance(who, User) else present_people.bot(who)


def additional_attributes(one: Conversation) -> dict[str, Any]:
    """What the channel told; the subject counts as a mail's (chatwoot.md 10)."""
    subject = {"mail_subject": one.subject} if one.channel == Channel.EMAIL else {}
    return {**subject, **one.origin_attrs}


def snoozed_until(one: Conversation) -> int | None:
    until = one.snoozed_until
    return None if until is None or until >= words.FOREVER or one.state != "snoozed" else words.seconds(until)


def can_reply(one: Conversation, inbox: Inbox | None, now: datetime) -> bool:
    """Whether the channel still takes an answer (chatwoot.md 2.6, messaging windows)."""
    return is_within(reply_window(one.channel, inbox), one.last_inbound_at, now)


def is_within(window: timedelta | None, last_inbound_at: datetime | None, now: datetime) -> bool:
    return window is None or (last_inbound_at is not None and now - last_inbound_at < window)


def reply_window(channel: str, inbox: Inbox | None) -> timedelta | None:
    if channel == Channel.WHATSAPP:
        return A_DAY
    if channel != Channel.API or inbox is None:
        return None
    hours = inbox.settings.get("additional_attributes", {}).get("agent_reply_time_window")
    return timedelta(hours=hours) if isinstance(hours, int | float) and hours > 0 else None


def line(one: Line, shown: Shown, addresses: Addresses, *, echo_id: str | None = None) -> MessageForm:
    """A message, or what became of the conversation, with the conversation beside it (2.7)."""
    return message_of(
        one, shown.conversation, shown.people, shown.files, addresses, beside=_beside(shown), echo_id=echo_id
    )


def _beside(shown: Shown) -> OfConversationForm:
    one = shown.conversation
    return OfConversationForm(
        assignee_id=one.assignee_user_id,
        unread_count=min(one.unread_count, MOST_UNREAD),
        last_activity_at=words.seconds(one.last_activity_at),
        contact_inbox={"source_id": shown.link.source_id if shown.link else ""},
    )


def message_of(
    one: Line,
    of: Conversation,
    people: People,
    files: Mapping[int | None, Sequence[Attachment]],
    addresses: Addresses,
    *,
    beside: OfConversationForm | None = None,
    echo_id: str | None = None,
) -> MessageForm:
    more = {"conversation": beside or UNSET, "echo_id": echo_id or UNSET}
    common: dict[str, Any] = {
        "id": one.id,
        "account_id": addresses.account_id,
        "inbox_id": of.inbox_id or NO_INBOX,
        "conversation_id": of.number,
        "created_at": words.seconds(one.created_at),
        "updated_at": words.seconds(one.created_at),
        "external_source_ids": {},
        "sentiment": {},
        **more,
    }
    return _said(one, common, people, files, addresses) if isinstance(one, Message) else _done(one, common)


def _done(one: Event, common: Mapping[str, Any]) -> MessageForm:
    return MessageForm(
        **common,
        content=told(one),
        message_type=words.ACTIVITY,
        private=False,
        status="sent",
        source_id=None,
        content_type="text",
        content_attributes={},
        sender_type=None,
        sender_id=None,
        additional_attributes={},
        processed_message_content=None,
    )


def _said(
    one: Message,
    common: Mapping[str, Any],
    people: People,
    files: Mapping[int | None, Sequence[Attachment]],
    addresses: Addresses,
) -> MessageForm:
    shown = [attachment(each, addresses) for each in files.get(one.id, ())]
    return MessageForm(
        **common,
        content=one.body or None,
        message_type=words.message_type(one.sender_kind, one.source),
        private=one.is_internal,
        status=one.delivery,
        source_id=one.source_message_id,
        content_type=one.kind,
        content_attributes=content_attributes(one),
        sender_type=SENDER_TYPES.get(one.sender_kind),
        sender_id=one.sender_id if one.sender_kind in SENDER_TYPES else None,
        additional_attributes=one.metadata,
        processed_message_content=one.body or None,
        attachments=shown or UNSET,
        sender=sender(one, people) or UNSET,
    )


def content_attributes(one: Message) -> dict[str, Any]:
    """The parts of a form, and the HTML of a mail (chatwoot.md 10)."""
    html = {"email": {"html_content": {"full": one.body_html}}} if one.body_html else {}
    error = {"external_error": one.delivery_error} if one.delivery_error else {}
    return {**html, **error, **one.form}


def sender(one: Message, people: People) -> SenderForm | None:
    found: Any = None
    if one.sender_id is None:
        return None
    if one.sender_kind == Sender.CONTACT and (found := people.contacts.get(one.sender_id)):
        return present_people.contact_as_sender(found)
    if one.sender_kind == Sender.AGENT and (found := people.users.get(one.sender_id)):
        return present_people.user_as_sender(found)
    if one.sender_kind == Sender.AI and (found := people.bots.get(one.sender_id)):
        return present_people.bot_as_sender(found)
    return None


def attachment(one: Attachment, addresses: Addresses) -> AttachmentForm:
    kind = file_type(one.content_type)
    _, dot, extension = one.filename.rpartition(".")
    address = addresses.of(one)
    return AttachmentForm(
        id=one.id,
        message_id=one.message_id,
        account_id=addresses.account_id,
        file_type=kind,
        extension=extension if dot else None,
        content_type=one.content_type,
        data_url=address,
        thumb_url=address if kind == "image" else "",
        file_size=one.size_bytes,
        width=None,
        height=None,
        transcribed_text="" if kind == "audio" else UNSET,
    )


def file_type(content_type: str) -> str:
    family = content_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file"
