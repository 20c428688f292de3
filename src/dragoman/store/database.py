"""The door to the store: opens transactions and settles them.

async with database.write(account_id, actor) as tx:
    ...
# only now can anyone hear of it
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from dragoman.store import events
from dragoman.store.bells import Bell, Wire
from dragoman.store.faults import told_plainly
from dragoman.store.ids import IdBlock
from dragoman.store.memory import Memory
from dragoman.store.sqlite import SqliteBackend
from dragoman.store.tx import SYSTEM, Actor, Session, Tx, WriteTx

Clock = Callable[[], datetime]
Reaction = Callable[[WriteTx], Awaitable[None]]


class Backend(Protocol):
    dialect: str

    def read(self) -> AbstractAsyncContextManager[Session]: ...
    def write(self) -> AbstractAsyncContextManager[Session]: ...
    def wire(self) -> Wire: ...
    async def close(self) -> None: ...


def utc_now() -> datetime:
    return datetime.now(UTC)


async def _nothing(_tx: WriteTx) -> None:
    """No reactions: for tools that only move data."""


class Database:
    """One database. `react` runs inside each writing transaction, just before its events are stored."""

    def __init__(self, backend: Backend, *, clock: Clock = utc_now, react: Reaction = _nothing) -> None:
        self.backend = backend
        self.clock = clock
        self._react = react
        self._memory = Memory()
        self.bell = Bell()

    @asynccontextmanager
    async def read(self, account_id: int, actor: Actor = SYSTEM) -> AsyncIterator[Tx]:
        with told_plainly():
            async with self.backend.read() as session:
                yield Tx(session, account_id, actor, self.clock(), self._memory)

    @asynccontextmanager
    async def write(self, account_id: int, actor: Actor = SYSTEM) -> AsyncIterator[WriteTx]:
        """Commits when the block ends, rolls back when it raises. Raises Clash and Busy (dragoman.store.faults)."""
        with told_plainly():
            async with self.backend.write() as session:
                tx = WriteTx(session, account_id, actor, self.clock(), self._memory, IdBlock(session.reserve_ids))
                yield tx
                await self._react(tx)
                await events.append(tx)
            if tx.emitted:
                self.bell.ring()

    async def close(self) -> None:
        await self.backend.close()


def open_backend(url: str) -> Backend:
    """A backend for `sqlite:///path` or `postgresql://…`.

    Raises ValueError for any other kind of address.
    """
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return SqliteBackend(Path(make_url(url).database or ""))
    if kind == "postgresql":
        # Its driver is large, and SQLite does without.
        found: Backend = importlib.import_module("dragoman.store.postgres").PostgresBackend(url)
        return found
    raise ValueError(f"DRAGOMAN_DATABASE_URL: {kind} is neither sqlite nor postgresql")
