"""Parts of what is kept as JSON, for conditions and orders that both databases understand alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, case, cast, func
from sqlalchemy import Text as SqlText


def text_at(column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    """What stands under a key of an object, as text; null where nothing does."""
    found: ColumnElement[Any] = column[key].as_string()
    return found


def number_at(dialect: str, column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    """A number under a key; null for what is none."""
    return case((_kind(dialect, column, key).in_(("number", "integer", "real")), _plain_number(column, key)))


def truth_at(dialect: str, column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    """True or false under a key; null for what is neither."""
    kind = _kind(dialect, column, key)
    if dialect == "postgresql":
        return case((kind == "boolean", cast(text_at(column, key), Boolean)))
    return case((kind == "true", True), (kind == "false", False))


def _plain_number(column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    return cast(text_at(column, key), Float)


def _kind(dialect: str, column: ColumnElement[Any], key: str) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return func.jsonb_typeof(column[key])
    return func.json_type(cast(column, SqlText), f'$."{key}"')
