"""PostgreSQL through asyncpg: for many processes and many machines."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import CursorResult, Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dragoman.store.tx import AnyRow

SLOTS = 32
RESERVE = text("SELECT nextval('dragoman_ids') FROM generate_series(1, :blocks)")
_slots = itertools.cycle(range(SLOTS))


class PostgresSession:
    """A connection in a transaction.

    `slot` spreads the counters that all writers touch, so that two transactions seldom wait for the same row.
    """

    dialect = "postgresql"

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.compiler = connection.dialect
        self.slot = next(_slots)

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        return await self._connection.execute(statement, parameters)

    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]:
        return (await self.execute(statement)).fetchall()

    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]:
        found = await self._connection.exec_driver_sql(sql, tuple(values))
        return [tuple(row) for row in found.fetchall()]

    async def reserve_ids(self, blocks: int) -> list[int]:
        taken = await self._connection.execute(RESERVE, {"blocks": blocks})
        return sorted(row[0] for row in taken)

    async def next_numbers(self, account_id: int, name: str, count: int) -> list[int]:
        """From a sequence of the account: a shared counter row would make all its writers wait for one another."""
        sequence = f"dragoman_{name}_{account_id:d}"
        taken = text(f"SELECT nextval('{sequence}') FROM generate_series(1, :count)")  # noqa: S608
        return sorted(row[0] for row in await self._connection.execute(taken, {"count": count}))

    async def copy(self, account_id: int, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        await self._connection.exec_driver_sql("SELECT 1")  # COPY passes the adapter by, which begins transactions
        raw = await self._connection.get_raw_connection()
        owned = ((account_id, *row) for row in rows)
        driver: Any = raw.driver_connection
        await driver.copy_records_to_table(table, records=owned, columns=["account_id", *columns])


def _engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        query_cache_size=2000,
        hide_parameters=True,  # an error is logged; what people wrote and the hashes of keys are not
    )


class PostgresBackend:
    """Opens transactions on one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self._engine = _engine(url, pool_size)
        # A list reads its page and its total: both from one snapshot.
        self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[PostgresSession]:
        async with self._reader.connect() as connection:
            yield PostgresSession(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[PostgresSession]:
        async with self._engine.begin() as connection:
            yield PostgresSession(connection)

    async def close(self) -> None:
        await self._engine.dispose()
