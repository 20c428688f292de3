"""Messages, their files, the mails they came from and the words they are found by."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Text, UniqueConstraint

from dragoman.store.schema.base import instant, key, numbered, refers, related
from dragoman.store.types import Json

messages = numbered(
    "messages",
    key("conversation_id", required=True),
    Column("body", Text, nullable=False),
    Column("body_html", Text),
    Column("original_body", Text),
    Column("content_type", Text, nullable=False),
    Column("is_internal", Boolean, nullable=False),
    Column("sender_kind", Text, nullable=False),
    key("sender_id"),
    Column("sender_name", Text),
    Column("source", Text),
    Column("source_message_id", Text),
    Column("metadata", Json, nullable=False),
    # Plain text, or something to fill in or to choose from, whose parts are in `form`.
    Column("kind", Text, nullable=False),
    Column("form", Json, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("delivery_error", Text),
    instant("removed_at"),
    Column("sentiment_label", Text),
    Column("sentiment_score", Float),
    Column("translated_body", Text),
    Column("translation_target_language", Text),
    Column("conversation_version", Integer, nullable=False),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    Index("ix_messages_conversation", "account_id", "conversation_id", "created_at", "id"),
)

attachments = numbered(
    "attachments",
    key("conversation_id", required=True),
    key("message_id"),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("content_id", Text),
    Column("disposition", Text, nullable=False),
    Column("scan_status", Text, nullable=False),
    Column("scan_signature", Text),
    Column("storage_backend", Text, nullable=False),
    Column("blob_key", Text, nullable=False),
    Column("source", Text),
    key("uploader_id"),
    Column("uploader_name", Text),
    instant("created_at", required=True),
    refers("conversation_id", "conversations"),
    refers("message_id", "messages"),
    Index("ix_attachments_conversation", "account_id", "conversation_id", "id"),
    Index("ix_attachments_message", "account_id", "message_id"),
)

mail_ids = related(
    "mail_ids",
    ("inbox_id", "mail_id"),
    key("inbox_id", required=True),
    Column("mail_id", Text, nullable=False),
    key("conversation_id", required=True),
    # Set where the mail itself has come in; otherwise the id has only been named by another mail.
    key("message_id"),
    refers("conversation_id", "conversations"),
    Index("ix_mail_ids_conversation", "account_id", "conversation_id"),
)

raw_mails = numbered(
    "raw_mails",
    key("inbox_id", required=True),
    Column("digest", Text, nullable=False),
    # The same for two mails that say the same under one Message-ID, however their bytes differ.
    Column("identity", Text, nullable=False),
    Column("blob_key", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    key("message_id"),
    instant("received_at", required=True),
    refers("message_id", "messages"),
    UniqueConstraint("account_id", "inbox_id", "digest"),
    Index("ix_raw_mails_identity", "account_id", "inbox_id", "identity"),
    Index("ix_raw_mails_outcome", "account_id", "outcome", "id"),
)

search_documents = numbered(
    "search_documents",
    key("conversation_id", required=True),
    Column("words", Text, nullable=False),
    refers("conversation_id", "conversations"),
    Index("ix_search_documents_conversation", "account_id", "conversation_id"),
)
