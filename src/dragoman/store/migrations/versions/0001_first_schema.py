"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

INSTANT = sa.BigInteger()
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ASCII = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        add_to_postgresql()
    else:
        add_to_sqlite()


def add_to_postgresql() -> None:
    op.execute("CREATE SEQUENCE dragoman_ids")
    op.execute("ALTER TABLE events ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint)")
    op.execute(
        "ALTER TABLE search_documents ADD COLUMN lexemes tsvector"
        " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED"
    )
    op.execute("CREATE INDEX ix_search_documents_lexemes ON search_documents USING gin (lexemes)")


def add_to_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_documents', content_rowid='id',"
        " tokenize=\"ascii tokenchars '_'\")"
    )
    gone = "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.id, old.words);"
    come = "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words);"
    for name, moment, work in (
        ("added", "AFTER INSERT", come),
        ("removed", "AFTER DELETE", gone),
        ("changed", "AFTER UPDATE OF words", gone + come),
    ):
        op.execute(f"CREATE TRIGGER search_documents_{name} {moment} ON search_documents BEGIN {work} END")


def downgrade() -> None:
    raise ValueError("there is nothing before the first schema")


def create_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", KEY, sa.Identity(always=False), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("uuid", name=op.f("uq_accounts_uuid")),
    )
    op.create_table(
        "counters",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_counters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("credential_id", KEY, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "credential_id", "idempotency_key", name=op.f("pk_idempotency_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_idempotency_keys_created", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "tags",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("folded", ASCII, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "folded", name=op.f("pk_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("facets", ASCII, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "facets", "slot", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "companies",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("custom_attrs", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_companies_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_companies")),
    )
    op.create_table(
        "events",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("conversation_id", KEY, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_events_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_conversation", "events", ["account_id", "conversation_id", "id"], unique=False)
    op.create_index("ix_events_order", "events", ["transaction_id", "id"], unique=False)
    op.create_table(
        "inboxes",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_inboxes_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_inboxes")),
        sa.UniqueConstraint("account_id", "channel", "name", name=op.f("uq_inboxes_account_id_channel_name")),
    )
    op.create_table(
        "jobs",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_jobs_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "run_at", "id"], unique=False)
    op.create_table(
        "users",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("last_login_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_users_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("account_id", "email_folded", name=op.f("uq_users_account_id_email_folded")),
    )
    op.create_table(
        "webhooks",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhooks_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "contacts",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("company_id", KEY, nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("custom_attrs", JSON, nullable=False),
        sa.Column("is_unsubscribed", sa.Boolean(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("tag_key", sa.Text(), nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["companies.account_id", "companies.id"],
            name=op.f("fk_contacts_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contacts_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_company", "contacts", ["account_id", "company_id"], unique=False)
    op.create_index("ix_contacts_created", "contacts", ["account_id", "created_at", "id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["users.account_id", "users.id"], name=op.f("fk_credentials_account_id_user_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_credentials_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("account_id", "secret_hash", name=op.f("uq_credentials_account_id_secret_hash")),
    )
    op.create_table(
        "teams",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("routing_method", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("escalate_to_user_id", KEY, nullable=True),
        sa.Column("unassigned_timeout_minutes", sa.Integer(), nullable=True),
        sa.Column("last_routed_user_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "escalate_to_user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_teams_account_id_escalate_to_user_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_teams_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_teams")),
    )
    op.create_table(
        "contact_identities",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contacts.account_id", "contacts.id"],
            name=op.f("fk_contact_identities_account_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", "value", name=op.f("pk_contact_identities")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_identities_contact", "contact_identities", ["account_id", "contact_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("inbox_id", KEY, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=True),
        sa.Column("assignee_user_id", KEY, nullable=True),
        sa.Column("assignee_team_id", KEY, nullable=True),
        sa.Column("assigned_at", INSTANT, nullable=True),
        sa.Column("assignment_reason", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("sub_category", sa.Text(), nullable=True),
        sa.Column("conversation_type", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_thread_id", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("detected_language", sa.Text(), nullable=True),
        sa.Column("initial_sentiment_label", sa.Text(), nullable=True),
        sa.Column("current_sentiment_label", sa.Text(), nullable=True),
        sa.Column("current_sentiment_score", sa.Float(), nullable=True),
        sa.Column("sentiment_trend", sa.Text(), nullable=True),
        sa.Column("sla_state", sa.Text(), nullable=True),
        sa.Column("sla_first_response_due", INSTANT, nullable=True),
        sa.Column("sla_resolution_due", INSTANT, nullable=True),
        sa.Column("sla_last_escalation_at", INSTANT, nullable=True),
        sa.Column("planned_start", INSTANT, nullable=True),
        sa.Column("planned_end", INSTANT, nullable=True),
        sa.Column("planned_effort_minutes", sa.Integer(), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("custom_attrs", JSON, nullable=False),
        sa.Column("ai", JSON, nullable=False),
        sa.Column("auto_resolved_by_ai", sa.Boolean(), nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("merged_into_id", KEY, nullable=True),
        sa.Column("merged_at", INSTANT, nullable=True),
        sa.Column("merged_by", KEY, nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("snoozed_until", INSTANT, nullable=True),
        sa.Column("snoozed_by", KEY, nullable=True),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("last_message_snippet", sa.Text(), nullable=True),
        sa.Column("last_inbound_at", INSTANT, nullable=True),
        sa.Column("first_response_at", INSTANT, nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.Integer(), nullable=False),
        sa.Column("renderings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "assignee_team_id"],
            ["teams.account_id", "teams.id"],
            name=op.f("fk_conversations_account_id_assignee_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "assignee_user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_conversations_account_id_assignee_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["companies.account_id", "companies.id"],
            name=op.f("fk_conversations_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contact_id"],
            ["contacts.account_id", "contacts.id"],
            name=op.f("fk_conversations_account_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "inbox_id"],
            ["inboxes.account_id", "inboxes.id"],
            name=op.f("fk_conversations_account_id_inbox_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "merged_into_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_conversations_account_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "parent_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_conversations_account_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_conversations_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_conversations_account_id_number")),
        sa.UniqueConstraint("account_id", "uuid", name=op.f("uq_conversations_account_id_uuid")),
    )
    op.create_index(
        "ix_conversations_category",
        "conversations",
        ["account_id", "category", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_channel",
        "conversations",
        ["account_id", "visibility", "channel", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_company",
        "conversations",
        ["account_id", "company_id", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_contact",
        "conversations",
        ["account_id", "contact_id", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_created", "conversations", ["account_id", "visibility", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_conversations_inbox",
        "conversations",
        ["account_id", "inbox_id", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_index("ix_conversations_parent", "conversations", ["account_id", "parent_id", "created_at"], unique=False)
    op.create_index(
        "ix_conversations_priority",
        "conversations",
        ["account_id", "visibility", "priority", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_status",
        "conversations",
        ["account_id", "visibility", "status", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_team",
        "conversations",
        ["account_id", "assignee_team_id", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_updated", "conversations", ["account_id", "visibility", "updated_at", "id"], unique=False
    )
    op.create_index(
        "ix_conversations_user",
        "conversations",
        ["account_id", "assignee_user_id", "visibility", "updated_at", "id"],
        unique=False,
    )
    op.create_table(
        "team_members",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "team_id"],
            ["teams.account_id", "teams.id"],
            name=op.f("fk_team_members_account_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_team_members_account_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "team_id", "user_id", name=op.f("pk_team_members")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_team_members_user", "team_members", ["account_id", "user_id"], unique=False)
    op.create_table(
        "conversation_tags",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("folded", ASCII, nullable=False),
        sa.Column("visibility", sa.Integer(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_conversation_tags_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "folded", "visibility", "updated_at", "conversation_id", name=op.f("pk_conversation_tags")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_conversation_tags_conversation", "conversation_tags", ["account_id", "conversation_id"], unique=False
    )
    op.create_table(
        "links",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("linked_conversation_id", KEY, nullable=False),
        sa.Column("link_type", sa.Text(), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_links_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "linked_conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_links_account_id_linked_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_links_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_links")),
        sa.UniqueConstraint(
            "account_id",
            "conversation_id",
            "linked_conversation_id",
            "link_type",
            name=op.f("uq_links_account_id_conversation_id_linked_conversation_id_link_type"),
        ),
    )
    op.create_index("ix_links_linked", "links", ["account_id", "linked_conversation_id"], unique=False)
    op.create_table(
        "mail_ids",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("inbox_id", KEY, nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_mail_ids_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "inbox_id", "mail_id", name=op.f("pk_mail_ids")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mail_ids_conversation", "mail_ids", ["account_id", "conversation_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("original_body", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("sender_kind", sa.Text(), nullable=False),
        sa.Column("sender_id", KEY, nullable=True),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_message_id", sa.Text(), nullable=True),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("sentiment_label", sa.Text(), nullable=True),
        sa.Column("sentiment_score", sa.Float(), nullable=True),
        sa.Column("translated_body", sa.Text(), nullable=True),
        sa.Column("translation_target_language", sa.Text(), nullable=True),
        sa.Column("conversation_version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_messages_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_messages_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_conversation", "messages", ["account_id", "conversation_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "reads",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("reader_id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_reads_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "reader_id", "conversation_id", name=op.f("pk_reads")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "resolutions",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("actions_taken", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("updated_by", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_resolutions_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_resolutions_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_resolutions")),
        sa.UniqueConstraint("account_id", "conversation_id", name=op.f("uq_resolutions_account_id_conversation_id")),
    )
    op.create_table(
        "search_documents",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_search_documents_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_search_documents_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_search_documents")),
    )
    op.create_index(
        "ix_search_documents_conversation", "search_documents", ["account_id", "conversation_id"], unique=False
    )
    op.create_table(
        "shares",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_shares_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_shares_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_shares")),
        sa.UniqueConstraint("account_id", "token_hash", name=op.f("uq_shares_account_id_token_hash")),
    )
    op.create_index("ix_shares_conversation", "shares", ["account_id", "conversation_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("scan_status", sa.Text(), nullable=False),
        sa.Column("scan_signature", sa.Text(), nullable=True),
        sa.Column("storage_backend", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("uploader_id", KEY, nullable=True),
        sa.Column("uploader_name", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_attachments_account_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name=op.f("fk_attachments_account_id_message_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_attachments_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_conversation", "attachments", ["account_id", "conversation_id", "id"], unique=False)
    op.create_index("ix_attachments_message", "attachments", ["account_id", "message_id"], unique=False)
    op.create_table(
        "raw_mails",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("inbox_id", KEY, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name=op.f("fk_raw_mails_account_id_message_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_raw_mails_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_raw_mails")),
        sa.UniqueConstraint("account_id", "inbox_id", "digest", name=op.f("uq_raw_mails_account_id_inbox_id_digest")),
    )
    op.create_index("ix_raw_mails_identity", "raw_mails", ["account_id", "inbox_id", "identity"], unique=False)
    op.create_index("ix_raw_mails_outcome", "raw_mails", ["account_id", "outcome", "id"], unique=False)
    # ### end Alembic commands ###
