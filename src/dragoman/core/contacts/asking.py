"""A question about contacts: which ones, in what order, which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_

from dragoman.core.contacts.models import Contact
from dragoman.core.tags import fold_tag
from dragoman.store import schema
from dragoman.store.json_parts import number_at, text_at, truth_at
from dragoman.store.tx import Tx

contacts = schema.contacts


class Match(StrEnum):
    AMONG = "among"
    CONTAINS = "contains"
    PRESENT = "present"
    ABOVE = "above"
    BELOW = "below"
    FROM = "from"  # from that value on


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Test:
    """`source` is "" for a column, or the column of an object that has the field as a key.

    What is unset fails a test, and one that `is_not`, too, unless `with_unset`.
    """

    field: str
    kind: Kind
    match: Match
    values: tuple[str | float | bool | datetime, ...] = ()
    source: str = ""
    is_not: bool = False
    with_unset: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """By a column or a key of an object, case aside; what has nothing there comes last."""

    field: str
    source: str = ""
    is_descending: bool = False


NEWEST = Order("created_at", is_descending=True)


@dataclass(frozen=True, slots=True)
class ContactQuestion:
    """`any_of`: all tests of at least one of them must hold. `known_only`: those with an address, a number or an id."""

    any_of: tuple[tuple[Test, ...], ...] = ()
    text: str = ""
    tags: tuple[str, ...] = ()
    seen_since: datetime | None = None
    known_only: bool = False
    order: Order = NEWEST
    limit: int = 50
    offset: int = 0


async def ask(tx: Tx, question: ContactQuestion) -> list[Contact]:
    """A page."""
    query = tx.select(Contact).where(*_wanted(tx, question)).order_by(*_ordered(question.order))
    return await tx.all(Contact, query.limit(question.limit).offset(question.offset))


async def count(tx: Tx, question: ContactQuestion) -> int:
    """How many there are in all."""
    return int(await tx.scalar(tx.select(func.count(contacts.c.id)).where(*_wanted(tx, question))))


def _wanted(tx: Tx, question: ContactQuestion) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [contacts.c.deleted_at.is_(None)]
    if question.known_only:
        wanted.append(or_(*(_is_set(contacts.c[name]) for name in ("email", "phone", "external_id"))))
    if question.text:
        wanted.append(_mentions(question.text))
    if question.tags:
        wanted.append(or_(*(_tagged(tag) for tag in question.tags)))
    if question.seen_since is not None:
        wanted.append(contacts.c.last_seen_at >= question.seen_since)
    if question.any_of:
        wanted.append(or_(*(and_(*(_holds(tx, one) for one in group)) for group in question.any_of)))
    return wanted


def _mentions(text: str) -> ColumnElement[bool]:
    """In name, address or number in whatever case; in the external id as it is written."""
    by_id = func.replace(contacts.c.external_id, text, "") != contacts.c.external_id
    return or_(contacts.c.search_key.contains(text.casefold(), autoescape=True), by_id)


def _tagged(tag: str) -> ColumnElement[bool]:
    return contacts.c.tag_key.contains(f"\n{fold_tag(tag)}\n", autoescape=True)


def _is_set(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(column.is_not(None), column != "")


def _holds(tx: Tx, test: Test) -> ColumnElement[bool]:
    if test.kind is Kind.TAGS:
        held = contacts.c.tag_key != "\n" if test.match is Match.PRESENT else or_(*map(_tagged, _texts(test)))
        return not_(held) if test.is_not else held
    column = _column(tx, test)
    held = _compared(column, test)
    if not test.is_not:
        return held
    return or_(column.is_(None), not_(held)) if test.with_unset else not_(held)


def _texts(test: Test) -> list[str]:
    return [str(one) for one in test.values]


def _column(tx: Tx, test: Test) -> ColumnElement[Any]:
    if not test.source:
        return contacts.c[test.field]
    whole, dialect = contacts.c[test.source], tx.session.dialect
    if test.kind is Kind.NUMBER:
        return number_at(dialect, whole, test.field)
    return truth_at(dialect, whole, test.field) if test.kind is Kind.TRUTH else text_at(whole, test.field)


def _compared(column: ColumnElement[Any], test: Test) -> ColumnElement[bool]:
    is_text = test.kind is Kind.TEXT
    match test.match:
        case Match.PRESENT:
            return _is_set(column) if is_text else column.is_not(None)
        case Match.CONTAINS:
            return or_(*(func.lower(column).contains(one.lower(), autoescape=True) for one in _texts(test)))
        case Match.AMONG if is_text:
            return func.lower(column).in_([one.lower() for one in _texts(test)])
        case Match.AMONG:
            return column.in_(test.values)
        case Match.ABOVE:
            return column > test.values[0]
        case Match.FROM:
            return column >= test.values[0]
        case Match.BELOW:
            return column < test.values[0]
    raise AssertionError(test.match)


def _ordered(order: Order) -> Sequence[ColumnElement[Any]]:
    if order == NEWEST:  # as the index has them
        return contacts.c.created_at.desc(), contacts.c.id.desc()
    is_time = not order.source and order.field.endswith("_at")
    column = text_at(contacts.c[order.source], order.field) if order.source else contacts.c[order.field]
    is_empty = column.is_(None) if is_time else or_(column.is_(None), column == "")
    key = column if is_time else func.lower(column)
    last = case((is_empty, 1), else_=0)
    return (last, key.desc(), contacts.c.id.desc()) if order.is_descending else (last, key.asc(), contacts.c.id.asc())
