"""What a support team keeps at hand: labels, canned answers, attributes it has defined, questions it asks often."""

from sqlalchemy import Boolean, Column, Index, Text, UniqueConstraint

from dragoman.store.schema.base import instant, key, numbered, refers
from dragoman.store.types import Json

# Tags that the team has agreed on; conversations and contacts carry the titles.
labels = numbered(
    "labels",
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("color", Text, nullable=False),
    Column("is_in_sidebar", Boolean, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "title"),
)

canned_responses = numbered(
    "canned_responses",
    Column("short_code", Text, nullable=False),
    Column("body", Text, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "short_code"),
)

attribute_definitions = numbered(
    "attribute_definitions",
    Column("of", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("description", Text),
    Column("choices", Json, nullable=False),
    Column("pattern", Text),
    Column("pattern_hint", Text),
    Column("usual", Text),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "of", "key"),
)

saved_filters = numbered(
    "saved_filters",
    key("user_id", required=True),
    Column("name", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("query", Json, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("user_id", "users", ondelete="CASCADE"),
    Index("ix_saved_filters_user", "account_id", "user_id"),
)
