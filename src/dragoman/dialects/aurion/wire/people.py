"""People and what they belong to, on the wire: contacts, companies, teams, users (aurion.md 5.1 to 5.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class ContactOut(Struct, frozen=True):
    """The reference's fields, and the guide's `name`."""

    id: str
    name: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    role: str | None
    company_id: str | None
    company_name: str | None
    conversation_count: int
    custom_attrs: Mapping[str, Any]
    external_id: str | None
    locale: str | None
    timezone: str | None
    tags: Sequence[str]
    unsubscribed_from_emails: bool
    last_seen_at: str | None
    created_at: str
    updated_at: str
    deleted_at: str | None


class ContactPageOut(Struct, frozen=True, kw_only=True):
    """Both names of the array, or the one that was asked for (aurion.md C5)."""

    items: Sequence[ContactOut] | UnsetType = UNSET
    data: Sequence[ContactOut] | UnsetType = UNSET
    total: int
    limit: int
    offset: int


class CompanyOut(Struct, frozen=True):
    id: str
    name: str
    domain: str | None
    tags: Sequence[str]
    custom_attrs: Mapping[str, Any]
    contact_count: int
    created_at: str
    updated_at: str


class CompanyPageOut(Struct, frozen=True, kw_only=True):
    items: Sequence[CompanyOut] | UnsetType = UNSET
    data: Sequence[CompanyOut] | UnsetType = UNSET
    total: int
    limit: int
    offset: int


class TeamOut(Struct, frozen=True):
    id: str
    name: str
    description: str | None
    routing_method: str
    business_hours_id: str | None
    member_count: int
    department: str | None
    location: str | None
    email: str | None
    escalate_to_user_id: str | None
    unassigned_timeout_minutes: int | None
    created_at: str
    updated_at: str


class TeamPageOut(Struct, frozen=True, kw_only=True):
    items: Sequence[TeamOut] | UnsetType = UNSET
    data: Sequence[TeamOut] | UnsetType = UNSET
    total: int
    limit: int
    offset: int


class MemberOut(Struct, frozen=True):
    """A user in a team; `id` and `user_id` are the same."""

    id: str
    user_id: str
    name: str
    email: str
    role: str
    is_active: bool
    is_available: bool
    created_at: str


class MembersOut(Struct, frozen=True, kw_only=True):
    items: Sequence[MemberOut] | UnsetType = UNSET
    data: Sequence[MemberOut] | UnsetType = UNSET
    total: int


class UserOut(Struct, frozen=True):
    id: str
    email: str
    email_normalized: str
    full_name: str
    name: str
    role: str
    is_active: bool
    is_available: bool
    is_azure_bound: bool
    last_login_at: str | None
    created_at: str
    created_by: str | None
    updated_at: str


class NewUserOut(UserOut, frozen=True):
    """A user at birth: the only moment the token is shown."""

    access_token: str


class UserPageOut(Struct, frozen=True):
    """This list alone counts pages (aurion.md C37)."""

    users: Sequence[UserOut]
    page: int
    page_size: int
    total: int
    total_pages: int
