"""A transaction, born with its account.

`Tx` reads one consistent snapshot; `WriteTx` also writes, and says what happened by `emit`. Statements are made by
the transaction itself (`tx.select`, `tx.update`, …), which adds the account, so that no query can forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

from dragoman.store.ids import IdBlock
from dragoman.store.records import R, Record, columns, load

AnyTuple = tuple[Any, ...]
AnyRow = Row[*AnyTuple]


class Session(Protocol):
    """What a transaction needs of the database it runs on."""

    dialect: str
    compiler: Dialect
    slot: int  # which of the spread counters this transaction adds to

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...
    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]: ...
    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]: ...
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


@dataclass(slots=True)
class WriteTx(Tx):
    """One transaction of one account: all of it is on disk when it ends, or none."""

    ids: IdBlock
    emitted: list[Emitted] = field(default_factory=list)

    async def next_id(self) -> int:
        return await self.ids.take()

    async def next_number(self, name: str) -> int:
        """The next of a sequence of this account; gaps may appear, repeats never."""
        (number,) = await self.session.next_numbers(self.account_id, name, 1)
        return number

    def emit(self, kind: str, conversation_id: int | None = None, **data: Any) -> None:
        """Say what happened; it is stored with the change and told after the commit."""
        self.emitted.append(Emitted(kind, conversation_id, data, self.actor, self.now))

    def lock(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Read to change: others that mean to change the same rows wait (SQLite has one writer anyway).

        Rows that only refer to them are still written meanwhile: their keys never change.
        """
        return statement.with_for_update(key_share=True)

    def update(self, table: Table) -> Update:
        return update(table).where(table.c.account_id == self.account_id)

    def delete(self, table: Table) -> Delete:
        return delete(table).where(table.c.account_id == self.account_id)

    async def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        if rows:
            full = [{"account_id": self.account_id, **row} for row in rows]
            await self.session.execute(table.insert(), full if len(full) > 1 else full[0])

    async def insert_new(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert unless a unique key is already taken; whether it was free."""
        statement = self.upsert(table).values(account_id=self.account_id, **row).on_conflict_do_nothing()
        return (await self.session.execute(statement)).rowcount > 0

    def upsert(self, table: Table) -> Any:
        """An INSERT of the database in use that knows ON CONFLICT."""
        return (postgresql if self.session.dialect == "postgresql" else sqlite).insert(table)
