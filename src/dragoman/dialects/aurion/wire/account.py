"""An account's own things on the wire: webhooks, API keys, sessions, email channels (aurion.md 1.3, 5.4, 5.5)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType


class WebhookOut(Struct, frozen=True):
    """`active` and `is_active` are the same (aurion.md C35)."""

    id: str
    url: str
    events: Sequence[str]
    active: bool
    is_active: bool
    created_at: str
    updated_at: str


class NewWebhookOut(WebhookOut, frozen=True):
    """A webhook at birth: the only moment its secret is shown."""

    secret: str


class WebhooksOut(Struct, frozen=True):
    webhooks: Sequence[WebhookOut]


class KeyOut(Struct, frozen=True):
    """`hint` is how the key begins."""

    id: str
    name: str
    hint: str
    scopes: Sequence[str]
    user_id: str | None
    created_at: str


class NewKeyOut(KeyOut, frozen=True):
    """A key at birth: the only moment it is shown."""

    key: str


class KeysOut(Struct, frozen=True, kw_only=True):
    items: Sequence[KeyOut] | UnsetType = UNSET
    data: Sequence[KeyOut] | UnsetType = UNSET
    total: int


class SignedInOut(Struct, frozen=True):
    id: str
    email: str
    full_name: str
    role: str


class SessionOut(Struct, frozen=True):
    """`expires_in` is in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    user: SignedInOut
    account_id: int


class KeyNameOut(Struct, frozen=True):
    id: str
    name: str


class MeOut(Struct, frozen=True):
    """Whom a credential stands for: a user, an API key, or a key that acts as a user."""

    account_id: int
    is_staff: bool
    scopes: Sequence[str]
    user: SignedInOut | None
    api_key: KeyNameOut | None


class EmailChannelOut(Struct, frozen=True):
    """`status` is active or inactive; what a provider needs is never shown."""

    id: str
    name: str
    email: str | None
    provider: str
    status: str
    is_primary: bool
    created_at: str
    updated_at: str


class EmailChannelsOut(Struct, frozen=True, kw_only=True):
    """No total: the guide's list has none."""

    items: Sequence[EmailChannelOut] | UnsetType = UNSET
    data: Sequence[EmailChannelOut] | UnsetType = UNSET
