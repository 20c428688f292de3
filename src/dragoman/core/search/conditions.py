"""A question's conditions as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, and_, false, func, not_, or_

from dragoman.core.search.model import FIELDS, Condition, FieldSpec, Op, Type
from dragoman.core.search.words import query_words
from dragoman.core.tags import fold_tag
from dragoman.store import fulltext, schema
from dragoman.store.tx import Tx

conversations, tags = schema.conversations, schema.conversation_tags
_ELSEWHERE: dict[str, tuple[Table, str]] = {
    "contacts": (schema.contacts, "contact_id"),
    "companies": (schema.companies, "company_id"),
    "users": (schema.users, "assignee_user_id"),
    "teams": (schema.teams, "assignee_team_id"),
}
_NEGATIONS = {Op.IS_NOT: Op.IS, Op.EXCLUDES: Op.INCLUDES, Op.LACKS: Op.CONTAINS}


def holds(tx: Tx, condition: Condition) -> ColumnElement[bool]:
    """One condition; what is unset is not anything, and contains nothing."""
    if condition.op in _NEGATIONS:
        positive = Condition(condition.field, _NEGATIONS[condition.op], condition.values)
        return not_(func.coalesce(holds(tx, positive), false()))
    spec = FIELDS[condition.field]
    if spec.type is Type.TAGS:
        return _tagged(tx, condition)
    if spec.source != "conversations":
        return _elsewhere(tx, spec, condition)
    compared: ColumnElement[bool] = _compares(conversations.c[spec.column], condition)
    return compared


def _elsewhere(tx: Tx, spec: FieldSpec, condition: Condition) -> ColumnElement[bool]:
    table, key = _ELSEWHERE[spec.source]
    if condition.op is Op.IS and condition.values[0] is None:
        named = tx.select(table.c.id).where(table.c[spec.column].is_not(None))
        return or_(conversations.c[key].is_(None), conversations.c[key].not_in(named))
    matching = tx.select(table.c.id).where(_compares(table.c[spec.column], condition))
    is_one: ColumnElement[bool] = conversations.c[key].in_(matching)
    return is_one


def _compares(column: Any, condition: Condition) -> Any:
    values = condition.values
    match condition.op:
        case Op.IS:
            return column.is_(None) if values[0] is None else column == values[0]
        case Op.INCLUDES:
            return or_(*_among(column, values))
        case Op.CONTAINS:
            return func.lower(column).contains(str(values[0]).lower(), autoescape=True)
        case Op.BEFORE:
            return column < values[0]
        case Op.AFTER:
            return column >= values[0]
        case Op.BETWEEN:
            return and_(column >= values[0], column < values[1])
    raise AssertionError(condition.op)


def _among(column: Any, values: tuple[Any, ...]) -> Iterator[ColumnElement[bool]]:
    known = [one for one in values if one is not None]
    if known:
        yield column.in_(known)
    if len(known) < len(values):
        yield column.is_(None)


def _tagged(tx: Tx, condition: Condition) -> ColumnElement[bool]:
    """On tags: `is` has that tag, `includes` has any of them, `contains` has one with that text in it."""
    if condition.values[0] is None and len(condition.values) == 1:
        return conversations.c.id.not_in(tx.select(tags.c.conversation_id))
    folded = [folded_tag(one) for one in condition.values]
    if condition.op is Op.CONTAINS:
        wanted = tags.c.folded.contains(folded[0], autoescape=True)
    else:
        wanted = tags.c.folded.in_(folded)
    return conversations.c.id.in_(tx.select(tags.c.conversation_id).where(wanted))


def folded_tag(value: Any) -> Any:
    """A tag as it is indexed; a blank is filled with one that is folded already (shapes.py)."""
    return value if isinstance(value, BindParameter) else fold_tag(str(value))


def found(tx: Tx, text: str) -> list[ColumnElement[bool]]:
    """Every word must be somewhere in the subject or the messages. Text without a single word finds nothing."""
    wanted = query_words(text)
    if not wanted:
        return [false()]
    return [conversations.c.id.in_(fulltext.having(tx, word)) for word in wanted]
