"""Messages and attachments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record


class Sender(StrEnum):
    CONTACT = "contact"
    AGENT = "agent"
    AI = "ai"
    SYSTEM = "system"
    SHARED_VIEWER = "shared_viewer"


class Delivery(StrEnum):
    """How far a message has come on its way."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class ScanStatus(StrEnum):
    SKIPPED = "skipped"  # scanning is off
    PENDING = "pending"
    CLEAN = "clean"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Message(Record):
    table: ClassVar[Table] = schema.messages

    id: int
    conversation_id: int
    body: str
    body_html: str | None
    original_body: str | None
    content_type: str
    is_internal: bool
    sender_kind: str
    sender_id: int | None
    sender_name: str | None
    source: str | None
    source_message_id: str | None
    metadata: Mapping[str, Any]
    kind: str
    form: Mapping[str, Any]
    delivery: str
    delivery_error: str | None
    removed_at: datetime | None
    sentiment_label: str | None
    sentiment_score: float | None
    translated_body: str | None
    translation_target_language: str | None
    conversation_version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment(Record):
    table: ClassVar[Table] = schema.attachments

    id: int
    conversation_id: int
    message_id: int | None
    filename: str
    content_type: str
    size_bytes: int
    content_id: str | None
    disposition: str
    scan_status: str
    scan_signature: str | None
    storage_backend: str
    blob_key: str
    source: str | None
    uploader_id: int | None
    uploader_name: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """What is to be said. `created_at` is for history that is imported; `attachment_ids` are files uploaded before."""

    body: str
    sender: Sender
    sender_id: int | None = None
    sender_name: str | None = None
    body_html: str | None = None
    original_body: str | None = None
    content_type: str = "text/plain"
    is_internal: bool = False
    source: str | None = None
    source_message_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "text"
    form: Mapping[str, Any] = field(default_factory=dict)
    attachment_ids: tuple[int, ...] = ()
    # What its sender calls it until it has an id: told with the event, and kept nowhere else.
    echo_id: str | None = None
    may_be_empty: bool = False  # what is to be filled in or chosen from says enough without a text
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file whose bytes already lie in the blob store under `blob_key`."""

    filename: str
    content_type: str
    size_bytes: int
    blob_key: str
    storage_backend: str
    scan_status: ScanStatus
    content_id: str | None = None
    disposition: str = "attachment"
    source: str | None = None
