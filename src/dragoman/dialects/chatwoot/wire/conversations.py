"""Conversations and messages as they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from dragoman.dialects.chatwoot.wire.people import ContactForm, TeamForm


class SenderForm(Struct, frozen=True, omit_defaults=True):
    """2.7: a contact, a user or a bot, told apart by `type`."""

    id: int
    name: str
    type: str
    email: str | UnsetType | None = UNSET
    phone_number: str | UnsetType | None = UNSET
    identifier: str | UnsetType | None = UNSET
    thumbnail: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET
    available_name: str | UnsetType = UNSET
    availability_status: str | UnsetType = UNSET
    additional_attributes: Mapping[str, Any] | UnsetType = UNSET
    custom_attributes: Mapping[str, Any] | UnsetType = UNSET


class AttachmentForm(Struct, frozen=True):
    id: int
    message_id: int | None
    account_id: int
    file_type: str
    extension: str | None
    content_type: str
    data_url: str
    thumb_url: str
    file_size: int
    width: int | None
    height: int | None
    transcribed_text: str | UnsetType = UNSET


class OfConversationForm(Struct, frozen=True):
    assignee_id: int | None
    unread_count: int
    last_activity_at: int
    contact_inbox: Mapping[str, Any]


class MessageForm(Struct, frozen=True):
    """2.7 and 5.1 in one: what only one of them has does no harm in the other."""

    id: int
    content: str | None
    account_id: int
    inbox_id: int
    conversation_id: int
    message_type: int
    created_at: int
    updated_at: int
    private: bool
    status: str
    source_id: str | None
    content_type: str
    content_attributes: Mapping[str, Any]
    sender_type: str | None
    sender_id: int | None
    external_source_ids: Mapping[str, Any]
    additional_attributes: Mapping[str, Any]
    sentiment: Mapping[str, Any]
    processed_message_content: str | None
    attachments: Sequence[AttachmentForm] | UnsetType = UNSET
    sender: SenderForm | UnsetType = UNSET
    echo_id: str | UnsetType = UNSET
    conversation: OfConversationForm | UnsetType = UNSET


class MetaForm(Struct, frozen=True):
    sender: ContactForm
    channel: str
    hmac_verified: bool
    assignee: Any = UNSET  # AgentForm, or BotForm
    assignee_type: str | UnsetType = UNSET
    team: TeamForm | UnsetType = UNSET


class ConversationForm(Struct, frozen=True):
    """2.6."""

    id: int
    messages: Sequence[MessageForm]
    account_id: int
    uuid: str
    additional_attributes: Mapping[str, Any]
    agent_last_seen_at: int
    assignee_last_seen_at: int
    can_reply: bool
    contact_last_seen_at: int
    custom_attributes: Mapping[str, Any]
    inbox_id: int
    labels: Sequence[str]
    muted: bool
    snoozed_until: int | None
    status: str
    created_at: int
    updated_at: float
    timestamp: int
    first_reply_created_at: int
    unread_count: int
    last_non_activity_message: MessageForm | None
    last_activity_at: int
    priority: str | None
    waiting_since: int
    sla_policy_id: int | None
    applied_sla: Mapping[str, Any]
    sla_events: Sequence[Any]
    meta: MetaForm


class CountsForm(Struct, frozen=True):
    mine_count: int
    assigned_count: int
    unassigned_count: int
    all_count: int


class PageForm(Struct, frozen=True):
    """The `data` of a list (2.5), and the whole answer of a filter (2.8, C9)."""

    meta: CountsForm
    payload: Sequence[ConversationForm]


class ListForm(Struct, frozen=True):
    data: PageForm
