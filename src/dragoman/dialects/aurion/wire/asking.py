"""The list's query parameters and the search's conditions, as a question to the core (aurion.md E1, E7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from dragoman.core.conversations.models import Priority, Status
from dragoman.core.errors import Invalid
from dragoman.core.search.model import (
    FIELDS,
    MAX_CONDITIONS,
    MAX_OFFSET,
    MAX_PAGE,
    MAX_TEXT,
    OPERATORS,
    Condition,
    Op,
    Operand,
    Question,
    Sort,
    Type,
)
from dragoman.dialects.aurion.ids import Prefix, parse
from dragoman.dialects.aurion.wire import reading
from dragoman.dialects.aurion.wire.words import PRIORITIES, RANKS

ALIASES = {
    "assigned_agent_id": "assignee_user_id",
    "assigned_team_id": "assignee_team_id",
    "last_activity_at": "updated_at",
    "email_channel_id": "inbox_id",
    "display_id": "number",
    "language": "detected_language",
    "sentiment": "current_sentiment_label",
    "tag": "tags",
}
PREFIXES = {
    "id": Prefix.CONVERSATION,
    "parent_id": Prefix.CONVERSATION,
    "merged_into_id": Prefix.CONVERSATION,
    "contact_id": Prefix.CONTACT,
    "company_id": Prefix.COMPANY,
    "inbox_id": Prefix.INBOX,
    "assignee_user_id": Prefix.USER,
    "assignee_team_id": Prefix.TEAM,
    "merged_by": Prefix.USER,
    "snoozed_by": Prefix.USER,
}
VOCABULARIES: Mapping[str, Sequence[str]] = {"status": list(Status), "priority": PRIORITIES}
SORTS: Mapping[str, Sort] = {
    **{one.value: one for one in (Sort.UPDATED, Sort.CREATED, Sort.PRIORITY, Sort.STATUS, Sort.SUBJECT)},
    "last_activity_at": Sort.UPDATED,
    "display_id": Sort.NUMBER,
}
# What the core can be asked for and this dialect has no word for.
UNKNOWN_HERE = frozenset(
    {
        *("state", "assignee_bot_id", "contact_link_id", "unread_count", "is_unattended"),
        *("last_activity_at", "waiting_since", "first_human_response_at"),
    }
)
NOBODY = -1  # the id of nothing: what a strange id asks for


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter that filters: the core's field and the operator."""

    field: str
    op: Op = Op.IS


FILTERS: Mapping[str, Parameter] = {
    "status": Parameter("status"),
    "channel": Parameter("channel"),
    "priority": Parameter("priority"),
    "conversation_type": Parameter("conversation_type"),
    "source": Parameter("source"),
    "assignee_user_id": Parameter("assignee_user_id"),
    "assigned_agent_id": Parameter("assignee_user_id"),
    "assignee_team_id": Parameter("assignee_team_id"),
    "assigned_team_id": Parameter("assignee_team_id"),
    "department_id": Parameter("department_id"),
    "category": Parameter("category"),
    "sla_state": Parameter("sla_state"),
    "contact_id": Parameter("contact_id"),
    "company_id": Parameter("company_id"),
    "email_channel_id": Parameter("inbox_id"),
    "language": Parameter("detected_language"),
    "sentiment": Parameter("current_sentiment_label"),
    "created_after": Parameter("created_at", Op.AFTER),
    "created_before": Parameter("created_at", Op.BEFORE),
    "updated_after": Parameter("updated_at", Op.AFTER),
    "updated_before": Parameter("updated_at", Op.BEFORE),
    "exclude_id": Parameter("id", Op.IS_NOT),
}
SEVERAL = ("status", "priority", "channel")


def question_of_list(query: QueryParams, *, usual_limit: int) -> Question:
    """Raises Invalid."""
    given = {name: reading.plain(value) for name, value in query.items() if value != ""}
    where = [_filter(name, value) for name, value in given.items() if name in FILTERS and value.strip(",")]
    _require_agreement(where)
    tags = [tag for name in ("tags", "tag") for value in query.getlist(name) for tag in value.split(",")]
    wanted = tuple(reading.plain(tag) for tag in tags if tag.strip())
    if wanted:
        where.append(Condition("tags", Op.INCLUDES, wanted))
    sort, is_descending = _order(given)
    return Question(
        where=tuple(dict.fromkeys(where)),
        text=_text("search", given.get("search", "")),
        visibilities=visibilities(**_flags(given)),
        sort=sort,
        is_descending=is_descending,
        ranks=RANKS if sort is Sort.PRIORITY else (),
        limit=reading.whole("limit", given.get("limit", str(usual_limit)), at_least=1, at_most=MAX_PAGE),
        offset=reading.whole("offset", given.get("offset", "0"), at_least=0, at_most=MAX_OFFSET),
    )


def _filter(name: str, text: str) -> Condition:
    parameter = FILTERS[name]
    if name in SEVERAL and "," in text:
        values = tuple(operand(parameter.field, one, name=name) for one in text.split(",") if one)
        return _meant(Condition(parameter.field, Op.INCLUDES, tuple(dict.fromkeys(values))))
    return _meant(Condition(parameter.field, parameter.op, (operand(parameter.field, text, name=name),)))


def _meant(one: Condition) -> Condition:
    """What has no priority counts as medium (words.py)."""
    if one.field != "priority" or Priority.MEDIUM not in one.values:
        return one
    several = {Op.IS: Op.INCLUDES, Op.IS_NOT: Op.EXCLUDES}
    return Condition(one.field, several.get(one.op, one.op), (*one.values, Priority.NONE))


def _require_agreement(where: Sequence[Condition]) -> None:
    """Both spellings of an assignee may be given when they say the same (aurion.md C6)."""
    for field, spelling in (("assignee_user_id", "assigned_agent_id"), ("assignee_team_id", "assigned_team_id")):
        if len({one.values for one in where if one.field == field}) > 1:
            raise Invalid(spelling, f"Differs from {field}")


def _text(field: str, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise Invalid(field, f"Takes at most {MAX_TEXT} characters")
    return text if text.strip() else ""


def _order(given: Mapping[str, Any]) -> tuple[Sort, bool]:
    by = reading.word("sort_by", given.get("sort_by") or "updated_at", SORTS)
    order = str(given.get("sort_order") or "desc").lower()
    return SORTS[by], reading.word("sort_order", order, ("asc", "desc")) == "desc"


def _flags(given: Mapping[str, str]) -> dict[str, bool | None]:
    names = ("archived", "is_spam", "include_deleted")
    return {name: reading.truth(name, given[name]) if name in given else None for name in names}


def visibilities(
    *, archived: bool | None = None, is_spam: bool | None = None, include_deleted: bool | None = None
) -> tuple[int, ...]:
    """What the three flags show: true for `archived` and `is_spam` means only those (aurion.md 4.3)."""
    number = int(bool(archived)) + 2 * bool(is_spam)
    return (number, number + 4) if include_deleted else (number,)


def operand(field: str, value: object, *, name: str) -> Operand:
    """A value in the core's own type. Raises Invalid, naming the field as the client wrote it."""
    if value is None:
        return None
    kind = FIELDS[field].type
    if kind is Type.TIME:
        return reading.instant(name, value)
    if kind is Type.TRUTH:
        return value if isinstance(value, bool) else reading.truth(name, str(value))
    if kind is Type.NUMBER:
        return _number(name, value)
    if not isinstance(value, str):
        raise Invalid(name, "Not a text")
    if kind is Type.ID:
        return _number_of(field, value)
    return reading.word(name, value, VOCABULARIES[field]) if field in VOCABULARIES else reading.plain(value)


def _number_of(field: str, text: str) -> int:
    number = parse(PREFIXES[field], text)
    return NOBODY if number is None else number


def _number(name: str, value: object) -> float:
    if isinstance(value, str):
        return reading.whole(name, value, at_least=-(2**53), at_most=2**53)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -(2**53) <= value <= 2**53:
        raise Invalid(name, "Not a number")
    return value


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition as the client wrote it, and where it stands in the request."""

    place: str
    field: str
    operator: str
    value: object
    values: object


def condition(asked: Asked, *, now: datetime) -> Condition:
    """Raises Invalid for an unknown field, an operator the field does not take, or a wrong operand."""
    field = ALIASES.get(asked.field, asked.field)
    if field == "archived":
        return _archived(asked)
    if field not in FIELDS or field in UNKNOWN_HERE:
        raise Invalid(f"{asked.place}.field", f"Unknown field {asked.field!r}")
    if asked.operator not in _READERS:
        raise Invalid(f"{asked.place}.operator", f"One of {', '.join(_READERS)}")
    op, read = _READERS[asked.operator]
    if op not in OPERATORS[FIELDS[field].type]:
        raise Invalid(f"{asked.place}.operator", f"{asked.field} cannot be asked with {asked.operator}")
    return _meant(Condition(field, op, read(field, asked, now)))


def _archived(asked: Asked) -> Condition:
    if asked.operator not in ("is", "is_not") or not isinstance(asked.value, bool):
        raise Invalid(f"{asked.place}.value", "archived takes is or is_not, and true or false")
    wants = asked.value == (asked.operator == "is")
    return Condition("archived_at", Op.IS_NOT if wants else Op.IS, (None,))


Reader = Callable[[str, Asked, datetime], tuple[Operand, ...]]


def _one(field: str, asked: Asked, _now: datetime) -> tuple[Operand, ...]:
    if isinstance(asked.value, list | dict):
        raise Invalid(f"{asked.place}.value", "Takes one value")
    if asked.value is None and FIELDS[field].type is Type.TRUTH:
        raise Invalid(f"{asked.place}.value", "Neither true nor false")
    return (operand(field, asked.value, name=f"{asked.place}.value"),)


def _text_in(field: str, asked: Asked, _now: datetime) -> tuple[Operand, ...]:
    if not isinstance(asked.value, str) or not asked.value:
        raise Invalid(f"{asked.place}.value", "Takes a text")
    return (reading.plain(_text(f"{asked.place}.value", asked.value)),)


def _many(field: str, asked: Asked, _now: datetime) -> tuple[Operand, ...]:
    values = asked.values if asked.values is not None else asked.value
    if not isinstance(values, list) or not 1 <= len(values) <= 100:
        raise Invalid(f"{asked.place}.values", "Takes 1 to 100 values")
    return tuple(operand(field, one, name=f"{asked.place}.values") for one in values)


def _some(field: str, asked: Asked, now: datetime) -> tuple[Operand, ...]:
    if asked.value is None:
        raise Invalid(f"{asked.place}.value", "Takes a value")
    return _one(field, asked, now)


def _pair(field: str, asked: Asked, now: datetime) -> tuple[Operand, ...]:
    pair = _many(field, asked, now)
    if len(pair) != 2 or None in pair:
        raise Invalid(f"{asked.place}.values", "Takes two values")
    return pair


def _ago(field: str, asked: Asked, now: datetime) -> tuple[Operand, ...]:
    if FIELDS[field].type is not Type.TIME:
        raise Invalid(f"{asked.place}.operator", f"{asked.field} cannot be asked with {asked.operator}")
    back = reading.span(f"{asked.place}.value", asked.value)
    return (max(reading.EARLIEST, now - min(back, now - reading.EARLIEST)),)


_READERS: Mapping[str, tuple[Op, Reader]] = {
    "is": (Op.IS, _one),
    "is_not": (Op.IS_NOT, _one),
    "includes": (Op.INCLUDES, _many),
    "excludes": (Op.EXCLUDES, _many),
    "contains": (Op.CONTAINS, _text_in),
    "does_not_contain": (Op.LACKS, _text_in),
    "in_the_last": (Op.AFTER, _ago),
    "before": (Op.BEFORE, _some),
    "after": (Op.AFTER, _some),
    "between": (Op.BETWEEN, _pair),
}


def question_of_search(
    asked: Sequence[Asked],
    *,
    match: str,
    text: str,
    order: Mapping[str, Any],
    limit: int,
    offset: int,
    now: datetime,
) -> Question:
    """Raises Invalid. Without a condition on them, deleted, archived and spam conversations stay out."""
    if len(asked) > MAX_CONDITIONS:
        raise Invalid("conditions", f"Takes at most {MAX_CONDITIONS} conditions")
    conditions = tuple(condition(one, now=now) for one in asked)
    sort, is_descending = _order(order)
    is_any = match == "any" and len(conditions) > 1
    return Question(
        where=() if is_any else conditions,
        any_of=tuple((one,) for one in conditions) if is_any else (),
        text=reading.plain(_text("search", text)),
        visibilities=_named({one.field for one in conditions}),
        sort=sort,
        is_descending=is_descending,
        ranks=RANKS if sort is Sort.PRIORITY else (),
        limit=limit,
        offset=offset,
    )


def _named(fields: set[str]) -> tuple[int, ...]:
    """Every visibility that differs only in what the conditions speak of themselves."""
    free = (1 if "archived_at" in fields else 0, 2 if "is_spam" in fields else 0, 4 if "deleted_at" in fields else 0)
    return tuple(number for number in range(8) if all(bit in free for bit in (1, 2, 4) if number & bit))
