"""Contacts and companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record


@dataclass(frozen=True, slots=True)
class Contact(Record):
    table: ClassVar[Table] = schema.contacts

    id: int
    name: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    role: str | None
    company_id: int | None
    external_id: str | None
    locale: str | None
    timezone: str | None
    tags: Sequence[str]
    custom_attrs: Mapping[str, Any]
    about_attrs: Mapping[str, Any]
    avatar_url: str | None
    is_unsubscribed: bool
    is_blocked: bool
    last_seen_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Company(Record):
    table: ClassVar[Table] = schema.companies

    id: int
    name: str
    domain: str | None
    tags: Sequence[str]
    custom_attrs: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
