"""Attributes that an account has made up, and what channels told, as something to ask for.

They are JSON, so each that is asked for becomes a facet of the index, made when it is first asked for (keeping.py).
A value is kept as its text, folded; the operand of a condition says how it is compared: a text with the text, a number
with those that are numbers, a day with those that begin with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from pyroaring import BitMap

from dragoman.core.conversations.models import Channel
from dragoman.core.search.facets import Facet
from dragoman.core.search.model import Condition, Op

DEFINED, TOLD = "custom_attrs", "origin_attrs"
# What they are read from, in this order.
COLUMNS = ("channel", "subject", DEFINED, TOLD)
MAIL_SUBJECT = "mail_subject"
DAY = len("2024-01-01")


def field_of(source: str, key: str) -> str:
    """The field of a condition: an attribute's key in DEFINED or in TOLD."""
    return f"{source}.{key}"


def is_attribute(field: str) -> bool:
    return field.partition(".")[0] in (DEFINED, TOLD)


def values_of(fields: Iterable[str], row: Sequence[Any]) -> list[str | None]:
    """The values of these fields in a row of COLUMNS, whose JSON is text."""
    channel, subject, *texts = row
    # A mail's subject is the conversation's, unless the channel told of another.
    usual = {MAIL_SUBJECT: subject} if channel == Channel.EMAIL else {}
    defined, told = map(msgspec.json.decode, texts)
    sources = {DEFINED: defined, TOLD: {**usual, **told}}
    parts = (field.partition(".") for field in fields)
    return [text_of(sources[source].get(key)) for source, _, key in parts]


def text_of(value: Any) -> str | None:
    """What a value is found under; None is no value."""
    if value is None or isinstance(value, str):
        return None if value is None else value.lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return msgspec.json.encode(value).decode().lower()


def slots_of(facet: Facet, condition: Condition) -> BitMap:
    """All slots for which a condition holds that is no negation."""
    first = condition.values[0]
    if condition.op in (Op.IS, Op.INCLUDES):
        return _equal(facet, condition.values)
    if condition.op is Op.CONTAINS:
        parts = [str(one).lower() for one in condition.values]
        return facet.any_of([text for text in facet.texts() if any(part in text for part in parts)])
    read = _day if isinstance(first, date) else _number
    return facet.any_of([text for text in facet.texts() if _is_within(read(text), condition)])


def _equal(facet: Facet, values: Sequence[Any]) -> BitMap:
    days = {one for one in values if isinstance(one, date)}
    keys = [text_of(one) for one in values if not isinstance(one, date)]
    on_them = [text for text in facet.texts() if _day(text) in days] if days else []
    return facet.any_of([*keys, *on_them])


def _is_within(value: Any, condition: Condition) -> bool:
    return value is not None and _BOUNDS[condition.op](value, condition.values)


_BOUNDS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.BEFORE: lambda value, bounds: value < bounds[0],
    Op.AFTER: lambda value, bounds: value >= bounds[0],
    Op.BETWEEN: lambda value, bounds: bounds[0] <= value < bounds[1],
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:DAY])
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
