"""SQLite: one file, many readers, one writer whose commits are shared (batches.py).

Statements run on the event loop itself: they take microseconds, a thread hop takes more. What may wait does not:
taking the write lock from another process and the commit's fsync happen in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, text
from sqlalchemy.pool import QueuePool

from dragoman.store.batches import Batches
from dragoman.store.tx import AnyRow

T = TypeVar("T")
BUSY_SECONDS = 30
STREAMED = 5000  # rows at once
PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "mmap_size=1073741824",
)
RESERVE = text(
    "INSERT INTO counters (account_id, name, value) VALUES (:account_id, :name, :count) "
    "ON CONFLICT (account_id, name) DO UPDATE SET value = value + :count RETURNING value"
)


def _pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to lock what is read
    connection.create_function("lower", 1, _lower, deterministic=True)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _lower(value: Any) -> Any:
    """SQLite's own lower() knows ASCII alone; PostgreSQL's knows every script."""
    return value.lower() if isinstance(value, str) else value


def _engine(path: Path, pool_size: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        query_cache_size=2000,
        hide_parameters=True,  # an error is logged; what people wrote and the hashes of keys are not
    )
    event.listen(engine, "connect", _pragmas)
    return engine


class SqliteSession:
    """A connection in a transaction; `looking` is one that is in none."""

    dialect = "sqlite"

    def __init__(self, connection: Connection, looking: Any) -> None:
        self._connection = connection
        self.driver: Any = connection.connection.driver_connection
        self._looking = looking
        self.compiler = connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, parameters)

    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]:
        return await self._aside(lambda: self._connection.execute(statement).fetchall())

    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]:
        if is_slow:
            return await self._aside(lambda: list(self.driver.execute(sql, values)))
        return list(self.driver.execute(sql, values))

    async def write(self, sql: str, values: Sequence[Any]) -> int:
        return int(self.driver.execute(sql, values).rowcount)

    async def write_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self.driver.executemany(sql, rows)

    async def latest(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return list(self._looking.execute(sql, values))

    async def stream(self, sql: str, values: Sequence[Any], take: Callable[[list[Any]], None]) -> None:
        def streaming() -> None:
            found = self.driver.execute(sql, values)
            while rows := found.fetchmany(STREAMED):
                take(rows)

        await self._aside(streaming)

    async def _aside(self, work: Callable[[], T]) -> T:
        """In a thread, so that the event loop goes on. Whoever gives up waiting also ends the query."""
        running = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self.driver.interrupt()
            await asyncio.gather(running, return_exceptions=True)
            raise

    async def reserve_ids(self, blocks: int) -> list[int]:
        last = await self._count(0, "ids", blocks)
        return list(range(last - blocks + 1, last + 1))

    async def next_numbers(self, account_id: int, name: str, count: int) -> list[int]:
        last = await self._count(account_id, name, count)
        return list(range(last - count + 1, last + 1))

    async def copy(self, account_id: int, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        blanks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} (account_id, {', '.join(columns)}) VALUES ({account_id:d}, {blanks})"  # noqa: S608
        self.driver.executemany(sql, rows)

    async def _count(self, account_id: int, name: str, count: int) -> int:
        found = self._connection.execute(RESERVE, {"account_id": account_id, "name": name, "count": count})
        return int(found.scalar_one())


class SqliteBackend:
    """Opens transactions on one file."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, readers: int = 16) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writers = _engine(path, 1)
        self._readers = _engine(path, readers + 1)
        self._seats = asyncio.Semaphore(readers)
        self._idle: list[Connection] = []
        self._writer: tuple[SqliteSession, Batches] | None = None
        self._held: list[Connection] = []
        self._looking: Any = None

    @property
    def sync_engine(self) -> Engine:
        """For migrations, which run before anything else."""
        return self._writers

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqliteSession]:
        """Connections stay checked out between readers: SQLAlchemy's pool takes longer than most reads do."""
        async with self._seats:
            connection = self._idle.pop() if self._idle else self._readers.connect()
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")
            try:
                yield SqliteSession(connection, self._look())
            finally:
                connection.rollback()
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                self._idle.append(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqliteSession]:
        session, batches = self._opened()
        async with batches.member():
            yield session

    def _opened(self) -> tuple[SqliteSession, Batches]:
        """The writing connection: opened when it is first needed, and kept."""
        if self._writer is None:
            session = SqliteSession(self._hold(self._writers), self._look())
            self._writer = session, Batches(session.driver, busy_seconds=BUSY_SECONDS)
        return self._writer

    def _look(self) -> Any:
        """A connection that is in no transaction: each of its statements sees all that is committed by then."""
        if self._looking is None:
            self._looking = self._hold(self._readers).connection.driver_connection
        return self._looking

    def _hold(self, engine: Engine) -> Connection:
        self._held.append(engine.connect())
        return self._held[-1]

    async def close(self) -> None:
        for connection in (*self._idle, *self._held):
            connection.close()
        self._writers.dispose()
        self._readers.dispose()
