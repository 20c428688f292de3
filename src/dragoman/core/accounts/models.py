"""People, teams and keys of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record


class RoutingMethod(StrEnum):
    """`balanced` is another word for `least_active` (aurion.md 5.2)."""

    ROUND_ROBIN = "round_robin"
    LEAST_ACTIVE = "least_active"
    BALANCED = "balanced"
    MANUAL = "manual"


class Availability(StrEnum):
    ONLINE = "online"
    BUSY = "busy"
    OFFLINE = "offline"


class TeamRole(StrEnum):
    LEAD = "lead"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class User(Record):
    table: ClassVar[Table] = schema.users

    id: int
    email: str
    name: str
    role: str
    is_active: bool
    is_available: bool
    availability: str
    profile: Mapping[str, Any]
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Team(Record):
    table: ClassVar[Table] = schema.teams

    id: int
    name: str
    description: str | None
    routing_method: str
    department: str | None
    location: str | None
    email: str | None
    escalate_to_user_id: int | None
    unassigned_timeout_minutes: int | None
    last_routed_user_id: int | None
    assigns_members: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A user's place in a team."""

    user: User
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Credential(Record):
    """A key or a user's token; the secret itself is not kept, `hint` is its beginning."""

    table: ClassVar[Table] = schema.credentials

    id: int
    user_id: int | None
    bot_id: int | None
    kind: str
    name: str
    hint: str
    scopes: Sequence[str]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Webhook(Record):
    table: ClassVar[Table] = schema.webhooks

    id: int
    url: str
    name: str | None
    dialect: str
    events: Sequence[str]
    secret: str
    inbox_id: int | None
    is_active: bool
    failing_since: datetime | None
    created_at: datetime
    updated_at: datetime
