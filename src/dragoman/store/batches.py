"""Shared commits: requests that wait for the one writer of SQLite are made durable by one fsync.

Each request has a savepoint of its own, so that one that fails takes back its own work alone. Nobody is told "done"
before the commit that holds their change has ended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from sqlite3 import OperationalError
from typing import Any, TypeVar

T = TypeVar("T")
MOST_TOGETHER, LONGEST = 64, 0.02  # requests, and seconds since the first one began


class Batch:
    """A transaction in which several requests write."""

    def __init__(self) -> None:
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.members = 0
        self._began_at = time.monotonic()

    @property
    def is_full(self) -> bool:
        return self.members >= MOST_TOGETHER or time.monotonic() - self._began_at >= LONGEST

    def fail(self, fault: BaseException) -> None:
        if not self.committed.done():
            self.committed.set_exception(fault)
            self.committed.exception()  # whoever has gone away meanwhile does not ask


class Batches:
    """Gives the writing connection to one request after the other, and commits when nobody waits for it."""

    def __init__(self, driver: Any, *, busy_seconds: float) -> None:
        self._driver = driver
        self._busy_seconds = busy_seconds
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._open: Batch | None = None

    @asynccontextmanager
    async def member(self) -> AsyncIterator[None]:
        """A part in a transaction, which is on disk when this ends. Raises what the block or the commit raises."""
        await self._take_turn()
        try:
            try:
                batch = await to_its_end(self._begun())
                with self._saved(batch):
                    yield
            finally:
                await to_its_end(self._end_if_last())
        finally:
            self._turn.release()
        await asyncio.shield(batch.committed)

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            self._leaving = asyncio.ensure_future(self._end_left())
            raise
        finally:
            self._waiting -= 1

    async def _end_left(self) -> None:
        """Who wrote before left the commit to somebody who has gone away."""
        async with self._turn:
            await self._end_if_last()

    async def _begun(self) -> Batch:
        if self._open is None:
            await self._begin()
            self._open = Batch()
        return self._open

    async def _begin(self) -> None:
        """At once, if no other process writes; otherwise wait for it in a thread."""
        try:
            self._driver.execute("PRAGMA busy_timeout=0")
            self._driver.execute("BEGIN IMMEDIATE")
        except OperationalError:
            self._driver.execute(f"PRAGMA busy_timeout={int(self._busy_seconds * 1000)}")
            await asyncio.to_thread(self._driver.execute, "BEGIN IMMEDIATE")

    @contextmanager
    def _saved(self, batch: Batch) -> Iterator[None]:
        self._driver.execute("SAVEPOINT member")
        try:
            yield
            self._driver.execute("RELEASE member")
            batch.members += 1
        except BaseException as fault:
            self._undo(batch, fault)
            raise

    def _undo(self, batch: Batch, fault: BaseException) -> None:
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK TO member")
            self._driver.execute("RELEASE member")
        else:  # a full disk, say: SQLite has taken back everything by itself
            self._open = None
            batch.fail(OperationalError(f"the shared transaction was rolled back: {fault}"))

    async def _end_if_last(self) -> None:
        batch = self._open
        if batch is None or (self._waiting and not batch.is_full):
            return
        self._open = None
        try:
            if batch.members:
                await asyncio.to_thread(self._driver.execute, "COMMIT")
                batch.committed.set_result(None)
            else:
                self._driver.execute("ROLLBACK")
        except Exception as fault:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            batch.fail(fault)


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """A caller that is cancelled meanwhile leaves nothing half done behind: it goes when the work has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
