"""From the core's records to Aurion's words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dragoman.core.conversations.models import Card, Conversation, Link, LinkType, Resolution
from dragoman.core.messages.models import Attachment, Message
from dragoman.core.sharing.models import Share
from dragoman.dialects.aurion.ids import Prefix, show, show_if
from dragoman.dialects.aurion.wire import conversations as wire
from dragoman.dialects.aurion.wire.words import priority

SENDERS = {"contact": Prefix.CONTACT, "agent": Prefix.USER}


def instant(at: datetime) -> str:
    """ISO 8601, UTC, whole seconds (aurion.md 2.2)."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z" if at.year >= 1000 else at.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def instant_if(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def conversation(card: Card, *, is_read: bool, tab_counts: wire.TabCountsOut | None = None) -> wire.ConversationOut:
    return wire.ConversationOut(**_fields(card), is_read=is_read, tab_counts=tab_counts)


def detail(
    card: Card, *, is_read: bool, tab_counts: wire.TabCountsOut, messages: Sequence[wire.MessageOut]
) -> wire.ConversationDetailOut:
    return wire.ConversationDetailOut(**_fields(card), is_read=is_read, tab_counts=tab_counts, messages=messages)


def _fields(card: Card) -> dict[str, Any]:
    one = card.conversation
    return {**_identity(one), **_people(card), **_classification(one), **_times(one), **_fates(one), **_ai(one)}


def _identity(one: Conversation) -> dict[str, Any]:
    return {
        "id": show(Prefix.CONVERSATION, one.id),
        "display_id": str(one.number),
        "subject": one.subject,
        "status": one.status,
        "priority": priority(one.priority),
        "channel": one.channel,
        "tags": one.tags,
        "custom_attrs": one.custom_attrs,
        "version": one.version,
        "last_message_snippet": one.last_message_snippet,
        "total_time_spent_minutes": 0,
    }


def _people(card: Card) -> dict[str, Any]:
    one, names = card.conversation, card.names
    user_id, team_id = show_if(Prefix.USER, one.assignee_user_id), show_if(Prefix.TEAM, one.assignee_team_id)
    return {
        "contact_id": show(Prefix.CONTACT, one.contact_id),
        "contact_name": names.contact_name,
        "contact_email": names.contact_email,
        "contact_phone": names.contact_phone,
        "contact_role": names.contact_role,
        "company_id": show_if(Prefix.COMPANY, one.company_id),
        "company_name": names.company_name,
        "assignee_user_id": user_id,
        "assignee_user_name": names.assignee_user_name,
        "assignee_team_id": team_id,
        "assignee_team_name": names.assignee_team_name,
        "assigned_agent_id": user_id,
        "assigned_team_id": team_id,
        "assignment_reason": one.assignment_reason,
    }


def _classification(one: Conversation) -> dict[str, Any]:
    return {
        "category": one.category,
        "sub_category": one.sub_category,
        "conversation_type": one.conversation_type,
        "source": one.source,
        "source_thread_id": one.source_thread_id,
        "department_id": one.department_id,
        "email_channel_id": show_if(Prefix.INBOX, one.inbox_id),
        "impact": one.impact,
        "urgency": one.urgency,
        "detected_language": one.detected_language,
        "initial_sentiment_label": one.initial_sentiment_label,
        "current_sentiment_label": one.current_sentiment_label,
        "current_sentiment_score": one.current_sentiment_score,
        "sentiment_trend": one.sentiment_trend,
        "sla_state": one.sla_state,
        "planned_effort_minutes": one.planned_effort_minutes,
    }


def _times(one: Conversation) -> dict[str, Any]:
    updated_at = instant(one.updated_at)
    return {
        "assigned_at": instant_if(one.assigned_at),
        "sla_first_response_due": instant_if(one.sla_first_response_due),
        "sla_resolution_due": instant_if(one.sla_resolution_due),
        "sla_last_escalation_at": instant_if(one.sla_last_escalation_at),
        "planned_start": instant_if(one.planned_start),
        "planned_end": instant_if(one.planned_end),
        "created_at": instant(one.created_at),
        "updated_at": updated_at,
        "last_activity_at": updated_at,
    }


def _fates(one: Conversation) -> dict[str, Any]:
    return {
        "parent_id": show_if(Prefix.CONVERSATION, one.parent_id),
        "merged_into_id": show_if(Prefix.CONVERSATION, one.merged_into_id),
        "merged_at": instant_if(one.merged_at),
        "merged_by": show_if(Prefix.USER, one.merged_by),
        "archived_at": instant_if(one.archived_at),
        "deleted_at": instant_if(one.deleted_at),
        "is_spam": one.is_spam,
        "snoozed_until": instant_if(one.snoozed_until),
        "snoozed_by": show_if(Prefix.USER, one.snoozed_by),
    }


def _ai(one: Conversation) -> dict[str, Any]:
    """What the machine thinks; null until it is asked to (aurion.md 6.8)."""
    return {"auto_resolved_by_ai": one.auto_resolved_by_ai, **_NO_AI, **one.ai}


_NO_AI: dict[str, Any] = {
    "ai_analysis_generated_at": None,
    "ai_analysis_message_count": 0,
    "ai_analysis_stale": False,
    "ai_category": None,
    "ai_classification_source": None,
    "ai_classified_at": None,
    "ai_confidence": None,
    "ai_conversation_type": None,
    "ai_copilot_context": {},
    "ai_language": None,
    "ai_priority": None,
    "ai_sentiment": None,
    "ai_suggested_reply": None,
    "ai_suggestion": None,
    "ai_suggestion_field_states": None,
    "ai_topic_tags": [],
    "ai_triage_hint": None,
    "ai_triage_hint_type": None,
}


def message(one: Message, attachments: Iterable[Attachment] = ()) -> wire.MessageOut:
    prefix = SENDERS.get(one.sender_kind)
    return wire.MessageOut(
        attachments=[attachment(each) for each in attachments],
        body=one.body,
        body_html=one.body_html,
        content_type=one.content_type,
        conversation_version=one.conversation_version,
        created_at=instant(one.created_at),
        id=show(Prefix.MESSAGE, one.id),
        is_internal=one.is_internal,
        metadata=one.metadata,
        original_body=one.original_body,
        sender_id=show_if(prefix, one.sender_id) if prefix else None,
        sender_type=one.sender_kind,
        sentiment_label=one.sentiment_label,
        sentiment_score=one.sentiment_score,
        source=one.source,
        source_message_id=one.source_message_id,
        translated_body=one.translated_body,
        translation_target_language=one.translation_target_language,
    )


def attachment(one: Attachment) -> wire.AttachmentOut:
    return wire.AttachmentOut(
        id=show(Prefix.ATTACHMENT, one.id),
        conversation_id=show(Prefix.CONVERSATION, one.conversation_id),
        message_id=show_if(Prefix.MESSAGE, one.message_id),
        filename=one.filename,
        content_type=one.content_type,
        size_bytes=one.size_bytes,
        content_id=one.content_id,
        disposition=one.disposition,
        scan_status=one.scan_status,
        storage_backend=one.storage_backend,
        source=one.source,
        thumbnail_url=None,
        uploader_id=show_if(Prefix.USER, one.uploader_id),
        uploader_name=one.uploader_name,
        created_at=instant(one.created_at),
    )


def child(card: Card) -> wire.ChildOut:
    one = card.conversation
    return wire.ChildOut(
        id=show(Prefix.CONVERSATION, one.id),
        subject=one.subject,
        status=one.status,
        priority=priority(one.priority),
        channel=one.channel,
        contact_name=card.names.contact_name,
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
    )


def link(one: Link) -> wire.LinkOut:
    return wire.LinkOut(
        id=show(Prefix.LINK, one.id) if one.id is not None else show(Prefix.FAMILY_LINK, one.child_id or 0),
        linked_conversation_id=show(Prefix.CONVERSATION, one.linked.id),
        link_type=LinkType(one.link_type).value,
        subject=one.linked.subject,
        status=one.linked.status,
        priority=priority(one.linked.priority),
        created_at=instant(one.created_at),
    )


def resolution(one: Resolution) -> wire.ResolutionOut:
    return wire.ResolutionOut(
        id=show(Prefix.RESOLUTION, one.id),
        conversation_id=show(Prefix.CONVERSATION, one.conversation_id),
        root_cause=one.root_cause,
        actions_taken=one.actions_taken,
        resolution=one.resolution,
        ai_generated=one.ai_generated,
        created_at=instant(one.created_at),
        created_by=show_if(Prefix.USER, one.created_by),
        updated_at=instant(one.updated_at),
        updated_by=show_if(Prefix.USER, one.updated_by),
    )


def share(one: Share) -> wire.ShareOut:
    return wire.ShareOut(
        id=show(Prefix.SHARE, one.id),
        permission=one.permission,
        expires_at=instant(one.expires_at),
        created_at=instant(one.created_at),
    )
