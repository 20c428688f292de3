"""The tenant, its people, its teams, its keys and its inboxes."""

from sqlalchemy import Boolean, Column, Identity, Index, Integer, Table, Text, UniqueConstraint

from dragoman.store.schema.base import instant, key, metadata, numbered, refers, related
from dragoman.store.types import Json, Key

accounts = Table(
    "accounts",
    metadata,
    Column("id", Key, Identity(), primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    instant("created_at", required=True),
)

users = numbered(
    "users",
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("is_active", Boolean, nullable=False),
    Column("is_available", Boolean, nullable=False),
    instant("last_login_at"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "email_folded"),
)

credentials = numbered(
    "credentials",
    key("user_id"),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    instant("created_at", required=True),
    instant("revoked_at"),
    UniqueConstraint("account_id", "secret_hash"),
    refers("user_id", "users"),
)

teams = numbered(
    "teams",
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("routing_method", Text, nullable=False),
    Column("department", Text),
    Column("location", Text),
    Column("email", Text),
    key("escalate_to_user_id"),
    Column("unassigned_timeout_minutes", Integer),
    key("last_routed_user_id"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("escalate_to_user_id", "users"),
)

team_members = related(
    "team_members",
    ("team_id", "user_id"),
    key("team_id", required=True),
    key("user_id", required=True),
    Column("role", Text, nullable=False),
    instant("created_at", required=True),
    refers("team_id", "teams", ondelete="CASCADE"),
    refers("user_id", "users", ondelete="CASCADE"),
    Index("ix_team_members_user", "account_id", "user_id"),
)

inboxes = numbered(
    "inboxes",
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text),
    Column("provider", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("settings", Json, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "channel", "name"),
)

webhooks = numbered(
    "webhooks",
    Column("url", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("secret", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
)
