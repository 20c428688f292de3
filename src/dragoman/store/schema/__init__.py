"""Every table, described once for both databases.

Each tenant table leads its primary key and its unique indexes with `account_id`, so that a distributed PostgreSQL
can shard by it; joins follow composite foreign keys and cannot leave the account.
"""

from dragoman.store.schema.accounts import (
    accounts,
    bots,
    credentials,
    deliveries,
    inbox_members,
    inboxes,
    team_members,
    teams,
    users,
    webhooks,
)
from dragoman.store.schema.base import metadata
from dragoman.store.schema.contacts import companies, contact_identities, contact_links, contact_notes, contacts
from dragoman.store.schema.conversations import (
    conversations,
    links,
    mentions,
    participants,
    reads,
    resolutions,
    scheduled_messages,
    shares,
    tags,
    unsent,
)
from dragoman.store.schema.log import carried, counters, derivations, events, idempotency_keys, jobs, places, signals
from dragoman.store.schema.messages import attachments, mail_ids, messages, raw_mails, search_documents
from dragoman.store.schema.toolbox import attribute_definitions, canned_responses, labels, saved_filters

__all__ = [
    "accounts",
    "attachments",
    "attribute_definitions",
    "bots",
    "canned_responses",
    "carried",
    "companies",
    "contact_identities",
    "contact_links",
    "contact_notes",
    "contacts",
    "conversations",
    "counters",
    "credentials",
    "deliveries",
    "derivations",
    "events",
    "idempotency_keys",
    "inbox_members",
    "inboxes",
    "jobs",
    "labels",
    "links",
    "mail_ids",
    "mentions",
    "messages",
    "metadata",
    "participants",
    "places",
    "raw_mails",
    "reads",
    "resolutions",
    "saved_filters",
    "scheduled_messages",
    "search_documents",
    "shares",
    "signals",
    "tags",
    "team_members",
    "teams",
    "unsent",
    "users",
    "webhooks",
]
