"""Inboxes as they are shown (chatwoot.md 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class InboxForm(Struct, frozen=True):
    """What is UNSET is of another channel, or for administrators alone."""

    id: int
    avatar_url: str
    channel_id: int
    name: str
    channel_type: str
    greeting_enabled: bool
    greeting_message: str | None
    working_hours_enabled: bool
    working_hours: Sequence[Mapping[str, Any]]
    timezone: str
    out_of_office_message: str | None
    enable_email_collect: bool
    csat_survey_enabled: bool
    csat_config: Mapping[str, Any]
    enable_auto_assignment: bool
    auto_assignment_config: Mapping[str, Any]
    allow_messages_after_resolved: bool
    lock_to_single_conversation: bool
    sender_name_type: str
    business_name: str | None
    callback_webhook_url: str | None
    provider: str | None
    phone_number: str | None
    hmac_mandatory: bool | UnsetType = UNSET
    # a widget's
    website_url: str | UnsetType | None = UNSET
    website_token: str | UnsetType | None = UNSET
    widget_color: str | UnsetType = UNSET
    welcome_title: str | UnsetType | None = UNSET
    welcome_tagline: str | UnsetType | None = UNSET
    web_widget_script: str | UnsetType = UNSET
    reply_time: str | UnsetType = UNSET
    pre_chat_form_enabled: bool | UnsetType = UNSET
    pre_chat_form_options: Mapping[str, Any] | UnsetType = UNSET
    selected_feature_flags: Sequence[str] | UnsetType = UNSET
    # an API channel's
    webhook_url: str | UnsetType | None = UNSET
    inbox_identifier: str | UnsetType | None = UNSET
    additional_attributes: Mapping[str, Any] | UnsetType = UNSET
    hmac_token: str | UnsetType | None = UNSET
    secret: str | UnsetType | None = UNSET
    # mail's
    email: str | UnsetType | None = UNSET
    forward_to_email: str | UnsetType | None = UNSET
    imap_enabled: bool | UnsetType = UNSET
    imap_address: str | UnsetType = UNSET
    imap_port: int | UnsetType = UNSET
    imap_login: str | UnsetType = UNSET
    imap_enable_ssl: bool | UnsetType = UNSET
    smtp_enabled: bool | UnsetType = UNSET
    smtp_address: str | UnsetType = UNSET
    smtp_port: int | UnsetType = UNSET
    smtp_login: str | UnsetType = UNSET
    smtp_domain: str | UnsetType = UNSET
    smtp_enable_starttls_auto: bool | UnsetType = UNSET
    # WhatsApp's
    provider_config: Mapping[str, Any] | UnsetType = UNSET
