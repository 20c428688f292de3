"""Every table, described once for both databases.

Each tenant table leads its primary key and its unique indexes with `account_id`, so that a distributed PostgreSQL
can shard by it; joins follow composite foreign keys and cannot leave the account.
"""

from dragoman.store.schema.accounts import (
    accounts,
    credentials,
    inboxes,
    team_members,
    teams,
    users,
    webhooks,
)
from dragoman.store.schema.base import metadata
from dragoman.store.schema.contacts import companies, contact_identities, contacts
from dragoman.store.schema.conversations import (
    conversation_tags,
    conversations,
    created_period,
    links,
    period_of,
    reads,
    resolutions,
    shares,
    tags,
    tallies,
)
from dragoman.store.schema.log import counters, events, idempotency_keys, jobs
from dragoman.store.schema.messages import attachments, mail_ids, messages, raw_mails, search_documents

__all__ = [
    "accounts",
    "attachments",
    "companies",
    "contact_identities",
    "contacts",
    "conversation_tags",
    "conversations",
    "counters",
    "created_period",
    "credentials",
    "events",
    "idempotency_keys",
    "inboxes",
    "jobs",
    "links",
    "mail_ids",
    "messages",
    "metadata",
    "period_of",
    "raw_mails",
    "reads",
    "resolutions",
    "search_documents",
    "shares",
    "tags",
    "tallies",
    "team_members",
    "teams",
    "users",
    "webhooks",
]
