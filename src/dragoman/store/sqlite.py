"""SQLite: one file, many readers, one writer whose commits are shared (batches.py).

Statements run on the event loop itself: they take microseconds, a thread hop takes more. What may wait does not:
taking the write lock from another process and the commit's fsync happen in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable, create_engine, event
from sqlalchemy.pool import QueuePool

from dragoman.store.batches import Batches
from dragoman.store.bells import DataVersionWire
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
RESERVE = (
    "INSERT INTO counters (account_id, name, value) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (account_id, name) DO UPDATE SET value = value + ?3 RETURNING value"
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
    """What a transaction asks of SQLite; a snapshot begins with the first thing that is asked of it."""

    dialect = "sqlite"

    def __init__(self, compiler: Dialect, begun: Callable[[], Awaitable[Connection]], looking: Any) -> None:
        self.compiler = compiler
        self._begun = begun
        self._looking = looking

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        return (await self._begun()).execute(statement, parameters)

    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]:
        connection = await self._begun()
        return await _aside(driver_of(connection), lambda: connection.execute(statement).fetchall())

    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]:
        driver = driver_of(await self._begun())
        if is_slow:
            return await _aside(driver, lambda: list(driver.execute(sql, values)))
        return list(driver.execute(sql, values))

    async def write(self, sql: str, values: Sequence[Any]) -> int:
        return int(driver_of(await self._begun()).execute(sql, values).rowcount)

    async def write_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        driver_of(await self._begun()).executemany(sql, rows)

    async def latest(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return list(self._looking.execute(sql, values))

    async def stream(self, sql: str, values: Sequence[Any], take: Callable[[list[Any]], None]) -> None:
        driver = driver_of(await self._begun())

        def streaming() -> None:
            found = driver.execute(sql, values)
            while rows := found.fetchmany(STREAMED):
                take(rows)

        await _aside(driver, streaming)

    async def reserve_ids(self, blocks: int) -> list[int]:
        last = await self._count(0, "ids", blocks)
        return list(range(last - blocks + 1, last + 1))

    async def next_numbers(self, account_id: int, name: str, count: int) -> list[int]:
        last = await self._count(account_id, name, count)
        return list(range(last - count + 1, last + 1))

    async def copy(self, account_id: int, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        blanks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} (account_id, {', '.join(columns)}) VALUES ({account_id:d}, {blanks})"  # noqa: S608
        driver_of(await self._begun()).executemany(sql, rows)

    async def _count(self, account_id: int, name: str, count: int) -> int:
        ((last,),) = await self.fetch(RESERVE, (account_id, name, count))
        return int(last)


def driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


async def _aside(driver: Any, work: Callable[[], T]) -> T:
    """In a thread, so that the event loop goes on. Whoever gives up waiting also ends the query."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        driver.interrupt()
        await asyncio.gather(running, return_exceptions=True)
        raise


class Snapshot:
    """A reader's place: taken, with a connection, when it is first needed, and given back at the end."""

    def __init__(self, seats: asyncio.Semaphore, idle: list[Connection], open_one: Callable[[], Connection]) -> None:
        self._seats, self._idle, self._open_one = seats, idle, open_one
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None

    async def begun(self) -> Connection:
        if self._connection is None:
            async with self._turn:
                if self._connection is None:
                    await self._begin()
        return cast(Connection, self._connection)

    async def _begin(self) -> None:
        """Connections stay checked out between readers: SQLAlchemy's pool takes longer than most reads do."""
        await self._seats.acquire()
        try:
            connection = self._idle.pop() if self._idle else self._open_one()
            driver_of(connection).execute("BEGIN")
        except BaseException:
            self._seats.release()
            raise
        self._connection = connection

    def end(self) -> None:
        connection = self._connection
        if connection is None:
            return
        try:
            connection.rollback()
            if driver_of(connection).in_transaction:
                driver_of(connection).execute("ROLLBACK")
            self._idle.append(connection)
        finally:
            self._seats.release()


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
        snapshot = Snapshot(self._seats, self._idle, self._readers.connect)
        try:
            yield SqliteSession(self._readers.dialect, snapshot.begun, self._look())
        finally:
            snapshot.end()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqliteSession]:
        session, batches = self._opened()
        async with batches.member():
            yield session

    def _opened(self) -> tuple[SqliteSession, Batches]:
        """The writing connection: opened when it is first needed, and kept."""
        if self._writer is None:
            connection = self._hold(self._writers)

            async def begun() -> Connection:
                return connection

            session = SqliteSession(self._writers.dialect, begun, self._look())
            self._writer = session, Batches(driver_of(connection), busy_seconds=BUSY_SECONDS)
        return self._writer

    def _look(self) -> Any:
        """A connection that is in no transaction: each of its statements sees all that is committed by then."""
        if self._looking is None:
            self._looking = driver_of(self._hold(self._readers))
        return self._looking

    def wire(self) -> DataVersionWire:
        return DataVersionWire(lambda: int(self._look().execute("PRAGMA data_version").fetchone()[0]))

    def _hold(self, engine: Engine) -> Connection:
        self._held.append(engine.connect())
        return self._held[-1]

    async def close(self) -> None:
        for connection in (*self._idle, *self._held):
            connection.close()
        self._writers.dispose()
        self._readers.dispose()
