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
    conversations,
    links,
    reads,
    resolutions,
    shares,
    tags,
)
from dragoman.store.schema.log import counters, derivations, events, idempotency_keys, jobs
from dragoman.store.schema.messages import attachments, mail_ids, messages, raw_mails, search_documents

__all__ = [
    "accounts",
    "attachments",
    "companies",
    "contact_identities",
    "contacts",
    "conversations",
    "counters",
    "credentials",
    "derivations",
    "events",
    "idempotency_keys",
    "inboxes",
    "jobs",
    "links",
    "mail_ids",
    "messages",
    "metadata",
    "raw_mails",
    "reads",
    "resolutions",
    "search_documents",
    "shares",
    "tags",
    "team_members",
    "teams",
    "users",
    "webhooks",
]
