"""Contacts, agents, teams, inboxes as they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class AgentForm(Struct, frozen=True):
    """6.4; a colleague's tokens are never in it (2.8, C5)."""

    id: int
    account_id: int
    availability_status: str
    auto_offline: bool
    confirmed: bool
    email: str
    provider: str
    available_name: str
    name: str
    display_name: str | None
    role: str
    thumbnail: str
    avatar_url: str
    uid: str
    type: str
    message_signature: str | None
    ui_settings: Mapping[str, Any]
    custom_attributes: Mapping[str, Any] | UnsetType = UNSET


class ContactForm(Struct, frozen=True):
    """`meta.sender` of 2.6."""

    additional_attributes: Mapping[str, Any]
    availability_status: str
    email: str | None
    id: int
    name: str
    phone_number: str | None
    blocked: bool
    identifier: str | None
    thumbnail: str
    custom_attributes: Mapping[str, Any]
    created_at: int
    last_activity_at: int | UnsetType = UNSET
    contact_inboxes: Sequence[ContactInboxForm] | UnsetType = UNSET


class SlimInboxForm(Struct, frozen=True):
    id: int
    avatar_url: str
    channel_id: int
    name: str
    channel_type: str
    provider: str | None


class ContactInboxForm(Struct, frozen=True):
    source_id: str
    inbox: SlimInboxForm


class TeamForm(Struct, frozen=True):
    """6.5."""

    id: int
    name: str
    description: str | None
    allow_auto_assign: bool
    account_id: int
    is_member: bool


class BotForm(Struct, frozen=True):
    id: int
    name: str
    description: str | None
    thumbnail: str
    outgoing_url: str | None
    bot_type: str = "webhook"
