"""What happened, what is still to do, and what was already answered."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from dragoman.store.schema.base import instant, key, metadata, numbered, related
from dragoman.store.types import Json, Key

events = numbered(
    "events",
    # PostgreSQL: the writing transaction, by which readers order the log; SQLite has one writer and leaves it 0.
    Column("transaction_id", BigInteger, nullable=False, server_default=text("0")),
    key("conversation_id"),
    Column("kind", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    key("actor_id"),
    Column("actor_name", Text),
    Column("data", Json, nullable=False),
    instant("created_at", required=True),
    Index("ix_events_conversation", "account_id", "conversation_id", "id"),
    Index("ix_events_order", "transaction_id", "id"),
    Index("ix_events_account_order", "account_id", "transaction_id", "id"),
)

# What came from another system: there it is known by `remote_id`, here by `local_id`.
carried = related(
    "carried",
    ("source", "kind", "remote_id"),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    key("local_id", required=True),
)

# How far those who follow the log for an account have come.
places = related(
    "places",
    ("reader",),
    Column("reader", Text, nullable=False),
    Column("transaction_id", BigInteger, nullable=False),
    key("event_id", required=True),
)

# What is worth telling at once and not worth keeping: who is writing, who is there. Forgotten after a minute.
signals = numbered(
    "signals",
    key("conversation_id"),
    Column("kind", Text, nullable=False),
    Column("data", Json, nullable=False),
    instant("created_at", required=True),
    Index("ix_signals_created", "created_at"),
)

jobs = numbered(
    "jobs",
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("state", Text, nullable=False),
    instant("run_at", required=True),
    instant("created_at", required=True),
    Index("ix_jobs_due", "state", "run_at", "id"),
)

# What is derived from an account's rows and takes long to derive (derivations.py), in pieces.
derivations = numbered(
    "derivations",
    key("generation", required=True),
    Column("piece", Integer, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("mark", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

idempotency_keys = related(
    "idempotency_keys",
    ("credential_id", "idempotency_key"),
    key("credential_id", required=True),
    Column("idempotency_key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("status_code", Integer),
    Column("body", LargeBinary),
    instant("created_at", required=True),
    Index("ix_idempotency_keys_created", "created_at"),
)

counters = Table(
    "counters",
    metadata,
    Column("account_id", Key, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
