"""The hub: it reads once for all, lets the slow go, waits for slow writers, and bells wake it across processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from redis.exceptions import RedisError

from dragoman.core.events import Happened
from dragoman.live import wires
from dragoman.live.hub import Hub
from dragoman.live.subscription import MOST_WAITING, Subscription, View
from dragoman.store import events
from dragoman.store.bells import Bell, Wire
from dragoman.store.database import open_backend
from dragoman.store.events import BEGINNING, Event
from live.listening import settled
from services.postgres import PostgresServer
from services.redis import RedisServer
from world import World

PATIENCE_SECONDS = 30
END_LISTENERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE query LIKE 'LISTEN %' AND datname = current_database()
"""
ALL = View(frozenset({"one", "two", "slow", "fast", *Happened}), lambda event: f"{event.kind} ".encode())


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    await settled(world)
    world.services.hub.start()
    yield world
    await world.services.hub.stop()


@asynccontextmanager
async def subscribed(world: World, view: View = ALL, account_id: int | None = None) -> AsyncIterator[Subscription]:
    async with world.services.hub.subscription(account_id or world.account_id, view, BEGINNING) as one:
        yield one


async def say(world: World, *kinds: str) -> None:
    async with world.database.write(world.account_id) as tx:
        for kind in kinds:
            tx.emit(kind)


async def heard(subscription: Subscription, count: int) -> list[str]:
    """The next so many kinds."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < count:
            await subscription.news()
            found += b"".join(subscription.take()).decode().split()
    return found


async def test_bytes_are_made_once_for_all_who_are_shown_the_same(world: World) -> None:
    made: list[str] = []

    def render(event: Event) -> bytes:
        made.append(event.kind)
        return b"line "

    view = View(frozenset({"one"}), render)
    async with subscribed(world, view) as a, subscribed(world, view) as b, subscribed(world, view) as c:
        await say(world, "two", "one")
        for subscription in (a, b, c):
            assert await heard(subscription, 1) == ["line"]
    assert made == ["one"]


async def test_whoever_lets_too_much_wait_is_let_go_and_others_are_not(world: World) -> None:
    async with subscribed(world) as slow, subscribed(world) as quick:
        for _ in range(3):
            await say(world, *["one"] * 400)
            assert len(await heard(quick, 400)) == 400
        assert slow.is_over
        assert slow.take() == [], "and nothing is kept for them"
        assert not quick.is_over
    assert MOST_WAITING < 1200


async def test_a_slow_writer_holds_others_back_until_it_has_ended(world: World) -> None:
    if world.database.backend.dialect == "sqlite":
        return  # has one writer, see tests/core/test_events.py
    has_written, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with world.database.write(world.account_id) as tx:
            tx.emit("slow")
            await events.append(tx)
            tx.emitted.clear()  # so that its commit rings no bell
            has_written.set()
            await may_commit.wait()

    async with subscribed(world) as subscription:
        writer = asyncio.create_task(slow())
        await has_written.wait()
        await say(world, "fast")
        may_commit.set()
        await writer
        assert await heard(subscription, 2) == ["slow", "fast"]


async def test_what_is_rolled_back_is_not_told(world: World) -> None:
    async with subscribed(world) as subscription:
        with suppress(LookupError):
            async with world.database.write(world.account_id) as tx:
                tx.emit("one")
                raise LookupError
        await say(world, "two")
        assert await heard(subscription, 1) == ["two"]


async def test_a_wire_that_breaks_is_mended_and_events_come_meanwhile(world: World) -> None:
    called_again = asyncio.Event()

    class Broken:
        calls = 0

        async def carry(self, *_: object) -> None:
            self.calls += 1
            if self.calls == 2:
                called_again.set()
            raise ConnectionError("gone")

    hub = Hub(world.database, Broken())
    hub.start()
    async with hub.subscription(world.account_id, ALL, BEGINNING) as subscription:
        await say(world, "one")
        assert await heard(subscription, 1) == ["one"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await called_again.wait()
    await hub.stop()


async def test_a_lost_bell_only_delays(world: World) -> None:
    async with subscribed(world) as subscription:
        world.database.bell = Bell()  # which nobody hears
        if world.database.backend.dialect == "sqlite":
            world.services.hub._is_listening.clear()  # nor does anybody watch the file
        await say(world, "one")
        assert await heard(subscription, 1) == ["one"]


@pytest.mark.parametrize("ask", ["everybody's", "an account's"])
async def test_reading_on_uses_an_index(world: World, ask: str) -> None:
    async with world.database.backend.read() as session:
        make = events._next if ask == "everybody's" else events._next_of_account
        prepared = events._prepared(session.compiler, make)
        filled = prepared.filled(1, {"at_transaction": 5, "at_id": 5, "most": 10})
        if session.dialect == "postgresql":
            await session.fetch("SET LOCAL enable_seqscan = off", [])
        explain = "EXPLAIN " if session.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = " ".join(str(tuple(row)) for row in await session.fetch(explain + prepared.sql, filled))
    assert ("ix_events_order" if ask == "everybody's" else "ix_events_account_order") in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@asynccontextmanager
async def carried(wire: Wire) -> AsyncIterator[tuple[asyncio.Event, asyncio.Event]]:
    """A wire at work: what rings it, and what is set when it has heard."""
    rung, has_heard, is_listening = asyncio.Event(), asyncio.Event(), asyncio.Event()
    is_listening.set()
    task = asyncio.create_task(wire.carry(rung, has_heard.set, is_listening))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await has_heard.wait()  # once, when it begins
        has_heard.clear()
        yield rung, has_heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_other_processes_hear_of_a_commit(world: World) -> None:
    """By what the database has: `other` stands for another process."""
    other = open_backend(world.services.settings.database)
    async with carried(other.wire()) as (_, has_heard), asyncio.timeout(PATIENCE_SECONDS):
        await say(world, "one")
        await has_heard.wait()
    await other.close()


async def test_nobody_is_woken_by_their_own_notification(world: World, postgres_server: PostgresServer) -> None:
    if world.database.backend.dialect == "sqlite":
        return
    one, other = (open_backend(world.services.settings.database) for _ in range(2))
    async with carried(one.wire()) as (rung, own), carried(other.wire()) as (_, others):
        own.clear()
        rung.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await others.wait()
        assert not own.is_set()
    await one.close()
    await other.close()


async def test_a_lost_connection_ends_the_wire_so_that_it_is_called_again(world: World) -> None:
    if world.database.backend.dialect == "sqlite":
        return
    backend = open_backend(world.services.settings.database)
    rung, has_heard = asyncio.Event(), asyncio.Event()
    carrying = asyncio.create_task(backend.wire().carry(rung, has_heard.set, asyncio.Event()))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await has_heard.wait()
        async with backend.read() as session:
            await session.fetch(END_LISTENERS, [])
        assert (await asyncio.gather(carrying, return_exceptions=True))[0] is not None
    await backend.close()


async def test_redis_carries_bells(redis_server: RedisServer, world: World) -> None:
    one, other = (wires.wire_for(world.database, redis_server.url) for _ in range(2))
    async with carried(one) as (rung, _), carried(other) as (_, others), asyncio.timeout(PATIENCE_SECONDS):
        rung.set()
        await others.wait()


async def test_a_redis_out_of_reach_ends_the_wire_so_that_it_is_called_again(world: World) -> None:
    wire = wires.wire_for(world.database, "redis://127.0.0.1:1/0")
    with pytest.raises(RedisError):
        await wire.carry(asyncio.Event(), lambda: None, asyncio.Event())
