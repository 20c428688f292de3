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
from typing import Protocol, TypeVar

from sqlalchemy.engine import make_url

from dragoman.store import events, signals
from dragoman.store.bells import Bell, Wire
from dragoman.store.faults import Busy, told_plainly
from dragoman.store.ids import IdBlock
from dragoman.store.memory import Memory
from dragoman.store.replica import Replica
from dragoman.store.sqlite import SqliteBackend
from dragoman.store.tx import SYSTEM, Actor, Session, Tx, WriteTx

T = TypeVar("T")
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

    def __init__(
        self,
        backend: Backend,
        *,
        replica: Replica[Backend] | None = None,
        clock: Clock = utc_now,
        react: Reaction = _nothing,
    ) -> None:
        self.backend = backend
        self.replica = replica
        self.clock = clock
        self._react = react
        self.memory = Memory()
        self.bell = Bell()

    @asynccontextmanager
    async def read(self, account_id: int, actor: Actor = SYSTEM) -> AsyncIterator[Tx]:
        async with self._reading(self.backend, self.memory, account_id, actor) as tx:
            yield tx

    async def browse(self, account_id: int, actor: Actor, look: Callable[[Tx], Awaitable[T]]) -> T:
        """What `look` finds for a list, a search or a count: in the replica, where there is one, and so maybe late.

        A replica that fails is passed over: `look` begins again on the primary.
        """
        replica = self.replica
        if replica is not None and replica.is_asked():
            try:
                async with self._reading(replica.backend, replica.memory, account_id, actor) as tx:
                    found = await look(tx)
            except Busy as fault:
                replica.has_failed(fault)
            else:
                replica.has_answered()
                return found
        async with self.read(account_id, actor) as tx:
            return await look(tx)

    @asynccontextmanager
    async def _reading(self, backend: Backend, memory: Memory, account_id: int, actor: Actor) -> AsyncIterator[Tx]:
        with told_plainly():
            async with backend.read() as session:
                yield Tx(session, account_id, actor, self.clock(), memory)

    @asynccontextmanager
    async def write(self, account_id: int, actor: Actor = SYSTEM) -> AsyncIterator[WriteTx]:
        """Commits when the block ends, rolls back when it raises. Raises Clash and Busy (dragoman.store.faults)."""
        with told_plainly():
            async with self.backend.write() as session:
                tx = WriteTx(session, account_id, actor, self.clock(), self.memory, IdBlock(session.reserve_ids))
                yield tx
                await self._react(tx)
                await events.append(tx)
                await signals.append(tx)
            if tx.emitted or tx.signalled:
                self.bell.ring()

    async def close(self) -> None:
        await self.backend.close()
        if self.replica is not None:
            await self.replica.backend.close()


def open_backend(url: str) -> Backend:
    """A backend for `sqlite:///path` or `postgresql://…`.

    Raises ValueError for any other kind of address.
    """
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return SqliteBackend(Path(make_url(url).database or ""))
    if kind == "postgresql":
        return _postgres(url)
    raise ValueError(f"DRAGOMAN_DATABASE_URL: {kind} is neither sqlite nor postgresql")


def open_replica(url: str | None) -> Replica[Backend] | None:
    """The replica at `postgresql://…`; None where none is named. Nothing is connected yet."""
    # Whoever asks for a list waits this long for a machine that is gone, before the primary answers.
    return Replica(_postgres(url, connect_seconds=3)) if url else None


def _postgres(url: str, **options: float) -> Backend:
    """Its driver is large, and SQLite does without."""
    found: Backend = importlib.import_module("dragoman.store.postgres").PostgresBackend(url, **options)
    return found
