"""Lists are answered from memory that follows the conversations: what they needed in the database goes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

GONE = ("updated", "created", "status", "priority", "channel", "category", "period")
SHORTER = {
    "user": ("assignee_user_id", "status", "visibility"),
    "team": ("assignee_team_id",),
    "contact": ("contact_id",),
    "company": ("company_id",),
    "inbox": ("inbox_id",),
    "parent": ("parent_id", "created_at"),
}


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    default = sa.text("pg_current_xact_id()::text::bigint" if is_postgres else "0")
    op.add_column("conversations", sa.Column("changed_in", sa.BigInteger(), nullable=False, server_default=default))
    for name in (*GONE, *SHORTER):
        op.drop_index(f"ix_conversations_{name}", "conversations")
    for name, columns in SHORTER.items():
        named = None if name == "contact" else sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(
            f"ix_conversations_{name}",
            "conversations",
            ["account_id", *columns],
            postgresql_where=named,
            sqlite_where=named,
        )
    op.create_index("ix_conversations_changed", "conversations", ["account_id", "changed_in"])
    op.create_index("ix_events_account_order", "events", ["account_id", "transaction_id", "id"])
    op.drop_table("conversation_tags")
    op.drop_table("tallies")


def downgrade() -> None:
    raise ValueError("there is no way back before the first release")
