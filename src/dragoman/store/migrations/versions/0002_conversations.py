"""Conversations, what hangs on them, and their counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

INSTANT = sa.BigInteger()
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ASCII = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    create_tables()
    op.execute(
        "CREATE INDEX ix_conversations_period ON conversations"
        " (account_id, visibility, (created_at / 2592000000000), updated_at, id, created_at)"
    )


def downgrade() -> None:
    raise ValueError("there is no way back before the first release")


def create_tables() -> None:
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
    # ### end Alembic commands ###
