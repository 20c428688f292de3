"""Conditions on contacts, as clients send them, to the tests of core/contacts/asking.py (chatwoot.md 3.2, 6.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dragoman.core.accounts.attributes import AttributeDefinition
from dragoman.core.contacts.asking import Kind, Match, Test
from dragoman.core.errors import Refused

MOST_CONDITIONS, MOST_VALUES, LONGEST = 50, 500, 1000
EQUALITY, PRESENCE = ("equal_to", "not_equal_to"), ("is_present", "is_not_present")
PARTS = ("contains", "does_not_contain")
COMPARISON = ("is_greater_than", "is_less_than")
TIMES = (*COMPARISON, "days_before")
NEGATIVE = {"not_equal_to", "does_not_contain", "is_not_present"}
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Key(NamedTuple):
    """What can be asked of an attribute, and where the core has it."""

    field: str
    kind: Kind
    operators: tuple[str, ...]
    source: str = ""
    is_custom: bool = False


_TEXT = (*EQUALITY, *PARTS)
KEYS: Mapping[str, Key] = {
    "name": Key("name", Kind.TEXT, _TEXT),
    "phone_number": Key("phone", Kind.TEXT, _TEXT),
    "email": Key("email", Kind.TEXT, _TEXT),
    "identifier": Key("external_id", Kind.TEXT, _TEXT),
    "country_code": Key("country_code", Kind.TEXT, EQUALITY, "about_attrs"),
    "city": Key("city", Kind.TEXT, _TEXT, "about_attrs"),
    "company_name": Key("company_name", Kind.TEXT, _TEXT, "about_attrs"),
    "labels": Key("tags", Kind.TAGS, (*EQUALITY, *PRESENCE)),
    "created_at": Key("created_at", Kind.TIME, TIMES),
    "last_activity_at": Key("last_seen_at", Kind.TIME, TIMES),
    "blocked": Key("is_blocked", Kind.TRUTH, EQUALITY),
}
CUSTOM: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "number": (Kind.NUMBER, (*EQUALITY, *PRESENCE, *COMPARISON)),
    "currency": (Kind.NUMBER, (*EQUALITY, *PRESENCE, *COMPARISON)),
    "percent": (Kind.NUMBER, (*EQUALITY, *PRESENCE, *COMPARISON)),
    "checkbox": (Kind.TRUTH, (*EQUALITY, *PRESENCE)),
    "date": (Kind.TEXT, (*EQUALITY, *PRESENCE, *TIMES)),
    "list": (Kind.TEXT, (*EQUALITY, *PRESENCE)),
}


class BadFilter(Refused):
    """A condition that cannot be asked."""


def tests_of(payload: Any, defined: Sequence[AttributeDefinition], *, today: datetime) -> tuple[tuple[Test, ...], ...]:
    """Alternatives of tests that hold together: AND binds tighter than OR. Raises BadFilter."""
    if not isinstance(payload, list) or len(payload) > MOST_CONDITIONS:
        raise BadFilter(f"payload is a list of at most {MOST_CONDITIONS} conditions")
    keys = {**{one.key: _custom(one) for one in defined}, **KEYS}
    groups: list[list[Test]] = [[]]
    for at, row in enumerate(payload):
        if not isinstance(row, dict):
            raise BadFilter("A condition is an object")
        groups[-1].append(_test(row, keys, today))
        if _joined_by(row, is_last=at == len(payload) - 1) == "OR":
            groups.append([])
    return tuple(tuple(group) for group in groups if group)


def _custom(one: AttributeDefinition) -> Key:
    kind, operators = CUSTOM.get(one.type, (Kind.TEXT, (*_TEXT, *PRESENCE)))
    return Key(one.key, kind, operators, "custom_attrs", is_custom=True)


def _joined_by(row: Mapping[str, Any], *, is_last: bool) -> str:
    """AND or OR; behind the last row nothing follows, whatever it says."""
    word = row.get("query_operator")
    known = word.upper() if isinstance(word, str) else word
    if known not in ("AND", "OR", None, "") or (not known and not is_last):
        raise BadFilter("query_operator is AND or OR")
    return "" if is_last or not known else str(known)


def _test(row: Mapping[str, Any], keys: Mapping[str, Key], today: datetime) -> Test:
    name, operator = row.get("attribute_key"), row.get("filter_operator")
    key = keys.get(name) if isinstance(name, str) else None
    if key is None:
        raise BadFilter(f"Invalid attribute key: {str(name)[:100]}. It is one of {', '.join(keys)}")
    if operator not in key.operators:
        raise BadFilter(f"Invalid operator for {name}: it is one of {', '.join(key.operators)}")
    common: dict[str, Any] = {"source": key.source, "is_not": operator in NEGATIVE}
    if operator in PRESENCE:
        return Test(key.field, key.kind, Match.PRESENT, **common)
    texts = _values(str(name), row.get("values"))
    if operator in TIMES and key.kind is not Kind.NUMBER:
        return _on_day(str(name), key, operator, texts[0], today)
    match = _MATCHES[operator]
    values = tuple(_value(str(name), key, one, match) for one in texts)
    kept = values[:1] if key.is_custom and key.kind is Kind.TEXT else values
    unset = key.is_custom and operator == "not_equal_to"
    return Test(key.field, key.kind, match, kept, with_unset=unset, **common)


_MATCHES = {
    "equal_to": Match.AMONG,
    "not_equal_to": Match.AMONG,
    "contains": Match.CONTAINS,
    "does_not_contain": Match.CONTAINS,
    "is_greater_than": Match.ABOVE,
    "is_less_than": Match.BELOW,
}


def _values(name: str, given: Any) -> list[str]:
    """As texts; clients send ids of lists as objects, too. Raises BadFilter for none."""
    several = given if isinstance(given, list) else [given]
    plain = [one.get("id") if isinstance(one, dict) else one for one in several[:MOST_VALUES]]
    found = [_as_text(one) for one in plain if isinstance(one, str | int | float)]
    if not found or any(len(one) > LONGEST for one in found) or not any(found):
        raise BadFilter(f"Invalid value: the values provided for {name} are invalid")
    return found


def _as_text(one: str | float) -> str:
    return str(one).lower() if isinstance(one, bool) else str(one).strip()


def _value(name: str, key: Key, text: str, match: Match) -> str | float | bool:
    if key.kind is Kind.NUMBER:
        return _number(name, text)
    if key.kind is Kind.TRUTH:
        if text.lower() not in TRUTHS:
            raise BadFilter(f"Invalid value: the values provided for {name} are invalid")
        return TRUTHS[text.lower()]
    # The plus of a number is lost on the way from some clients.
    return f"+{text.lstrip('+')}" if name == "phone_number" and match is Match.AMONG else text


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e15:
        raise BadFilter(f"Invalid value: the values provided for {name} are invalid")
    return number


def _on_day(name: str, key: Key, operator: str, text: str, today: datetime) -> Test:
    """Calendar days in UTC: later than a day is from the next one on."""
    day = _day(name, operator, text, today)
    is_later = operator == "is_greater_than"
    if key.kind is Kind.TIME:
        at = day + timedelta(days=1) if is_later else day
        return Test(key.field, key.kind, Match.FROM if is_later else Match.BELOW, (at,))
    # A date among custom attributes is a text that begins with it.
    limit = (day + timedelta(days=1) if is_later else day).date().isoformat()
    return Test(key.field, key.kind, Match.FROM if is_later else Match.BELOW, (limit,), source=key.source)


def _day(name: str, operator: str, text: str, today: datetime) -> datetime:
    midnight = today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if operator == "days_before":
            return midnight - timedelta(days=int(text))
        found = datetime.fromisoformat(text.removesuffix("Z"))
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadFilter(f"Invalid value: the values provided for {name} are invalid") from None
