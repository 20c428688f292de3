"""The event log: a reader skips nothing, however slow a writer is (architecture.md, section 2)."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from dragoman.store import events
from dragoman.store.events import Cursor, Event
from world import World

START = Cursor(0, 0)


async def read(world: World, cursor: Cursor, *, limit: int = 500) -> list[Event]:
    async with world.database.backend.read() as session:
        return await events.after(session, cursor, limit=limit)


SETTLED = text(
    "SELECT coalesce(max(transaction_id), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM events"
)


async def all_is_readable(world: World) -> None:
    """The log holds back what is younger than any transaction of the cluster, those of other tests included."""
    if world.database.backend.dialect == "sqlite":
        return
    async with asyncio.timeout(30):
        while True:
            async with world.database.backend.read() as session:
                if (await session.execute(SETTLED)).scalar_one():
                    return
            await asyncio.sleep(0.05)


async def follow(world: World, cursor: Cursor, *, waits: bool = True) -> tuple[list[str], Cursor]:
    """The kinds of what is new, and where the reader stands then."""
    if waits:
        await all_is_readable(world)
    found = await read(world, cursor)
    return [event.kind for event in found], found[-1].cursor if found else cursor


async def say(world: World, kind: str) -> None:
    async with world.database.write(world.account_id) as tx:
        tx.emit(kind)


async def test_a_reader_sees_all_events_in_order_and_page_by_page(world: World) -> None:
    _, cursor = await follow(world, START)
    for number in range(7):
        await say(world, f"event {number}")
    await all_is_readable(world)
    paged, place = [], cursor
    while found := await read(world, place, limit=3):
        paged += [event.kind for event in found]
        place = found[-1].cursor
    assert paged == [f"event {number}" for number in range(7)]
    assert place > cursor


async def test_events_of_one_transaction_keep_their_order(world: World) -> None:
    _, cursor = await follow(world, START)
    async with world.database.write(world.account_id) as tx:
        for number in range(40):
            tx.emit(f"event {number}")
    assert (await follow(world, cursor))[0] == [f"event {number}" for number in range(40)]


async def test_a_slow_writer_is_not_overtaken(world: World) -> None:
    """It takes its number first and commits last; a reader that went on meanwhile must still get it."""
    if world.database.backend.dialect == "sqlite":
        await writers_of_sqlite_stand_in_line(world)
        return
    _, cursor = await follow(world, START)
    has_written, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with world.database.write(world.account_id) as tx:
            tx.emit("slow")
            await events.append(tx)
            tx.emitted.clear()
            has_written.set()
            await may_commit.wait()

    writer = asyncio.create_task(slow())
    await has_written.wait()
    for number in range(3):
        await say(world, f"fast {number}")
    seen, cursor = await follow(world, cursor, waits=False)
    may_commit.set()
    await writer
    more, cursor = await follow(world, cursor)
    assert sorted(seen + more) == ["fast 0", "fast 1", "fast 2", "slow"]
    assert (seen, more[0]) == ([], "slow"), "the log keeps the order in which transactions began"
    assert (await follow(world, cursor))[0] == []


async def writers_of_sqlite_stand_in_line(world: World) -> None:
    _, cursor = await follow(world, START)
    may_commit = asyncio.Event()

    async def slow() -> None:
        async with world.database.write(world.account_id) as tx:
            tx.emit("slow")
            await may_commit.wait()

    writer = asyncio.create_task(slow())
    await asyncio.sleep(0)
    other = asyncio.create_task(say(world, "fast"))
    await asyncio.sleep(0)
    assert (await follow(world, cursor))[0] == []
    may_commit.set()
    await asyncio.gather(writer, other)
    assert (await follow(world, cursor))[0] == ["slow", "fast"]


async def test_a_reader_among_many_writers_gets_each_event_once(world: World) -> None:
    seen, cursor = await follow(world, START)
    seen.clear()
    wanted = {f"event {number}" for number in range(60)}
    writers = [asyncio.create_task(say(world, kind)) for kind in sorted(wanted)]
    while not all(writer.done() for writer in writers):
        await asyncio.sleep(0)  # SQLite reads without ever waiting
        new, cursor = await follow(world, cursor, waits=False)
        seen += new
    await asyncio.gather(*writers)
    seen += (await follow(world, cursor))[0]
    assert (len(seen), set(seen)) == (60, wanted)


async def test_what_is_rolled_back_never_happened(world: World) -> None:
    _, cursor = await follow(world, START)
    try:
        async with world.database.write(world.account_id) as tx:
            tx.emit("never")
            raise LookupError
    except LookupError:
        await say(world, "after")
    assert (await follow(world, cursor))[0] == ["after"]


async def test_two_accounts_events_lie_in_one_log(world: World) -> None:
    _, cursor = await follow(world, START)
    await world.other_account()
    await world.conversation()
    await all_is_readable(world)
    accounts = [event.account_id for event in await read(world, cursor)]
    assert world.account_id in accounts
