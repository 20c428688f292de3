"""A transaction, born with its account.

`Tx` reads one consistent snapshot; `WriteTx` also writes, and says what happened by `emit`. Statements are made by
the transaction itself (`tx.select`, `tx.update`, …), which adds the account, so that no query can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Dialect,
    Executable,
    FromClause,
    Row,
    Select,
    Table,
    Update,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from dragoman.store.compiled import ACCOUNT, STAMP, TRANSACTION_ID, alteration, insertion, look_up
from dragoman.store.ids import IdBlock
from dragoman.store.memory import Memory
from dragoman.store.records import R, Record, columns, load

AnyTuple = tuple[Any, ...]
AnyRow = Row[*AnyTuple]


class Session(Protocol):
    """What a transaction needs of the database it runs on."""

    dialect: str
    compiler: Dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...
    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]: ...
    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]: ...
    async def latest(self, sql: str, values: Sequence[Any]) -> list[Any]: ...
    async def stream(self, sql: str, values: Sequence[Any], take: Callable[[list[Any]], None]) -> None: ...
    async def write(self, sql: str, values: Sequence[Any]) -> int: ...
    async def write_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None: ...
    async def reserve_ids(self, blocks: int) -> list[int]: ...
    async def next_numbers(self, account_id: int, name: str, count: int) -> list[int]: ...
    async def copy(self, account_id: int, table: str, columns: Sequence[str], rows: Sequence[AnyTuple]) -> None: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `kind` is user, key, contact, system or viewer; `id` is theirs, where they have one."""

    kind: str
    id: int | None = None
    name: str | None = None


SYSTEM = Actor("system", None, "System")


@dataclass(frozen=True, slots=True)
class Emitted:
    """Something that happened in a transaction, to be written to the event log at its end."""

    kind: str
    conversation_id: int | None
    data: Mapping[str, Any]
    actor: Actor
    at: datetime


def _account_columns(tables: Iterable[FromClause]) -> list[ColumnElement[Any]]:
    return [table.c.account_id for table in tables if isinstance(table, Table)]


@dataclass(slots=True)
class Tx:
    """One snapshot of one account. `now` is the instant the transaction began."""

    session: Session
    account_id: int
    actor: Actor
    now: datetime
    memory: Memory

    def select(self, *entities: type[Record] | ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        """A query for records or columns of tables of this account."""
        chosen: list[Any] = []
        for entity in entities:
            chosen.extend(columns(entity) if isinstance(entity, type) else [entity])
        statement = select(*chosen)
        mine = [column == self.account_id for column in _account_columns(statement.columns_clause_froms)]
        return statement.where(*mine)

    def mine(self, table: FromClause) -> ColumnElement[bool]:
        """The condition that keeps a hand-made join or subquery inside the account."""
        return table.c.account_id == self.account_id

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        return await self.session.execute(statement, parameters)

    async def rows(self, statement: Executable) -> Sequence[AnyRow]:
        return (await self.session.execute(statement)).fetchall()

    async def slow_rows(self, statement: Executable) -> Sequence[AnyRow]:
        """The same, for what may take long: nobody else waits for it."""
        return await self.session.execute_slowly(statement)

    async def row(self, statement: Executable) -> AnyRow | None:
        return (await self.session.execute(statement)).first()

    async def scalar(self, statement: Executable) -> Any:
        found = await self.row(statement)
        return None if found is None else found[0]

    async def scalars(self, statement: Executable) -> list[Any]:
        return [row[0] for row in await self.rows(statement)]

    async def all(self, record: type[R], statement: Executable) -> list[R]:
        return [load(record, row) for row in await self.rows(statement)]

    async def first(self, record: type[R], statement: Executable) -> R | None:
        found = await self.row(statement)
        return None if found is None else load(record, found)

    async def find_all(self, record: type[R], *order: str, **keys: Any) -> list[R]:
        """The records whose fields have these values, in the order of other fields."""
        return await self._look_up(record, order, keys)

    async def find_one(self, record: type[R], **keys: Any) -> R | None:
        """The record that a unique key names."""
        found = await self._look_up(record, (), keys)
        return found[0] if found else None

    async def _look_up(
        self, record: type[R], order: tuple[str, ...], keys: Mapping[str, Any], *, is_locked: bool = False
    ) -> list[R]:
        given = tuple(name for name, value in keys.items() if value is not None)
        blank = tuple(name for name, value in keys.items() if value is None)
        prepared = look_up(self.session.compiler, columns(record), given, blank, order, is_locked=is_locked)
        rows = await self.session.fetch(prepared.sql, prepared.filled(self.account_id, keys))
        return [load(record, row) for row in prepared.read(rows)]


@dataclass(frozen=True, slots=True)
class Signalled:
    """Something that is worth telling at once and not worth keeping (signals.py)."""

    kind: str
    conversation_id: int | None
    data: Mapping[str, Any]


@dataclass(slots=True)
class WriteTx(Tx):
    """One transaction of one account: all of it is on disk when it ends, or none."""

    ids: IdBlock
    emitted: list[Emitted] = field(default_factory=list)
    signalled: list[Signalled] = field(default_factory=list)
    _stamp: int | None = None

    async def next_id(self) -> int:
        return await self.ids.take()

    async def next_number(self, name: str) -> int:
        """The next of a sequence of this account; gaps may appear, repeats never."""
        (number,) = await self.session.next_numbers(self.account_id, name, 1)
        return number

    def emit(self, kind: str, conversation_id: int | None = None, **data: Any) -> None:
        """Say what happened; it is stored with the change and told after the commit."""
        self.emitted.append(Emitted(kind, conversation_id, data, self.actor, self.now))

    def signal(self, kind: str, conversation_id: int | None = None, **data: Any) -> None:
        """Tell whoever listens now; nobody will be told later."""
        self.signalled.append(Signalled(kind, conversation_id, data))

    def lock(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Read to change: others that mean to change the same rows wait (SQLite has one writer anyway).

        Rows that only refer to them are still written meanwhile: their keys never change.
        """
        return statement.with_for_update(key_share=True)

    async def lock_one(self, record: type[R], **keys: Any) -> R | None:
        """The record that a unique key names, to be changed (see lock)."""
        found = await self._look_up(record, (), keys, is_locked=True)
        return found[0] if found else None

    def update(self, table: Table) -> Update:
        return update(table).where(table.c.account_id == self.account_id)

    def delete(self, table: Table) -> Delete:
        return delete(table).where(table.c.account_id == self.account_id)

    async def stamp(self) -> Any:
        """What `changed_in` becomes in rows that this transaction changes (changes.py)."""
        if self.session.dialect == "postgresql":
            return TRANSACTION_ID
        if self._stamp is None:
            self._stamp = await self.next_id()
        return self._stamp

    async def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Rows that have the same columns."""
        if not rows:
            return
        stamp = await self._stamp_of(table)
        prepared = insertion(self.session.compiler, table, (ACCOUNT, *rows[0], *stamp))
        filled = [prepared.filled(self.account_id, {**row, **stamp}) for row in rows]
        if len(filled) == 1:
            await self.session.write(prepared.sql, filled[0])
        else:
            await self.session.write_many(prepared.sql, filled)

    async def insert_new(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert unless a unique key is already taken; whether it was free."""
        prepared = insertion(self.session.compiler, table, (ACCOUNT, *row), is_new=True)
        return await self.session.write(prepared.sql, prepared.filled(self.account_id, row)) > 0

    async def alter(self, table: Table, of_id: int, values: Mapping[str, Any]) -> bool:
        """Write new values into the row with an id; whether there is one."""
        stamp = await self._stamp_of(table)
        prepared = alteration(self.session.compiler, table, (*sorted(values), *stamp))
        filled = prepared.filled(self.account_id, {**values, **stamp, "of_id": of_id})
        return await self.session.write(prepared.sql, filled) > 0

    async def _stamp_of(self, table: Table) -> dict[str, int]:
        """PostgreSQL knows its transactions itself: there, statements say so (compiled.py)."""
        is_ours = STAMP in table.c and self.session.dialect == "sqlite"
        return {STAMP: await self.stamp()} if is_ours else {}

    def upsert(self, table: Table) -> Any:
        """An INSERT of the database in use that knows ON CONFLICT."""
        return (postgresql if self.session.dialect == "postgresql" else sqlite).insert(table)
