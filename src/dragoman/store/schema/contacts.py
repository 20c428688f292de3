"""The people who write, and the companies they belong to."""

from sqlalchemy import Boolean, Column, Index, Text, UniqueConstraint

from dragoman.store.schema.base import instant, key, numbered, refers, related
from dragoman.store.types import Json

companies = numbered(
    "companies",
    Column("name", Text, nullable=False),
    Column("domain", Text),
    Column("tags", Json, nullable=False),
    Column("custom_attrs", Json, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
)

contacts = numbered(
    "contacts",
    Column("name", Text, nullable=False),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("role", Text),
    key("company_id"),
    Column("external_id", Text),
    Column("locale", Text),
    Column("timezone", Text),
    Column("tags", Json, nullable=False),
    Column("custom_attrs", Json, nullable=False),
    # What is known of them beside their attributes: city, country, company, profiles elsewhere.
    Column("about_attrs", Json, nullable=False),
    Column("avatar_url", Text),
    Column("is_unsubscribed", Boolean, nullable=False),
    Column("is_blocked", Boolean, nullable=False),
    Column("search_key", Text, nullable=False),
    Column("tag_key", Text, nullable=False),
    instant("last_seen_at"),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    instant("deleted_at"),
    refers("company_id", "companies"),
    Index("ix_contacts_company", "account_id", "company_id"),
    Index("ix_contacts_created", "account_id", "created_at", "id"),
)

contact_identities = related(
    "contact_identities",
    ("kind", "value"),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    key("contact_id", required=True),
    refers("contact_id", "contacts", ondelete="CASCADE"),
    Index("ix_contact_identities_contact", "account_id", "contact_id"),
)

# A contact as one inbox knows it: the address, number or id there.
contact_links = numbered(
    "contact_links",
    key("contact_id", required=True),
    key("inbox_id", required=True),
    Column("source_id", Text, nullable=False),
    Column("is_verified", Boolean, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("contact_id", "contacts"),
    refers("inbox_id", "inboxes"),
    UniqueConstraint("account_id", "inbox_id", "source_id"),
    Index("ix_contact_links_contact", "account_id", "contact_id"),
    Index("ix_contact_links_source", "account_id", "source_id"),
)

contact_notes = numbered(
    "contact_notes",
    key("contact_id", required=True),
    key("user_id"),
    Column("body", Text, nullable=False),
    instant("created_at", required=True),
    instant("updated_at", required=True),
    refers("contact_id", "contacts"),
    refers("user_id", "users"),
    Index("ix_contact_notes_contact", "account_id", "contact_id", "id"),
)
