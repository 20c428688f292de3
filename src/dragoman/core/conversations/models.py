"""A conversation as the core knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record


class Status(StrEnum):
    """`pending`: automation or the customer has the next move."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


class State(StrEnum):
    """Whose turn it is, as an inbox sorts its conversations: one of these, always."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    OVER = "over"  # resolved or closed


class Priority(StrEnum):
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Channel(StrEnum):
    EMAIL = "email"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    VOICE = "voice"
    WIDGET = "widget"
    SMS = "sms"
    API = "api"
    AGENT_CREATED = "agent_created"
    PORTAL_FORM = "portal_form"


class LinkType(StrEnum):
    RELATED = "related"
    PARENT = "parent"
    CHILD = "child"
    DUPLICATE = "duplicate"


ARCHIVED, SPAM, DELETED = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Conversation(Record):
    table: ClassVar[Table] = schema.conversations

    id: int
    number: int
    uuid: str
    inbox_id: int | None
    subject: str
    status: str
    priority: str
    channel: str
    contact_id: int
    company_id: int | None
    assignee_user_id: int | None
    assignee_team_id: int | None
    assignee_bot_id: int | None
    contact_link_id: int | None
    assigned_at: datetime | None
    assignment_reason: str | None
    category: str | None
    sub_category: str | None
    conversation_type: str | None
    source: str | None
    source_thread_id: str | None
    department_id: str | None
    impact: str | None
    urgency: str | None
    detected_language: str | None
    initial_sentiment_label: str | None
    current_sentiment_label: str | None
    current_sentiment_score: float | None
    sentiment_trend: str | None
    sla_state: str | None
    sla_first_response_due: datetime | None
    sla_resolution_due: datetime | None
    sla_last_escalation_at: datetime | None
    planned_start: datetime | None
    planned_end: datetime | None
    planned_effort_minutes: int | None
    tags: tuple[str, ...] | list[str]
    custom_attrs: Mapping[str, Any]
    origin_attrs: Mapping[str, Any]
    ai: Mapping[str, Any]
    auto_resolved_by_ai: bool
    parent_id: int | None
    merged_into_id: int | None
    merged_at: datetime | None
    merged_by: int | None
    archived_at: datetime | None
    deleted_at: datetime | None
    is_spam: bool
    snoozed_until: datetime | None
    snoozed_by: int | None
    message_count: int
    last_message_snippet: str | None
    last_inbound_at: datetime | None
    last_activity_at: datetime
    first_response_at: datetime | None
    first_human_response_at: datetime | None
    waiting_since: datetime | None
    staff_seen_at: datetime | None
    assignee_seen_at: datetime | None
    contact_seen_at: datetime | None
    unread_count: int
    resolved_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    visibility: int
    state: str
    is_unattended: bool
    renderings: int


@dataclass(frozen=True, slots=True)
class Names:
    """What is shown on a conversation and lives elsewhere."""

    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    contact_role: str | None
    company_name: str | None
    assignee_user_name: str | None
    assignee_team_name: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A conversation with the names that a list or a detail shows beside it."""

    conversation: Conversation
    names: Names


@dataclass(frozen=True, slots=True)
class Link:
    """A link as seen from one of its ends; `id` is None for one that `parent_id` implies."""

    id: int | None
    child_id: int | None
    linked: Conversation
    link_type: LinkType
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Resolution(Record):
    table: ClassVar[Table] = schema.resolutions

    id: int
    conversation_id: int
    root_cause: str | None
    actions_taken: str | None
    resolution: str | None
    ai_generated: bool
    created_by: int | None
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
