"""From an account's own things to Aurion's words. Pure."""

from __future__ import annotations

from typing import Any

from dragoman.core.accounts.models import Credential, User, Webhook
from dragoman.core.channels.inboxes import Inbox
from dragoman.dialects.aurion.ids import Prefix, show, show_if
from dragoman.dialects.aurion.present import instant
from dragoman.dialects.aurion.wire import account as wire


def webhook(one: Webhook) -> wire.WebhookOut:
    return wire.WebhookOut(**_webhook_fields(one))


def new_webhook(one: Webhook) -> wire.NewWebhookOut:
    return wire.NewWebhookOut(**_webhook_fields(one), secret=one.secret)


def _webhook_fields(one: Webhook) -> dict[str, Any]:
    return {
        "id": show(Prefix.WEBHOOK, one.id),
        "url": one.url,
        "events": one.events,
        "active": one.is_active,
        "is_active": one.is_active,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
    }


def key(one: Credential) -> wire.KeyOut:
    return wire.KeyOut(**_key_fields(one))


def new_key(one: Credential, secret: str) -> wire.NewKeyOut:
    return wire.NewKeyOut(**_key_fields(one), key=secret)


def _key_fields(one: Credential) -> dict[str, Any]:
    return {
        "id": show(Prefix.KEY, one.id),
        "name": one.name,
        "hint": one.hint,
        "scopes": one.scopes,
        "user_id": show_if(Prefix.USER, one.user_id),
        "created_at": instant(one.created_at),
    }


def signed_in(one: User) -> wire.SignedInOut:
    return wire.SignedInOut(show(Prefix.USER, one.id), one.email, one.name, one.role)


def email_channel(one: Inbox, *, is_primary: bool) -> wire.EmailChannelOut:
    return wire.EmailChannelOut(
        id=show(Prefix.INBOX, one.id),
        name=one.name,
        email=one.address,
        provider=one.provider,
        status="active" if one.is_active else "inactive",
        is_primary=is_primary,
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
    )
