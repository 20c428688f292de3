"""Statements that are asked all the time: compiled once, then only filled in and handed to the driver.

Building and compiling a statement takes SQLAlchemy ten times longer than SQLite takes to answer it. So what is asked
with every request is kept compiled, by a key that names its shape; values are `bindparam`s with names.

    _NAMES = Statements()
    rows = await _NAMES.rows(tx, "by email", lambda form: form.select(users.c.name).where(users.c.email ==
                             bindparam("email")), {"email": email})
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Dialect, Float, Select, bindparam
from sqlalchemy.types import TypeEngine

from dragoman.store.tx import Tx

ACCOUNT = "account_id"
MOST_SHAPES = 1000
Make = Callable[[Tx], Select[*tuple[Any, ...]]]
Change = Callable[[Any], Any]


class Statements:
    """Compiled statements by their shape; the least used go first."""

    def __init__(self, most: int = MOST_SHAPES) -> None:
        self._kept: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._most = most

    async def rows(
        self, tx: Tx, shape: Hashable, make: Make, values: Mapping[str, Any], *, is_slow: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of the statement of this shape in the account of `tx`.

        `make` is called when the shape is new: with a transaction whose account is a blank as well. A statement that
        `is_slow` does not keep other requests waiting.
        """
        prepared = self._find(tx, shape, make)
        found = await tx.session.fetch(prepared.sql, prepared.filled(tx.account_id, values), is_slow=is_slow)
        return prepared.read(found)

    def _find(self, tx: Tx, shape: Hashable, make: Make) -> Prepared:
        key = (tx.session.dialect, shape)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = prepare(make(_form(tx)), tx.session.compiler)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


def _form(tx: Tx) -> Tx:
    return Tx(tx.session, cast(int, bindparam(ACCOUNT)), tx.actor, tx.now)


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


def prepare(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> Prepared:
    """Raises ValueError for a statement that could leave the account, or whose SQL depends on its values."""
    compiled = cast(Any, statement.compile(dialect=dialect))
    names: list[str] = compiled.positiontup
    if ACCOUNT not in names or "POSTCOMPILE" in str(compiled):
        raise ValueError(f"not a statement to prepare: {compiled}")
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in set(names)}
    changes = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    read = [(at, _reader(column.type, dialect)) for at, column in enumerate(statement.selected_columns)]
    return Prepared(
        sql=str(compiled),
        blanks=tuple((name, changes[name]) for name in names),
        constants={name: value for name, value in compiled.params.items() if value is not None},
        changed=tuple((at, change) for at, change in read if change is not None),
    )


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    """Both drivers give floats as floats; SQLAlchemy would ask for the column's type number to be sure."""
    return None if isinstance(kind, Float) else kind.dialect_impl(dialect).result_processor(dialect, None)
