"""Lists are answered from memory that follows the conversations: what they needed in the database goes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
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
    op.create_table(
        "derivations",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("generation", KEY, nullable=False),
        sa.Column("piece", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_derivations_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_derivations")),
    )
    op.drop_table("conversation_tags")
    op.drop_table("tallies")


def downgrade() -> None:
    raise ValueError("there is no way back before the first release")
