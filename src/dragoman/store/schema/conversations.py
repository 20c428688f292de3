"""Conversations, what hangs on them, and the counts that are kept of them."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Text, UniqueConstraint, literal_column

from dragoman.store.schema.base import instant, key, numbered, refers, related
from dragoman.store.types import Ascii, Json, to_micros

PERIOD = 30 * 24 * 3600 * 1_000_000  # microseconds


def period_of(instant: datetime) -> int:
    """The number of the stretch of 30 days that an instant is in, as `ix_conversations_period` has it."""
    micros = to_micros(instant)
    return micros // PERIOD if micros >= 0 else -(-micros // PERIOD)  # SQL divides towards zero


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
    key("assignee_user_id"),
    key("assignee_team_id"),
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
    instant("first_response_at"),
    instant("resolved_at"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    Column("version", Integer, nullable=False),
    # 0 is the active inbox; archived, spam and deleted add 1, 2 and 4. It leads every list index.
    Column("visibility", Integer, nullable=False),
    # Rises when something that is shown on the conversation changes elsewhere (a contact's name, say).
    Column("renderings", Integer, nullable=False),
    UniqueConstraint("account_id", "number"),
    UniqueConstraint("account_id", "uuid"),
    refers("contact_id", "contacts"),
    refers("company_id", "companies"),
    refers("inbox_id", "inboxes"),
    refers("assignee_user_id", "users"),
    refers("assignee_team_id", "teams"),
    refers("parent_id", "conversations"),
    refers("merged_into_id", "conversations"),
    Index("ix_conversations_updated", "account_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_created", "account_id", "visibility", "created_at", "id"),
    Index("ix_conversations_status", "account_id", "visibility", "status", "updated_at", "id"),
    Index("ix_conversations_priority", "account_id", "visibility", "priority", "updated_at", "id"),
    Index("ix_conversations_channel", "account_id", "visibility", "channel", "updated_at", "id"),
    Index("ix_conversations_user", "account_id", "assignee_user_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_team", "account_id", "assignee_team_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_contact", "account_id", "contact_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_company", "account_id", "company_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_inbox", "account_id", "inbox_id", "visibility", "updated_at", "id"),
    Index("ix_conversations_category", "account_id", "category", "visibility", "updated_at", "id"),
    Index("ix_conversations_parent", "account_id", "parent_id", "created_at"),
)

# Alembic cannot compare an index on an expression, so `ix_conversations_period` is written out in the migration. It
# serves lists of a range of creation in the order of the last change: one stream for each period, to be merged.
created_period = literal_column(f"(conversations.created_at / {PERIOD})", BigInteger)

tags = related(
    "tags",
    ("folded",),
    Column("folded", Ascii, nullable=False),
    Column("name", Text, nullable=False),
)

conversation_tags = related(
    "conversation_tags",
    ("folded", "visibility", "updated_at", "conversation_id"),
    Column("folded", Ascii, nullable=False),
    Column("visibility", Integer, nullable=False),
    instant("updated_at", required=True),
    key("conversation_id", required=True),
    refers("conversation_id", "conversations"),
    Index("ix_conversation_tags_conversation", "account_id", "conversation_id"),
)

tallies = related(
    "tallies",
    ("facets", "slot"),
    Column("facets", Ascii, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
)

reads = related(
    "reads",
    ("reader_id", "conversation_id"),
    key("reader_id", required=True),
    key("conversation_id", required=True),
    instant("read_at", required=True),
    refers("conversation_id", "conversations"),
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
