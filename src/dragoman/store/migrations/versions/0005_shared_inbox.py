"""What contacts, agents and bots need of a shared inbox: links, members, labels, deliveries, what is still unread."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

INSTANT = sa.BigInteger()
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
NOTHING = "{}"
SECRETS = ("identifier", "identity_secret", "webhook_secret")

# Required columns need a value for the rows there are.
ADDED: dict[str, list[tuple[str, Any, Any]]] = {
    "accounts": [("settings", JSON, NOTHING), ("suspended_at", INSTANT, None)],
    "users": [("availability", sa.Text(), "online"), ("profile", JSON, NOTHING)],
    "credentials": [("bot_id", KEY, None)],
    "teams": [("assigns_members", sa.Boolean(), sa.false())],
    "inboxes": [
        ("identifier", sa.Text(), None),
        ("identity_secret", sa.Text(), None),
        ("webhook_secret", sa.Text(), None),
        ("bot_id", KEY, None),
    ],
    "webhooks": [
        ("name", sa.Text(), None),
        ("dialect", sa.Text(), "aurion"),
        ("inbox_id", KEY, None),
        ("failing_since", INSTANT, None),
    ],
    "contacts": [
        ("about_attrs", JSON, NOTHING),
        ("avatar_url", sa.Text(), None),
        ("is_blocked", sa.Boolean(), sa.false()),
    ],
    "conversations": [
        ("contact_link_id", KEY, None),
        ("assignee_bot_id", KEY, None),
        ("origin_attrs", JSON, NOTHING),
        ("last_activity_at", INSTANT, "0"),
        ("first_human_response_at", INSTANT, None),
        ("waiting_since", INSTANT, None),
        ("staff_seen_at", INSTANT, None),
        ("assignee_seen_at", INSTANT, None),
        ("contact_seen_at", INSTANT, None),
        ("unread_count", sa.Integer(), "0"),
        ("state", sa.Text(), "open"),
        ("is_unattended", sa.Boolean(), sa.true()),
    ],
    "messages": [
        ("kind", sa.Text(), "text"),
        ("form", JSON, NOTHING),
        ("delivery", sa.Text(), "sent"),
        ("delivery_error", sa.Text(), None),
        ("removed_at", INSTANT, None),
    ],
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, kind, usual in columns:
            column = sa.Column(name, kind, nullable=usual is None, server_default=usual)
            op.add_column(table, column)
    create_tables()
    op.create_index("ix_inboxes_identifier", "inboxes", ["account_id", "identifier"], unique=True)
    given = sa.text("contact_link_id IS NOT NULL")
    op.create_index(
        "ix_conversations_link",
        "conversations",
        ["account_id", "contact_link_id"],
        postgresql_where=given,
        sqlite_where=given,
    )
    op.execute(DERIVE)
    op.execute(
        "UPDATE conversations SET is_unattended = (first_human_response_at IS NULL OR waiting_since IS NOT NULL)"
    )
    identify_inboxes()
    make_pieces_findable()
    # Every row has changed, and what was kept of them knows nothing of the new columns.
    op.execute("DELETE FROM derivations")


# What the new columns would hold had they always been there; what is there already counts as seen.
DERIVE = """
UPDATE conversations SET
  first_human_response_at = first_response_at,
  state = CASE WHEN status IN ('resolved', 'closed') THEN 'over' WHEN snoozed_until IS NOT NULL THEN 'snoozed'
    ELSE status END,
  last_activity_at = COALESCE((
    SELECT m.created_at FROM messages m
    WHERE m.account_id = conversations.account_id AND m.conversation_id = conversations.id
    ORDER BY m.created_at DESC, m.id DESC LIMIT 1), created_at),
  waiting_since = CASE WHEN status IN ('open', 'pending') AND (
    SELECT m.sender_kind FROM messages m
    WHERE m.account_id = conversations.account_id AND m.conversation_id = conversations.id
      AND NOT m.is_internal AND m.sender_kind IN ('contact', 'agent', 'ai')
    ORDER BY m.created_at DESC, m.id DESC LIMIT 1) = 'contact' THEN last_inbound_at END
"""


def make_pieces_findable() -> None:
    """Parts of words: by the words themselves on SQLite, which knows them; by their trigrams on PostgreSQL.

    A PostgreSQL whose owner may not have the extension finds them, too, and takes longer.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab('search_words', 'row')")
        return
    known = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    if op.get_bind().execute(known).first() is not None:
        op.execute(
            "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm;"
            " CREATE INDEX ix_search_documents_pieces ON search_documents USING gin (words gin_trgm_ops);"
            " EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'parts of words are looked for without an index';"
            " END $$"
        )


def identify_inboxes() -> None:
    """Those that there are get the names and secrets that new ones are made with (core/channels/inboxes.py)."""
    inboxes = sa.table("inboxes", *map(sa.column, ("account_id", "id", *SECRETS)))
    bind = op.get_bind()
    for account_id, inbox_id in bind.execute(sa.select(inboxes.c.account_id, inboxes.c.id)).fetchall():
        identifier = f"in_{in_base_32(account_id)}_{secrets.token_hex(24)}"
        made = dict(zip(SECRETS, (identifier, secrets.token_urlsafe(24), secrets.token_urlsafe(24)), strict=True))
        bind.execute(inboxes.update().where(inboxes.c.id == inbox_id).values(made))


def in_base_32(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 32)
        digits = "0123456789abcdefghjkmnpqrstvwxyz"[digit] + digits
        if not number:
            return digits


def downgrade() -> None:
    raise ValueError("there is no way back before the first release")


def create_tables() -> None:
    op.create_table(
        "attribute_definitions",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("pattern", sa.Text()),
        sa.Column("pattern_hint", sa.Text()),
        sa.Column("usual", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_attribute_definitions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_attribute_definitions_account_id"),
        sa.UniqueConstraint("account_id", "of", "key", name="uq_attribute_definitions_account_id_of_key"),
    )
    op.create_table(
        "bots",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_bots"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_bots_account_id"),
    )
    op.create_table(
        "canned_responses",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("short_code", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_canned_responses"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_canned_responses_account_id"),
        sa.UniqueConstraint("account_id", "short_code", name="uq_canned_responses_account_id_short_code"),
    )
    op.create_table(
        "carried",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("local_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "source", "kind", "remote_id", name="pk_carried"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "labels",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("is_in_sidebar", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_labels"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_labels_account_id"),
        sa.UniqueConstraint("account_id", "title", name="uq_labels_account_id_title"),
    )
    op.create_table(
        "signals",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_signals"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_signals_account_id"),
    )
    op.create_index("ix_signals_created", "signals", ["created_at"])
    op.create_table(
        "deliveries",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("webhook_id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("response", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempted_at", INSTANT),
        sa.Column("next_at", INSTANT),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            ["account_id", "webhook_id"],
            ["webhooks.account_id", "webhooks.id"],
            ondelete="CASCADE",
            name="fk_deliveries_account_id_webhook_id",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_deliveries_account_id"),
        sa.UniqueConstraint(
            "account_id", "webhook_id", "event_id", "event", name="uq_deliveries_account_id_webhook_id_event_id_event"
        ),
    )
    op.create_index("ix_deliveries_created", "deliveries", ["created_at"])
    op.create_table(
        "inbox_members",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("inbox_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "inbox_id", "user_id", name="pk_inbox_members"),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inboxes.account_id", "inboxes.id"],
            ondelete="CASCADE",
            name="fk_inbox_members_account_id_inbox_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            ondelete="CASCADE",
            name="fk_inbox_members_account_id_user_id",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inbox_members_user", "inbox_members", ["account_id", "user_id"])
    op.create_table(
        "saved_filters",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_saved_filters"),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            ondelete="CASCADE",
            name="fk_saved_filters_account_id_user_id",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_saved_filters_account_id"),
    )
    op.create_index("ix_saved_filters_user", "saved_filters", ["account_id", "user_id"])
    op.create_table(
        "contact_links",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("inbox_id", KEY, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_contact_links"),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contacts.account_id", "contacts.id"],
            name="fk_contact_links_account_id_contact_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inboxes.account_id", "inboxes.id"],
            name="fk_contact_links_account_id_inbox_id",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_contact_links_account_id"),
        sa.UniqueConstraint(
            "account_id", "inbox_id", "source_id", name="uq_contact_links_account_id_inbox_id_source_id"
        ),
    )
    op.create_index("ix_contact_links_contact", "contact_links", ["account_id", "contact_id"])
    op.create_index("ix_contact_links_source", "contact_links", ["account_id", "source_id"])
    op.create_table(
        "contact_notes",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("user_id", KEY),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_contact_notes"),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contacts.account_id", "contacts.id"],
            name="fk_contact_notes_account_id_contact_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_contact_notes_account_id_user_id"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_contact_notes_account_id"),
    )
    op.create_index("ix_contact_notes_contact", "contact_notes", ["account_id", "contact_id", "id"])
    op.create_table(
        "mentions",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "user_id", name="pk_mentions"),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name="fk_mentions_account_id_conversation_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_mentions_account_id_user_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mentions_user", "mentions", ["account_id", "user_id", "conversation_id"])
    op.create_table(
        "participants",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "user_id", name="pk_participants"),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name="fk_participants_account_id_conversation_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_participants_account_id_user_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_participants_user", "participants", ["account_id", "user_id", "conversation_id"])
    op.create_table(
        "unsent",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", name="pk_unsent"),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name="fk_unsent_account_id_conversation_id",
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scheduled_messages",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("user_id", KEY),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("message_id", KEY),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_scheduled_messages"),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name="fk_scheduled_messages_account_id_conversation_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name="fk_scheduled_messages_account_id_message_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_scheduled_messages_account_id_user_id"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_scheduled_messages_account_id"),
    )
    op.create_index("ix_scheduled_messages_conversation", "scheduled_messages", ["account_id", "conversation_id"])
