"""The conditions of a filter as a question to the core (chatwoot.md 3.2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from dragoman.core.errors import Invalid
from dragoman.core.search import attributes
from dragoman.core.search.model import MAX_CONDITIONS, MAX_TEXT, Condition, Op, Operand
from dragoman.dialects.chatwoot import words

Conditions: TypeAlias = tuple[Condition, ...]
EQUALITY = ("equal_to", "not_equal_to")
PRESENCE = ("is_present", "is_not_present")
TEXT = ("contains", "does_not_contain")
ORDER = ("is_greater_than", "is_less_than")
DATES = (*ORDER, "days_before")
NOTHING = Condition("state", Op.IS, ("none",))  # no conversation is in that state
A_DAY = timedelta(days=1)
MOST_DAYS, MOST_VALUES = 100_000, 1000
LAST_YEAR = 9000  # days are added to it
# What may be asked of an attribute, by the type that it was defined with.
OF_TYPES: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("text", "link", "list"), (*EQUALITY, *TEXT, *PRESENCE)),
    **dict.fromkeys(("number", "currency", "percent"), (*EQUALITY, *PRESENCE, *ORDER)),
    "date": (*EQUALITY, *PRESENCE, *DATES),
    "checkbox": (*EQUALITY, *PRESENCE),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What conditions are read with: the types of the account's own attributes, contacts' conversations, the day."""

    defined: Mapping[str, str]
    of_contacts: Mapping[int, Sequence[int]]
    today: date


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as it was sent."""

    key: str
    operator: str
    values: Sequence[Any]
    around: Around

    def fault(self, text: str) -> Invalid:
        return Invalid(self.key, f"{self.key}: {text}")


Reader: TypeAlias = Callable[[Row], Conditions]


def alternatives(payload: Any, around: Around) -> tuple[Conditions, ...]:
    """At least one must hold with all that is in it. Raises Invalid, which names the key."""
    if not isinstance(payload, list) or not payload:
        raise Invalid("payload", "payload takes a list of conditions")
    if len(payload) > MAX_CONDITIONS:
        raise Invalid("payload", f"payload takes at most {MAX_CONDITIONS} conditions")
    found: list[Conditions] = [()]
    joint = "AND"
    for at, given in enumerate(payload):
        if not isinstance(given, dict):
            raise Invalid("payload", "A condition of payload is not an object")
        conditions = _conditions(_row(given, around))
        if joint == "OR":
            found.append(conditions)
        else:
            found[-1] = (*found[-1], *conditions)
        joint = _joint(given, is_last=at == len(payload) - 1)
    return tuple(found)


def contact_ids(payload: Any) -> list[int]:
    """Those that the conditions name, so that their conversations can be looked up."""
    rows = [one for one in payload if isinstance(one, dict)] if isinstance(payload, list) else []
    named = [value for one in rows if one.get("attribute_key") == "contact_id" for value in _listed(one.get("values"))]
    return sorted({int(one) for one in named[:MOST_VALUES] if _is_whole(one)})


def _joint(given: Mapping[str, Any], *, is_last: bool) -> str:
    word = given.get("query_operator")
    name = word.strip().upper() if isinstance(word, str) else word
    if name not in ("AND", "OR", "", None):
        raise Invalid("query_operator", "query_operator must be either AND or OR")
    if not name and not is_last:
        raise Invalid("query_operator", "query_operator is missing before another condition")
    return name or ""


def _row(given: Mapping[str, Any], around: Around) -> Row:
    key, operator = given.get("attribute_key"), given.get("filter_operator")
    if not isinstance(key, str) or not key:
        raise Invalid("attribute_key", "attribute_key is missing")
    if not isinstance(operator, str):
        raise Invalid(key, f"{key}: filter_operator is missing")
    values = _listed(given.get("values"))
    if len(values) > MOST_VALUES:
        raise Invalid(key, f"{key}: a condition takes at most {MOST_VALUES} values")
    return Row(key, operator, values, around)


def _listed(values: Any) -> list[Any]:
    """A bare value is as good as a list of one."""
    if values is None or values == "":
        return []
    return values if isinstance(values, list) else [values]


def _conditions(row: Row) -> Conditions:
    defined = row.around.defined
    standard = STANDARD.get(row.key)
    if standard is None and row.key not in defined:
        names = ", ".join([*STANDARD, *sorted(defined)])
        raise Invalid("attribute_key", f"Invalid attribute key {row.key}: it should be one of {names}")
    operators, read = standard or (OF_TYPES.get(defined[row.key], OF_TYPES["text"]), _defined(defined[row.key]))
    if row.operator not in operators:
        raise row.fault(f"Invalid operator {row.operator}: it should be one of {', '.join(operators)}")
    if row.operator not in PRESENCE and not row.values:
        raise row.fault("values are missing")
    return read(row)


def _presence(row: Row, field: str, none: Operand = None) -> Condition:
    return Condition(field, Op.IS_NOT if row.operator == "is_present" else Op.IS, (none,))


def _matched(row: Row, field: str, values: Sequence[Operand], none: Operand = None) -> Conditions:
    """What is missing matches neither (chatwoot.md 3.2, operators)."""
    if row.operator in PRESENCE:
        return (_presence(row, field, none),)
    if row.operator == "equal_to":
        return (Condition(field, Op.INCLUDES, tuple(values)),)
    is_there = () if none in values else (Condition(field, Op.IS_NOT, (none,)),)
    return (Condition(field, Op.EXCLUDES, tuple(values)), *is_there)


def _status(row: Row) -> Conditions:
    """`all` is every status."""
    names = row_texts(row)
    if "all" in names:
        return () if row.operator == "equal_to" else (NOTHING,)
    op = Op.INCLUDES if row.operator == "equal_to" else Op.EXCLUDES
    return (Condition("state", op, tuple(words.state_or_none(one) for one in names)),)


def _by_id(field: str) -> Reader:
    return lambda row: _matched(row, field, [] if row.operator in PRESENCE else whole_numbers(row))


def _campaign(row: Row) -> Conditions:
    """There are none here, so every conversation is without one."""
    if row.operator not in PRESENCE:
        whole_numbers(row)
    return () if row.operator == "is_not_present" else (NOTHING,)


def _contact(row: Row) -> Conditions:
    theirs = [one for contact_id in whole_numbers(row) for one in row.around.of_contacts.get(contact_id, ())]
    return (Condition("id", Op.INCLUDES if row.operator == "equal_to" else Op.EXCLUDES, tuple(theirs)),)


def _priority(row: Row) -> Conditions:
    return _matched(row, "priority", row_texts(row), none="none")


def _display_id(row: Row) -> Conditions:
    if row.operator in TEXT:
        return _containing(row, "number")
    op = Op.INCLUDES if row.operator == "equal_to" else Op.EXCLUDES
    return (Condition("number", op, tuple(whole_numbers(row))),)


def _labels(row: Row) -> Conditions:
    """`not_equal_to` is that it has none of them, and so maybe none at all."""
    if row.operator in PRESENCE:
        return (_presence(row, "tags"),)
    return (Condition("tags", Op.INCLUDES if row.operator == "equal_to" else Op.EXCLUDES, tuple(row_texts(row))),)


def _told(row: Row) -> Conditions:
    """What the channel told: case matters to nobody."""
    field = attributes.field_of(attributes.TOLD, row.key)
    if row.operator in TEXT:
        return _containing(row, field)
    return _matched(row, field, row_texts(row))


def _containing(row: Row, field: str) -> Conditions:
    """What is missing contains nothing, and lacks nothing either."""
    op = Op.CONTAINS if row.operator == "contains" else Op.LACKS
    found = (Condition(field, op, tuple(one.strip() for one in row_texts(row))),)
    is_there = (Condition(field, Op.IS_NOT, (None,)),) if op is Op.LACKS and field != "number" else ()
    return (*found, *is_there)


def _instant(field: str) -> Reader:
    """Whole days in UTC."""

    def read(row: Row) -> Conditions:
        if row.operator == "is_greater_than":
            return (Condition(field, Op.AFTER, (_midnight(_day(row) + A_DAY),)),)
        day = _day(row) if row.operator == "is_less_than" else _days_before(row)
        return (Condition(field, Op.BEFORE, (_midnight(day),)),)

    return read


def _defined(kind: str) -> Reader:
    """An attribute of the account's own; `not_equal_to` includes those without it (chatwoot.md 3.2)."""

    def read(row: Row) -> Conditions:
        field = attributes.field_of(attributes.DEFINED, row.key)
        if row.operator in PRESENCE:
            return (_presence(row, field),)
        if row.operator in DATES:
            return (_bounded(row, field, kind),)
        if row.operator in TEXT:
            return _containing(row, field)
        op = Op.INCLUDES if row.operator == "equal_to" else Op.EXCLUDES
        return (Condition(field, op, _OPERANDS.get(kind, _first_text)(row)),)

    return read


def _bounded(row: Row, field: str, kind: str) -> Condition:
    if kind == "date":
        if row.operator == "is_greater_than":
            return Condition(field, Op.AFTER, (_day(row) + A_DAY,))
        return Condition(field, Op.BEFORE, (_day(row) if row.operator == "is_less_than" else _days_before(row),))
    number = numbers(row)[0]
    if row.operator == "is_greater_than":
        return Condition(field, Op.AFTER, (math.nextafter(number, math.inf),))
    return Condition(field, Op.BEFORE, (number,))


def _first_text(row: Row) -> tuple[Operand, ...]:
    """Texts are compared with the first value only."""
    return (row_texts(row)[0].lower(),)


def _truths(row: Row) -> tuple[Operand, ...]:
    found = [str(one).lower() for one in row.values]
    if any(one not in ("true", "false") for one in found):
        raise row.fault("values are neither true nor false")
    return tuple(one == "true" for one in found)


def numbers(row: Row) -> tuple[float, ...]:
    try:
        found = tuple(float(one) for one in row.values if not isinstance(one, bool))
    except (TypeError, ValueError, OverflowError):
        found = ()
    if len(found) < len(row.values) or not all(map(math.isfinite, found)):
        raise row.fault("values are not numbers")
    return found


def _days(row: Row) -> tuple[date, ...]:
    return tuple(_day(row, one) for one in row.values)


_OPERANDS: Mapping[str, Callable[[Row], tuple[Operand, ...]]] = {
    **dict.fromkeys(("number", "currency", "percent"), numbers),
    "date": _days,
    "checkbox": _truths,
}


def row_texts(row: Row) -> list[str]:
    found = [] if row.operator in PRESENCE else list(row.values)
    if any(isinstance(one, bool) or not isinstance(one, str | int | float) for one in found):
        raise row.fault("values are not texts")
    if any(len(str(one)) > MAX_TEXT for one in found):
        raise row.fault(f"a value takes at most {MAX_TEXT} characters")
    return [str(one) for one in found]


def whole_numbers(row: Row) -> list[int]:
    if not all(map(_is_whole, row.values)):
        raise row.fault("values are not whole numbers")
    return [int(one) for one in row.values]


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 15
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15


def _day(row: Row, value: Any = None) -> date:
    given = row.values[0] if value is None else value
    try:
        day = datetime.fromisoformat(given).date()
        return day.replace(year=min(day.year, LAST_YEAR))
    except (TypeError, ValueError):
        raise row.fault("a value is no date, which is YYYY-MM-DD") from None


def _days_before(row: Row) -> date:
    if not _is_whole(row.values[0]) or int(row.values[0]) > MOST_DAYS:
        raise row.fault("a value is no number of days")
    return row.around.today - timedelta(days=int(row.values[0]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


STANDARD: Mapping[str, tuple[Sequence[str], Reader]] = {
    "status": (EQUALITY, _status),
    "assignee_id": ((*EQUALITY, *PRESENCE), _by_id("assignee_user_id")),
    "inbox_id": ((*EQUALITY, *PRESENCE), _by_id("inbox_id")),
    "team_id": ((*EQUALITY, *PRESENCE), _by_id("assignee_team_id")),
    "campaign_id": ((*EQUALITY, *PRESENCE), _campaign),
    "contact_id": (EQUALITY, _contact),
    "priority": (EQUALITY, _priority),
    "display_id": ((*EQUALITY, *TEXT), _display_id),
    "labels": ((*EQUALITY, *PRESENCE), _labels),
    "browser_language": (EQUALITY, _told),
    "conversation_language": (EQUALITY, _told),
    "referer": ((*EQUALITY, *TEXT), _told),
    "mail_subject": ((*EQUALITY, *TEXT), _told),
    "created_at": (DATES, _instant("created_at")),
    "last_activity_at": (DATES, _instant("last_activity_at")),
}
