"""What can happen, in the past tense. Everything that follows a change reads these from the event log.

An event of a conversation is also its activity: who did it, when, and in `data["changes"]` what became of what.
"""

from __future__ import annotations

from enum import StrEnum


class Happened(StrEnum):
    CONVERSATION_CREATED = "created"
    MESSAGE_ADDED = "message_added"
    NOTE_ADDED = "note_added"
    STATUS_CHANGED = "status_changed"
    PRIORITY_CHANGED = "priority_changed"
    SUBJECT_CHANGED = "subject_changed"
    DETAILS_CHANGED = "details_changed"
    TAGS_CHANGED = "tags_changed"
    CONTACT_CHANGED = "contact_changed"
    ASSIGNED = "assigned"
    REASSIGNED = "reassigned"
    UNASSIGNED = "unassigned"
    PARENT_SET = "parent_set"
    CHILD_CREATED = "child_created"
    LINK_ADDED = "link_added"
    LINK_DELETED = "link_deleted"
    ATTACHMENT_ADDED = "attachment_added"
    ATTACHMENT_DELETED = "attachment_deleted"
    ATTACHMENT_SCANNED = "attachment_scanned"
    RESOLUTION_SET = "resolution_set"
    SPAM_MARKED = "spam_marked"
    SPAM_UNMARKED = "spam_unmarked"
    DELETED = "deleted"
    RESTORED = "restored"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    MERGED = "merged"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    SHARE_CREATED = "share_created"
    SHARE_REVOKED = "share_revoked"
    SHARE_COMMENTED = "share_commented"
    AI_DRAFT_DISMISSED = "ai_draft_dismissed"
    AI_DRAFT_SENT = "ai_draft_sent"

    MESSAGE_CHANGED = "message_changed"
    MESSAGE_REMOVED = "message_removed"
    MESSAGE_SCHEDULED = "message_scheduled"
    SCHEDULE_CANCELLED = "schedule_cancelled"
    SCHEDULE_FAILED = "schedule_failed"
    PARTICIPANTS_CHANGED = "participants_changed"
    MENTIONED = "mentioned"
    SEEN = "seen"
    MUTED = "muted"
    UNMUTED = "unmuted"

    CONTACT_CREATED = "contact_created"
    CONTACT_UPDATED = "contact_updated"
    CONTACT_DELETED = "contact_deleted"
    CONTACT_MERGED = "contact_merged"
    COMPANY_CREATED = "company_created"
    COMPANY_UPDATED = "company_updated"
    COMPANY_DELETED = "company_deleted"
    TEAM_CREATED = "team_created"
    TEAM_UPDATED = "team_updated"
    TEAM_DELETED = "team_deleted"
    USER_CREATED = "user_created"
    USER_UPDATED = "user_updated"
    INBOX_CREATED = "inbox_created"
    INBOX_UPDATED = "inbox_updated"
    INBOX_DELETED = "inbox_deleted"
    KEY_CREATED = "key_created"
    KEY_REVOKED = "key_revoked"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_UPDATED = "webhook_updated"
    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_SWITCHED_OFF = "webhook_switched_off"
    ACCOUNT_UPDATED = "account_updated"
    BOT_CREATED = "bot_created"
    BOT_UPDATED = "bot_updated"
    BOT_DELETED = "bot_deleted"
    LABEL_CREATED = "label_created"
    LABEL_UPDATED = "label_updated"
    LABEL_DELETED = "label_deleted"
    TOOLBOX_CHANGED = "toolbox_changed"


# What is told in the thread between the messages, to whoever is shown such.
TOLD_IN_THREAD = frozenset(
    {
        Happened.STATUS_CHANGED,
        Happened.PRIORITY_CHANGED,
        Happened.TAGS_CHANGED,
        Happened.ASSIGNED,
        Happened.REASSIGNED,
        Happened.UNASSIGNED,
        Happened.SNOOZED,
        Happened.UNSNOOZED,
        Happened.MUTED,
        Happened.UNMUTED,
    }
)
