"""Share links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record


class Permission(StrEnum):
    VIEW_ONLY = "view_only"
    VIEW_AND_COMMENT = "view_and_comment"


@dataclass(frozen=True, slots=True)
class Share(Record):
    """A link; of its token only the hash is kept."""

    table: ClassVar[Table] = schema.shares

    id: int
    conversation_id: int
    token_hash: str
    permission: str
    created_by: int | None
    expires_at: datetime
    created_at: datetime
