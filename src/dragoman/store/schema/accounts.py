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
    Column("settings", Json, nullable=False),
    instant("suspended_at"),
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
    Column("availability", Text, nullable=False),
    # How they appear and what they prefer: display name, signature, settings of their client.
    Column("profile", Json, nullable=False),
    instant("last_login_at"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "email_folded"),
)

credentials = numbered(
    "credentials",
    key("user_id"),
    key("bot_id"),
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
    Column("assigns_members", Boolean, nullable=False),
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
    # The name by which clients of contacts know it, and what signs for it.
    Column("identifier", Text),
    Column("identity_secret", Text),
    Column("webhook_secret", Text),
    key("bot_id"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    UniqueConstraint("account_id", "channel", "name"),
    Index("ix_inboxes_identifier", "account_id", "identifier", unique=True),
)

# Which agents see an inbox's conversations, where that is not everybody.
inbox_members = related(
    "inbox_members",
    ("inbox_id", "user_id"),
    key("inbox_id", required=True),
    key("user_id", required=True),
    instant("created_at", required=True),
    refers("inbox_id", "inboxes", ondelete="CASCADE"),
    refers("user_id", "users", ondelete="CASCADE"),
    Index("ix_inbox_members_user", "account_id", "user_id"),
)

bots = numbered(
    "bots",
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("url", Text),
    Column("secret", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
)

webhooks = numbered(
    "webhooks",
    Column("url", Text, nullable=False),
    Column("name", Text),
    # In whose words and with whose signature it is told: a dialect's name.
    Column("dialect", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("secret", Text, nullable=False),
    key("inbox_id"),
    Column("is_active", Boolean, nullable=False),
    # Since when nothing got through; after some days it is switched off.
    instant("failing_since"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
)

# What somebody who listens by HTTP was told, or is still to be told: a webhook, an inbox of programs or a bot.
deliveries = numbered(
    "deliveries",
    Column("target", Text, nullable=False),
    key("target_id", required=True),
    Column("dialect", Text, nullable=False),
    key("event_id", required=True),
    Column("word", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Not worth being told again, like that somebody is typing.
    Column("is_fleeting", Boolean, nullable=False),
    # The message that has failed where this fails, and the conversation that people must then look after.
    key("message_id"),
    key("conversation_id"),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status_code", Integer),
    Column("error", Text),
    Column("response", Text),
    instant("created_at", required=True),
    instant("attempted_at"),
    instant("next_at"),
    UniqueConstraint("account_id", "target_id", "event_id", "word"),
    Index("ix_deliveries_target", "account_id", "target_id", "id"),
    Index("ix_deliveries_due", "state", "next_at", "id"),
    Index("ix_deliveries_created", "created_at"),
)
