"""Inboxes in this dialect's words; secrets for administrators alone (chatwoot.md 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.conversations.models import Channel
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.wire.inboxes import InboxForm

TRUTHS: Mapping[str, bool] = {
    "greeting_enabled": False,
    "working_hours_enabled": False,
    "enable_email_collect": True,
    "csat_survey_enabled": False,
    "enable_auto_assignment": True,
    "allow_messages_after_resolved": True,
    "lock_to_single_conversation": False,
}
TEXTS = ("greeting_message", "out_of_office_message", "business_name")
OBJECTS = ("csat_config", "auto_assignment_config")
SENDER_NAMES = ("friendly", "professional")
# What is a channel's own: its settings by name, with what they are where nothing is set.
WIDGET: Mapping[str, Any] = {
    "website_url": None,
    "widget_color": "#1f93ff",
    "welcome_title": None,
    "welcome_tagline": None,
    "reply_time": "in_a_few_minutes",
    "pre_chat_form_enabled": False,
    "pre_chat_form_options": {},
    "selected_feature_flags": ["attachments", "emoji_picker"],
    "hmac_mandatory": False,
}
API: Mapping[str, Any] = {"webhook_url": None, "additional_attributes": {}, "hmac_mandatory": False}
MAIL: Mapping[str, Any] = {"forward_to_email": None}
MAIL_OF_ADMINISTRATORS: Mapping[str, Any] = {
    "imap_enabled": False,
    "imap_address": "",
    "imap_port": 0,
    "imap_login": "",
    "imap_enable_ssl": True,
    "smtp_enabled": False,
    "smtp_address": "",
    "smtp_port": 0,
    "smtp_login": "",
    "smtp_domain": "",
    "smtp_enable_starttls_auto": True,
}
PROVIDED: Mapping[str, Any] = {"provider_config": {}}
WIDGETS = (Channel.WIDGET, Channel.CHAT)
APIS = (Channel.API, Channel.AGENT_CREATED, Channel.PORTAL_FORM)
NUMBERED = (Channel.SMS, Channel.WHATSAPP, Channel.VOICE)


def channel_settings(channel: str) -> Mapping[str, Any]:
    """The settings that a channel has, with what they are at first."""
    if channel in WIDGETS:
        return WIDGET
    if channel in APIS:
        return API
    if channel == Channel.EMAIL:
        return {**MAIL, **MAIL_OF_ADMINISTRATORS}
    return PROVIDED


def inbox(one: Inbox, *, base: str, is_administrator: bool) -> InboxForm:
    kept = one.settings
    return InboxForm(
        id=one.id,
        avatar_url="",
        channel_id=one.id,
        name=one.name,
        channel_type=words.channel_type(one.channel),
        **_common(kept),
        working_hours=kept.get("working_hours") or _usual_hours(),
        timezone=kept.get("timezone") or "UTC",
        sender_name_type=kept.get("sender_name_type") or SENDER_NAMES[0],
        callback_webhook_url=None,
        provider=kept.get("provider"),
        phone_number=kept.get("phone_number") if one.channel in NUMBERED else None,
        **_own(one, base, is_administrator=is_administrator),
    )


def _common(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The booleans are never null."""
    truths = {name: bool(kept.get(name, usual)) for name, usual in TRUTHS.items()}
    return {**truths, **{name: kept.get(name) for name in TEXTS}, **{name: kept.get(name) or {} for name in OBJECTS}}


def _own(one: Inbox, base: str, *, is_administrator: bool) -> dict[str, Any]:
    if one.channel in WIDGETS:
        return {**_set(one, WIDGET), **_widget(one, base), **_secrets(one, is_administrator, "hmac_token")}
    if one.channel in APIS:
        found = {**_set(one, API), "inbox_identifier": one.identifier}
        return {**found, **_secrets(one, is_administrator, "hmac_token", "secret")}
    if one.channel == Channel.EMAIL:
        more = _set(one, MAIL_OF_ADMINISTRATORS) if is_administrator else {}
        return {"email": one.address, **_set(one, MAIL), **more}
    return _set(one, PROVIDED) if is_administrator else {}


def _set(one: Inbox, usual: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.settings.get(name, value) for name, value in usual.items()}


def _secrets(one: Inbox, is_administrator: bool, *names: str) -> dict[str, Any]:
    known = {"hmac_token": one.identity_secret, "secret": one.webhook_secret}
    return {name: known[name] for name in names} if is_administrator else {}


def _widget(one: Inbox, base: str) -> dict[str, Any]:
    """The lines that a page is given to show the widget."""
    script = (
        "<script>(function(d,t){var g=d.createElement(t),s=d.getElementsByTagName(t)[0];"
        f'g.src="{escape(base)}/packs/js/sdk.js";g.async=true;s.parentNode.insertBefore(g,s);'
        f"g.onload=function(){{window.chatwootSDK.run({{websiteToken:'{one.identifier}',baseUrl:'{escape(base)}'}})}}"
        '})(document,"script");</script>'
    )
    return {"website_token": one.identifier, "web_widget_script": script}


def _usual_hours() -> list[dict[str, Any]]:
    """Nine to five from Monday on; 0 is Sunday."""
    return [
        {
            "day_of_week": day,
            "closed_all_day": day in (0, 6),
            "open_hour": None if day in (0, 6) else 9,
            "open_minutes": None if day in (0, 6) else 0,
            "close_hour": None if day in (0, 6) else 17,
            "close_minutes": None if day in (0, 6) else 0,
            "open_all_day": False,
        }
        for day in range(7)
    ]
