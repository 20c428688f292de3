"""From rows to typed, immutable records and back to columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Column, Table


class Record:
    """A frozen dataclass whose fields are columns of `table`, by name."""

    table: ClassVar[Table]


R = TypeVar("R", bound=Record)
_columns: dict[type[Record], tuple[Column[Any], ...]] = {}


def columns(record: type[Record]) -> tuple[Column[Any], ...]:
    """The columns of a record, in the order of its fields."""
    if record not in _columns:
        _columns[record] = tuple(record.table.c[field.name] for field in fields(record))  # type: ignore[arg-type]
    return _columns[record]


def names(record: type[Record]) -> list[str]:
    """The names of a record's fields."""
    return [column.name for column in columns(record)]


def values(record: Record) -> dict[str, Any]:
    """A record as the row it is kept in."""
    return {name: getattr(record, name) for name in names(type(record))}


def load(record: type[R], row: Sequence[Any]) -> R:
    return record(*row)
