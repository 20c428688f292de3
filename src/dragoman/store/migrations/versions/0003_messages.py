"""Messages and their words, the event log, jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

INSTANT = sa.BigInteger()
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        add_to_postgresql()
    else:
        add_to_sqlite()


def add_to_postgresql() -> None:
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
    raise ValueError("there is no way back before the first release")


def create_tables() -> None:
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
