"""PostgreSQL through asyncpg: for many processes and many machines.

SQLAlchemy makes the statements and, where they are made anew each time, also runs them; what is asked with every
request is kept compiled (prepared.py) and handed to asyncpg itself, on the same connection and so in the same
transaction. SQLAlchemy's connections are in autocommit for that: transactions are begun and ended here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import CursorResult, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dragoman.store.faults import COLLISIONS, Busy, Clash
from dragoman.store.postgres_wire import NotifyWire
from dragoman.store.tx import AnyRow

RESERVE = "SELECT nextval('dragoman_ids') FROM generate_series(1, $1)"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"  # a page and its total are of one moment
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
STREAMED = 2000  # rows at once
CONNECT_SECONDS = 30
OUT_OF_REACH = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what it makes of a server that ends a connection which nobody is using
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)


class Line:
    """One connection, as SQLAlchemy and as asyncpg see it."""

    __slots__ = ("connection", "driver")

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self.connection, self.driver = connection, driver


class PostgresSession:
    """A transaction, begun with its first statement; `looks` are connections that are in none."""

    dialect = "postgresql"

    def __init__(self, lines: Lines, looks: Lines, begin: str) -> None:
        self._lines, self._looks, self._begin = lines, looks, begin
        self._line: Line | None = None
        self.compiler = lines.dialect

    async def _begun(self) -> Line:
        if self._line is None:
            self._line = await self._lines.take()
            with told():
                await self._line.driver.execute(self._begin)
        return self._line

    async def end(self, *, is_whole: bool) -> None:
        """Commit, or roll back."""
        line, self._line = self._line, None
        if line is None:
            return
        try:
            if is_whole:
                with told():
                    await line.driver.execute("COMMIT")
        finally:
            await self._lines.give_back(line)

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        line = await self._begun()
        with told():
            return await line.connection.execute(statement, parameters)

    async def execute_slowly(self, statement: Executable) -> Sequence[AnyRow]:
        return (await self.execute(statement)).fetchall()

    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]:
        line = await self._begun()
        with told():
            return await line.driver.fetch(sql, *values)  # type: ignore[no-any-return]

    async def write(self, sql: str, values: Sequence[Any]) -> int:
        line = await self._begun()
        with told():
            done: str = await line.driver.execute(sql, *values)
        return int(done.rpartition(" ")[2])

    async def write_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        line = await self._begun()
        with told():
            await line.driver.executemany(sql, rows)

    async def latest(self, sql: str, values: Sequence[Any]) -> list[Any]:
        line = await self._looks.take()
        try:
            with told():
                return await line.driver.fetch(sql, *values)  # type: ignore[no-any-return]
        finally:
            await self._looks.give_back(line)

    async def stream(self, sql: str, values: Sequence[Any], take: Callable[[list[Any]], None]) -> None:
        line = await self._begun()
        with told():
            found = await line.driver.cursor(sql, *values)
            while rows := await found.fetch(STREAMED):
                await asyncio.to_thread(take, rows)

    async def reserve_ids(self, blocks: int) -> list[int]:
        return sorted(row[0] for row in await self.fetch(RESERVE, [blocks]))

    async def next_numbers(self, account_id: int, name: str, count: int) -> list[int]:
        """From a sequence of the account: a shared counter row would make all its writers wait for one another."""
        sequence = f"dragoman_{name}_{account_id:d}"
        sql = f"SELECT nextval('{sequence}') FROM generate_series(1, $1)"  # noqa: S608
        return sorted(row[0] for row in await self.fetch(sql, [count]))

    async def copy(self, account_id: int, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        owned = ((account_id, *row) for row in rows)
        line = await self._begun()
        with told():
            await line.driver.copy_records_to_table(table, records=owned, columns=["account_id", *columns])


class Lines:
    """Open connections to one database, kept between requests: SQLAlchemy's pool takes longer than a statement."""

    def __init__(self, url: str, size: int, connect_seconds: float) -> None:
        self._engine = _engine(url, size, connect_seconds)
        self._seats = asyncio.Semaphore(size)
        self._idle: list[Line] = []

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    async def take(self) -> Line:
        """A connection that is the caller's until they give it back. Raises Busy."""
        await self._seat()
        try:
            return await self._open()
        except BaseException:
            self._seats.release()
            raise

    async def _seat(self) -> None:
        if self._seats.locked():
            try:
                await asyncio.wait_for(self._seats.acquire(), CONNECT_SECONDS)
            except TimeoutError:
                raise Busy("every connection to the database is in use") from None
        else:
            await self._seats.acquire()

    async def _open(self) -> Line:
        while self._idle:
            line = self._idle.pop()
            if not line.driver.is_closed():
                return line
            await line.connection.invalidate()
            await line.connection.close()
        connection = await self._connect()
        return Line(connection, (await connection.get_raw_connection()).driver_connection)

    async def _connect(self) -> AsyncConnection:
        """Raises Busy, whatever it is that the server, its password or the way to it lacks."""
        try:
            return await self._engine.connect()
        except (DBAPIError, asyncpg.PostgresError, *OUT_OF_REACH) as fault:
            raise Busy(str(getattr(fault, "orig", fault)) or type(fault).__name__) from fault

    @asynccontextmanager
    async def lone(self) -> AsyncIterator[Any]:
        """A connection of asyncpg for a purpose of its own, ended behind it. Raises Busy."""
        connection = await self._connect()
        try:
            yield (await connection.get_raw_connection()).driver_connection
        finally:
            await connection.invalidate()
            await connection.close()

    async def give_back(self, line: Line) -> None:
        """Whatever is left of a transaction is rolled back; a connection on which that fails is not used again."""
        try:
            if line.driver.is_in_transaction():
                await asyncio.shield(line.driver.execute("ROLLBACK"))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, asyncio.CancelledError):
            line.driver.terminate()
        self._idle.append(line)
        self._seats.release()

    async def close(self) -> None:
        for line in self._idle:
            await line.connection.close()
        await self._engine.dispose()


class PostgresBackend:
    """Opens transactions on one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(
        self, url: str, *, pool_size: int = 16, looks: int = 4, connect_seconds: float = CONNECT_SECONDS
    ) -> None:
        self.url = url
        self._lines, self._looks, self._wire = (Lines(url, size, connect_seconds) for size in (pool_size, looks, 1))

    def read(self) -> AbstractAsyncContextManager[PostgresSession]:
        return self._session(READ)

    def write(self) -> AbstractAsyncContextManager[PostgresSession]:
        return self._session(WRITE)

    @asynccontextmanager
    async def _session(self, begin: str) -> AsyncIterator[PostgresSession]:
        session = PostgresSession(self._lines, self._looks, begin)
        try:
            yield session
        except BaseException:
            await session.end(is_whole=False)
            raise
        await session.end(is_whole=True)

    async def close(self) -> None:
        for lines in (self._lines, self._looks, self._wire):
            await lines.close()

    def wire(self) -> NotifyWire:
        return NotifyWire(self._wire.lone)


def _engine(url: str, pool_size: int, connect_seconds: float) -> AsyncEngine:
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": connect_seconds},
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        query_cache_size=2000,
        hide_parameters=True,  # an error is logged; what people wrote and the hashes of keys are not
    )


@contextmanager
def told() -> Iterator[None]:
    """Raises Clash and Busy for what asyncpg raises."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as fault:
        raise Clash(str(fault)) from fault
    except OUT_OF_REACH as fault:
        raise Busy(str(fault) or type(fault).__name__) from fault
    except asyncpg.PostgresError as fault:
        if fault.sqlstate in COLLISIONS or isinstance(fault, asyncpg.InsufficientResourcesError):
            raise Busy(str(fault)) from fault
        raise
