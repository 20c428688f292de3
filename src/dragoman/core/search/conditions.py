"""What the index does not know of a question's conditions, as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, func, not_, or_

from dragoman.core.search.model import FIELDS, Condition, FieldSpec, Op
from dragoman.store import schema
from dragoman.store.tx import Tx

conversations = schema.conversations
_ELSEWHERE: dict[str, tuple[Table, str]] = {
    "contacts": (schema.contacts, "contact_id"),
    "companies": (schema.companies, "company_id"),
    "users": (schema.users, "assignee_user_id"),
    "teams": (schema.teams, "assignee_team_id"),
}
NEGATIONS = {Op.IS_NOT: Op.IS, Op.EXCLUDES: Op.INCLUDES, Op.LACKS: Op.CONTAINS}


def holds(tx: Tx, condition: Condition) -> ColumnElement[bool]:
    """One condition; what is unset is not anything, and contains nothing."""
    if condition.op in NEGATIONS:
        positive = Condition(condition.field, NEGATIONS[condition.op], condition.values)
        return not_(func.coalesce(holds(tx, positive), false()))
    spec = FIELDS[condition.field]
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
            return or_(*(func.lower(column).contains(str(one).lower(), autoescape=True) for one in values))
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
