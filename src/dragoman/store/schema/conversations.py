"""Conversations, and what hangs on them."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Text, UniqueConstraint, text

from dragoman.store.schema.base import changed_in, instant, key, numbered, refers, related
from dragoman.store.types import Ascii, Json


def _of_those_with(column: str, *more: str, name: str) -> Index:
    """By a column that most rows leave empty: those are left out, or the planner takes the index for a poor one."""
    given = text(f"{column} IS NOT NULL")
    columns = ("account_id", column, *more)
    return Index(f"ix_conversations_{name}", *columns, postgresql_where=given, sqlite_where=given)


conversations = numbered(
    "conversations",
    Column("number", Integer, nullable=False),
    Column("uuid", Text, nullable=False),
    key("inbox_id"),
    Column("subject", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("channel", Text, nullable=False),
    key("contact_id", required=True),
    key("company_id"),
    # By which of the contact's addresses it came. No foreign key, nor for the bot: SQLite could not add one.
    key("contact_link_id"),
    key("assignee_user_id"),
    key("assignee_team_id"),
    key("assignee_bot_id"),
    instant("assigned_at"),
    Column("assignment_reason", Text),
    Column("category", Text),
    Column("sub_category", Text),
    Column("conversation_type", Text),
    Column("source", Text),
    Column("source_thread_id", Text),
    Column("department_id", Text),
    Column("impact", Text),
    Column("urgency", Text),
    Column("detected_language", Text),
    Column("initial_sentiment_label", Text),
    Column("current_sentiment_label", Text),
    Column("current_sentiment_score", Float),
    Column("sentiment_trend", Text),
    Column("sla_state", Text),
    instant("sla_first_response_due"),
    instant("sla_resolution_due"),
    instant("sla_last_escalation_at"),
    instant("planned_start"),
    instant("planned_end"),
    Column("planned_effort_minutes", Integer),
    Column("tags", Json, nullable=False),
    Column("custom_attrs", Json, nullable=False),
    # What the channel told of its beginning: the browser, the page, the language.
    Column("origin_attrs", Json, nullable=False),
    Column("ai", Json, nullable=False),
    Column("auto_resolved_by_ai", Boolean, nullable=False),
    key("parent_id"),
    key("merged_into_id"),
    instant("merged_at"),
    key("merged_by"),
    instant("archived_at"),
    instant("deleted_at"),
    Column("is_spam", Boolean, nullable=False),
    instant("snoozed_until"),
    key("snoozed_by"),
    Column("message_count", Integer, nullable=False),
    Column("last_message_snippet", Text),
    instant("last_inbound_at"),
    instant("last_activity_at", required=True),
    instant("first_response_at"),
    # By a person: what automation says is a first response, too, but not this one.
    instant("first_human_response_at"),
    instant("waiting_since"),
    instant("staff_seen_at"),
    instant("assignee_seen_at"),
    instant("contact_seen_at"),
    # Messages of the contact behind staff_seen_at.
    Column("unread_count", Integer, nullable=False),
    instant("resolved_at"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    Column("version", Integer, nullable=False),
    # 0 is the active inbox; archived, spam and deleted add 1, 2 and 4.
    Column("visibility", Integer, nullable=False),
    # Whose turn it is: open, pending, snoozed or over (core/conversations/rules.py).
    Column("state", Text, nullable=False),
    # No person has answered yet, or the contact waits again.
    Column("is_unattended", Boolean, nullable=False),
    # Rises when something that is shown on the conversation changes elsewhere (a contact's name, say).
    Column("renderings", Integer, nullable=False),
    changed_in(),
    UniqueConstraint("account_id", "number"),
    UniqueConstraint("account_id", "uuid"),
    refers("contact_id", "contacts"),
    refers("company_id", "companies"),
    refers("inbox_id", "inboxes"),
    refers("assignee_user_id", "users"),
    refers("assignee_team_id", "teams"),
    refers("parent_id", "conversations"),
    refers("merged_into_id", "conversations"),
    # Lists are answered from memory (core/search/index.py), which follows this one.
    Index("ix_conversations_changed", "account_id", "changed_in"),
    Index("ix_conversations_contact", "account_id", "contact_id"),
    _of_those_with("assignee_user_id", "status", "visibility", name="user"),
    _of_those_with("assignee_team_id", name="team"),
    _of_those_with("company_id", name="company"),
    _of_those_with("inbox_id", name="inbox"),
    _of_those_with("parent_id", "created_at", name="parent"),
    _of_those_with("contact_link_id", name="link"),
)

tags = related(
    "tags",
    ("folded",),
    Column("folded", Ascii, nullable=False),
    Column("name", Text, nullable=False),
)

reads = related(
    "reads",
    ("reader_id", "conversation_id"),
    key("reader_id", required=True),
    key("conversation_id", required=True),
    instant("read_at", required=True),
    refers("conversation_id", "conversations"),
)

# Who follows a conversation without having it.
participants = related(
    "participants",
    ("conversation_id", "user_id"),
    key("conversation_id", required=True),
    key("user_id", required=True),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    refers("user_id", "users"),
    Index("ix_participants_user", "account_id", "user_id", "conversation_id"),
)

# Whom a note has named.
mentions = related(
    "mentions",
    ("conversation_id", "user_id"),
    key("conversation_id", required=True),
    key("user_id", required=True),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    refers("user_id", "users"),
    Index("ix_mentions_user", "account_id", "user_id", "conversation_id"),
)

# What is being written in a conversation and is not said yet.
unsent = related(
    "unsent",
    ("conversation_id",),
    key("conversation_id", required=True),
    Column("body", Text, nullable=False),
    instant("updated_at", required=True),
    refers("conversation_id", "conversations"),
)

scheduled_messages = numbered(
    "scheduled_messages",
    key("conversation_id", required=True),
    key("user_id"),
    Column("body", Text, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text),
    key("message_id"),
    instant("due_at", required=True),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("conversation_id", "conversations"),
    refers("user_id", "users"),
    refers("message_id", "messages"),
    Index("ix_scheduled_messages_conversation", "account_id", "conversation_id"),
)

links = numbered(
    "links",
    key("conversation_id", required=True),
    key("linked_conversation_id", required=True),
    Column("link_type", Text, nullable=False),
    key("created_by"),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    refers("linked_conversation_id", "conversations"),
    UniqueConstraint("account_id", "conversation_id", "linked_conversation_id", "link_type"),
    Index("ix_links_linked", "account_id", "linked_conversation_id"),
)

resolutions = numbered(
    "resolutions",
    key("conversation_id", required=True),
    Column("root_cause", Text),
    Column("actions_taken", Text),
    Column("resolution", Text),
    Column("ai_generated", Boolean, nullable=False),
    key("created_by"),
    key("updated_by"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("conversation_id", "conversations"),
    UniqueConstraint("account_id", "conversation_id"),
)

shares = numbered(
    "shares",
    key("conversation_id", required=True),
    Column("token_hash", Text, nullable=False),
    Column("permission", Text, nullable=False),
    key("created_by"),
    instant("expires_at", required=True),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    UniqueConstraint("account_id", "token_hash"),
    Index("ix_shares_conversation", "account_id", "conversation_id"),
)
