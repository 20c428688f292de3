"""Statements in the driver's own terms: compiled once, then only filled in.

Building and compiling a statement takes SQLAlchemy ten times longer than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    Delete,
    Dialect,
    Float,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

ACCOUNT, STAMP = "account_id", "changed_in"
TRANSACTION_ID = literal_column("pg_current_xact_id()::text::bigint", BigInteger)
Change = Callable[[Any], Any]
Writing = Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the driver's own terms."""

    sql: str
    blanks: tuple[tuple[str, Change | None], ...]
    constants: Mapping[str, Any]
    changed: tuple[tuple[int, Change], ...]  # columns whose values the driver gives otherwise than we have them

    def filled(self, account_id: int, values: Mapping[str, Any]) -> list[Any]:
        known = {**self.constants, **values, ACCOUNT: account_id}
        return [change(known[name]) if change else known[name] for name, change in self.blanks]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        if not self.changed:
            return cast(list[tuple[Any, ...]], rows)
        return [self._read(row) for row in rows]

    def _read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for at, change in self.changed:
            values[at] = change(values[at])
        return tuple(values)


def prepare(statement: Select[*tuple[Any, ...]] | Writing, dialect: Dialect) -> Prepared:
    """Raises ValueError for a statement that could leave the account, or whose SQL depends on its values."""
    prepared = prepare_for_all(statement, dialect)
    if ACCOUNT not in (name for name, _ in prepared.blanks):
        raise ValueError(f"a statement that could leave the account: {prepared.sql}")
    return prepared


def prepare_for_all(statement: Select[*tuple[Any, ...]] | Writing, dialect: Dialect) -> Prepared:
    """The same for the reader of the event log, who serves all accounts at once."""
    compiled = cast(Any, statement.compile(dialect=dialect))
    names: list[str] = compiled.positiontup
    if "POSTCOMPILE" in str(compiled):
        raise ValueError(f"not a statement to prepare: {compiled}")
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in set(names)}
    changes = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    read = [(at, _reader(column.type, dialect)) for at, column in enumerate(columns)]
    return Prepared(
        sql=str(compiled),
        blanks=tuple((name, changes[name]) for name in names),
        constants={name: value for name, value in compiled.params.items() if value is not None},
        changed=tuple((at, change) for at, change in read if change is not None),
    )


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    """Both drivers give floats as floats; SQLAlchemy would ask for the column's type number to be sure."""
    return None if isinstance(kind, Float) else kind.dialect_impl(dialect).result_processor(dialect, None)


@lru_cache(maxsize=1000)
def insertion(dialect: Dialect, table: Table, names: tuple[str, ...], *, is_new: bool = False) -> Prepared:
    """A row of these columns, `account_id` being one; `is_new` leaves out one whose unique key is taken."""
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})
    return prepare(statement.on_conflict_do_nothing() if is_new else statement, dialect)


@lru_cache(maxsize=1000)
def look_up(
    dialect: Dialect,
    columns: tuple[Column[Any], ...],
    keys: tuple[str, ...],
    blank: tuple[str, ...],
    order: tuple[str, ...],
    *,
    is_locked: bool,
) -> Prepared:
    """The rows of one table in which the columns `keys` have given values, and the columns `blank` none."""
    table = columns[0].table
    given = [table.c[name] == bindparam(name, type_=table.c[name].type) for name in (ACCOUNT, *keys)]
    missing = [table.c[name].is_(None) for name in blank]
    query = select(*columns).where(*given, *missing).order_by(*(table.c[name] for name in order))
    return prepare(query.with_for_update(key_share=True) if is_locked else query, dialect)


@lru_cache(maxsize=1000)
def alteration(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Prepared:
    """New values for these columns of the row with the id `of_id`."""
    of_row = (table.c.account_id == bindparam(ACCOUNT), table.c.id == bindparam("of_id"))
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in names}
    if STAMP in table.c and STAMP not in names:
        values[STAMP] = TRANSACTION_ID
    return prepare(update(table).where(*of_row).values(values), dialect)
