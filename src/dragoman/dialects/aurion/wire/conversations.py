"""A conversation on the wire: the 76 fields of aurion.md 3.1.1, the guide's aliases and display_id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct


class TabCountsOut(Struct, frozen=True):
    activities: int
    has_resolution: bool
    messages: int
    related: int


class AttachmentOut(Struct, frozen=True):
    id: str
    conversation_id: str
    message_id: str | None
    filename: str
    content_type: str
    size_bytes: int
    content_id: str | None
    disposition: str
    scan_status: str
    storage_backend: str
    source: str | None
    thumbnail_url: str | None
    uploader_id: str | None
    uploader_name: str | None
    created_at: str


class MessageOut(Struct, frozen=True):
    attachments: Sequence[AttachmentOut]
    body: str
    body_html: str | None
    content_type: str
    conversation_version: int
    created_at: str
    id: str
    is_internal: bool
    metadata: Mapping[str, Any]
    original_body: str | None
    sender_id: str | None
    sender_type: str
    sentiment_label: str | None
    sentiment_score: float | None
    source: str | None
    source_message_id: str | None
    translated_body: str | None
    translation_target_language: str | None


class ConversationOut(Struct, frozen=True):
    """One conversation in a list."""

    id: str
    display_id: str
    subject: str
    status: str
    priority: str
    channel: str
    contact_id: str
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    contact_role: str | None
    company_id: str | None
    company_name: str | None
    assignee_user_id: str | None
    assignee_user_name: str | None
    assignee_team_id: str | None
    assignee_team_name: str | None
    assigned_agent_id: str | None
    assigned_team_id: str | None
    assigned_at: str | None
    assignment_reason: str | None
    tags: Sequence[str]
    category: str | None
    sub_category: str | None
    conversation_type: str | None
    source: str | None
    source_thread_id: str | None
    department_id: str | None
    email_channel_id: str | None
    impact: str | None
    urgency: str | None
    detected_language: str | None
    initial_sentiment_label: str | None
    current_sentiment_label: str | None
    current_sentiment_score: float | None
    sentiment_trend: str | None
    sla_state: str | None
    sla_first_response_due: str | None
    sla_resolution_due: str | None
    sla_last_escalation_at: str | None
    planned_start: str | None
    planned_end: str | None
    planned_effort_minutes: int | None
    total_time_spent_minutes: int
    custom_attrs: Mapping[str, Any]
    parent_id: str | None
    merged_into_id: str | None
    merged_at: str | None
    merged_by: str | None
    archived_at: str | None
    deleted_at: str | None
    is_spam: bool
    snoozed_until: str | None
    snoozed_by: str | None
    last_message_snippet: str | None
    auto_resolved_by_ai: bool
    ai_analysis_generated_at: str | None
    ai_analysis_message_count: int
    ai_analysis_stale: bool
    ai_category: str | None
    ai_classification_source: str | None
    ai_classified_at: str | None
    ai_confidence: float | None
    ai_conversation_type: str | None
    ai_copilot_context: Mapping[str, Any]
    ai_language: str | None
    ai_priority: str | None
    ai_sentiment: str | None
    ai_suggested_reply: Mapping[str, Any] | None
    ai_suggestion: Mapping[str, Any] | None
    ai_suggestion_field_states: Mapping[str, Any] | None
    ai_topic_tags: Sequence[str]
    ai_triage_hint: str | None
    ai_triage_hint_type: str | None
    created_at: str
    updated_at: str
    last_activity_at: str
    version: int
    tab_counts: TabCountsOut | None
    # The last field, so that a rendering can be kept without it and finished for each reader.
    is_read: bool


class ConversationDetailOut(ConversationOut, frozen=True, kw_only=True):
    """One conversation by itself, with all that was said in it."""

    messages: Sequence[MessageOut]


class ChildOut(Struct, frozen=True):
    id: str
    subject: str
    status: str
    priority: str
    channel: str
    contact_name: str | None
    created_at: str
    updated_at: str


class LinkOut(Struct, frozen=True):
    id: str
    linked_conversation_id: str
    link_type: str
    subject: str
    status: str
    priority: str
    created_at: str


class ResolutionOut(Struct, frozen=True):
    id: str
    conversation_id: str
    root_cause: str | None
    actions_taken: str | None
    resolution: str | None
    ai_generated: bool
    created_at: str
    created_by: str | None
    updated_at: str
    updated_by: str | None


class SharedConversationOut(Struct, frozen=True):
    id: str
    subject: str
    channel: str
    status: str
    messages: Sequence[MessageOut]
    resolution: ResolutionOut | None
    attachments: Sequence[AttachmentOut]
    expires_at: str
    permission: str


class ShareOut(Struct, frozen=True):
    id: str
    permission: str
    expires_at: str
    created_at: str


class NewShareOut(Struct, frozen=True):
    id: str
    token: str
    url: str
    permission: str
    expires_at: str
    created_at: str


class SharedCommentOut(Struct, frozen=True):
    id: str
    body: str
    author_name: str
    created_at: str


class AssignmentOut(Struct, frozen=True):
    assignee_user_id: str | None
    assignee_team_id: str | None
    routing_reason: str | None


class DoneOut(Struct, frozen=True):
    """The word names the action; it is not the conversation's status (aurion.md C19)."""

    status: str


class DeletedOut(Struct, frozen=True):
    id: str
    status: str = "deleted"


class MergedOut(Struct, frozen=True):
    primary_id: str
    merged_ids: Sequence[str]
    merged_count: int


class ActivityOut(Struct, frozen=True):
    id: str
    created_at: str
    type: str
    actor_type: str
    actor_id: str | None
    actor_name: str | None
    description: str
    old_value: Any
    new_value: Any


class EventOut(ActivityOut, frozen=True):
    """`data` of an event of the stream: an activity, of which conversation it is, and what else it is about."""

    conversation_id: str | None
    details: dict[str, Any]


class PageOut(Struct, frozen=True):
    """Both envelopes at once: `items` for the reference's clients, `data` for the guide's (aurion.md C5)."""

    items: Sequence[Any]
    data: Sequence[Any]
    total: int
    limit: int
    offset: int


class ConversationPageOut(Struct, frozen=True):
    items: Sequence[ConversationOut]
    data: Sequence[ConversationOut]
    total: int
    limit: int
    offset: int


class NamedOut(Struct, frozen=True):
    id: str
    name: str


class FilterOptionsOut(Struct, frozen=True):
    statuses: Sequence[str]
    priorities: Sequence[str]
    channels: Sequence[str]
    teams: Sequence[NamedOut]
    agents: Sequence[NamedOut]
    tags: Sequence[str]


class TagsOut(Struct, frozen=True):
    items: Sequence[str]


class BulkItemOut(Struct, frozen=True):
    index: int
    entity_id: str
    operation: str
    status: str
    error: str | None
    client_ref: str | None
    data: Mapping[str, Any]


class BulkSummaryOut(Struct, frozen=True):
    total: int
    succeeded: int
    failed: int
    created: int
    updated: int


class BulkOut(Struct, frozen=True):
    items: Sequence[BulkItemOut]
    summary: BulkSummaryOut
