"""A question about conversations: which ones, in what order, which page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

MAX_PAGE = 100
MAX_OFFSET = 2**53 - 1
MAX_TEXT = 1000
MAX_CONDITIONS = 50


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    INCLUDES = "includes"
    EXCLUDES = "excludes"
    CONTAINS = "contains"
    LACKS = "does_not_contain"
    BEFORE = "before"
    AFTER = "after"  # from that instant on
    BETWEEN = "between"  # from the first instant on, before the second


class Sort(StrEnum):
    UPDATED = "updated_at"
    CREATED = "created_at"
    PRIORITY = "priority"
    STATUS = "status"
    SUBJECT = "subject"
    NUMBER = "number"
    ACTIVITY = "last_activity_at"
    WAITING = "waiting_since"  # who waits longest first; who does not wait comes last in either direction
    UNREAD = "unread_count"


Operand: TypeAlias = str | int | float | bool | datetime | date | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one field of FIELDS, or of an attribute (attributes.py).

    `values` has one operand, or as many as the operator takes.
    """

    field: str
    op: Op
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`where` must all hold; of `any_of`, when there are some, at least one with all that is in it; `text` must be
    found as well.

    Deleted, archived and spam conversations are left out unless `visibilities` says otherwise: a set of the numbers
    that `conversations.visibility` can hold (archived 1, spam 2, deleted 4, added up).
    """

    where: tuple[Condition, ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()
    text: str = ""
    visibilities: tuple[int, ...] = (0,)
    sort: Sort = Sort.UPDATED
    is_descending: bool = True
    # Words of the sort's field in ascending order, those that rank alike together; without them, as RANKS has them.
    ranks: tuple[tuple[str, ...], ...] = ()
    # Ranked words that stay last whatever the direction.
    last: tuple[str, ...] = ()
    # What decides among those that rank alike, and whether descending; else their numbers, in the sort's direction.
    then: tuple[Sort, bool] | None = None
    limit: int = 50
    offset: int = 0

    @property
    def choice(self) -> tuple[Any, ...]:
        """What decides which conversations answer it, whatever page is asked for and in whatever order."""
        return self.where, self.any_of, self.text, self.visibilities


class Type(StrEnum):
    WORD = "word"
    ID = "id"
    TIME = "time"
    NUMBER = "number"
    TRUTH = "truth"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What can be asked of a field: its type, and the column when it is named otherwise."""

    type: Type
    column: str = ""
    source: str = field(default="conversations")


def _words(*names: str) -> dict[str, FieldSpec]:
    return {name: FieldSpec(Type.WORD, name) for name in names}


def _times(*names: str) -> dict[str, FieldSpec]:
    return {name: FieldSpec(Type.TIME, name) for name in names}


def _ids(*names: str) -> dict[str, FieldSpec]:
    return {name: FieldSpec(Type.ID, name) for name in names}


FIELDS: Mapping[str, FieldSpec] = {
    **_words(
        "subject",
        "status",
        "priority",
        "channel",
        "assignment_reason",
        "category",
        "sub_category",
        "conversation_type",
        "source",
        "source_thread_id",
        "department_id",
        "impact",
        "urgency",
        "detected_language",
        "initial_sentiment_label",
        "current_sentiment_label",
        "sentiment_trend",
        "sla_state",
        "state",
        "last_message_snippet",
    ),
    **_ids(
        "id",
        "contact_id",
        "company_id",
        "inbox_id",
        "assignee_user_id",
        "assignee_team_id",
        "assignee_bot_id",
        "contact_link_id",
        "parent_id",
        "merged_into_id",
        "merged_by",
        "snoozed_by",
    ),
    **_times(
        "created_at",
        "updated_at",
        "last_activity_at",
        "waiting_since",
        "first_human_response_at",
        "assigned_at",
        "archived_at",
        "deleted_at",
        "merged_at",
        "snoozed_until",
        "planned_start",
        "planned_end",
        "sla_first_response_due",
        "sla_resolution_due",
        "sla_last_escalation_at",
    ),
    "tags": FieldSpec(Type.TAGS),
    "is_spam": FieldSpec(Type.TRUTH, "is_spam"),
    "is_unattended": FieldSpec(Type.TRUTH, "is_unattended"),
    "auto_resolved_by_ai": FieldSpec(Type.TRUTH, "auto_resolved_by_ai"),
    "number": FieldSpec(Type.NUMBER, "number"),
    "version": FieldSpec(Type.NUMBER, "version"),
    "unread_count": FieldSpec(Type.NUMBER, "unread_count"),
    "message_count": FieldSpec(Type.NUMBER, "message_count"),
    "planned_effort_minutes": FieldSpec(Type.NUMBER, "planned_effort_minutes"),
    "current_sentiment_score": FieldSpec(Type.NUMBER, "current_sentiment_score"),
    "contact_name": FieldSpec(Type.WORD, "name", "contacts"),
    "contact_email": FieldSpec(Type.WORD, "email", "contacts"),
    "contact_phone": FieldSpec(Type.WORD, "phone", "contacts"),
    "contact_role": FieldSpec(Type.WORD, "role", "contacts"),
    "company_name": FieldSpec(Type.WORD, "name", "companies"),
    "assignee_user_name": FieldSpec(Type.WORD, "name", "users"),
    "assignee_team_name": FieldSpec(Type.WORD, "name", "teams"),
}

_EQUALITY = frozenset({Op.IS, Op.IS_NOT, Op.INCLUDES, Op.EXCLUDES})
OPERATORS: Mapping[Type, frozenset[Op]] = {
    Type.WORD: _EQUALITY | {Op.CONTAINS, Op.LACKS},
    Type.TAGS: _EQUALITY | {Op.CONTAINS, Op.LACKS},
    Type.ID: _EQUALITY,
    Type.TRUTH: frozenset({Op.IS, Op.IS_NOT}),
    Type.NUMBER: _EQUALITY | {Op.BEFORE, Op.AFTER, Op.BETWEEN},
    Type.TIME: frozenset({Op.IS, Op.IS_NOT, Op.BEFORE, Op.AFTER, Op.BETWEEN}),
}
