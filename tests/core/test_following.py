"""Several processes over one database: each one's index follows all the others' changes, in whatever order they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from dragoman.config import Settings
from dragoman.core import reactions
from dragoman.core.conversations import editing, lifecycle
from dragoman.core.errors import DomainError
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.core.search import keeping
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.store.database import Database, open_backend
from dragoman.store.tx import WriteTx
from indexes import assert_index_is_right
from world import World

PROCESSES, WRITERS, CHANGES, CHECKS, CONVERSATIONS = 3, 10, 12, 6, 8


@pytest.fixture
async def processes(world: World, settings: Settings) -> AsyncIterator[list[Database]]:
    """The test's own database and others as other processes would open them."""
    others = [
        Database(open_backend(settings.database), clock=world.clock, react=reactions.react)
        for _ in range(PROCESSES - 1)
    ]
    yield [world.database, *others]
    for one in others:
        await one.close()


async def made(world: World, count: int) -> list[int]:
    contact_id = await world.contact()
    return [read(Prefix.CONVERSATION, (await world.conversation(contact_id=contact_id))["id"]) for _ in range(count)]


async def assert_all_are_right(world: World, processes: list[Database]) -> None:
    for one in processes:
        async with one.read(world.account_id) as tx:
            await assert_index_is_right(tx)


async def change(tx: WriteTx, rng: Random, number: int) -> None:
    """Something small; what the state forbids is refused before anything is written."""
    try:
        match rng.randrange(4):
            case 0:
                wanted = {"priority": rng.choice(["low", "urgent"]), "tags": rng.sample(["a", "b", "c"], 2)}
                await editing.edit(tx, number, wanted)
            case 1:
                await posting.post(tx, number, NewMessage(body="Hello", sender=Sender.CONTACT))
            case 2:
                await lifecycle.archive(tx, number)
            case 3:
                await lifecycle.unarchive(tx, number)
    except DomainError:
        return


async def test_processes_follow_each_other(world: World, processes: list[Database]) -> None:
    numbers = await made(world, 2)
    await assert_all_are_right(world, processes)
    for at, one in enumerate([*processes, *processes]):
        world.clock.advance(minutes=1)
        async with one.write(world.account_id) as tx:
            await editing.edit(tx, numbers[at % 2], {"subject": f"Change {at}", "tags": [f"tag {at}"]})
        await assert_all_are_right(world, processes)


class Pauses:
    """Many may be at work; whoever checks waits until all have paused."""

    def __init__(self) -> None:
        self._working, self._may_go = 0, asyncio.Condition()
        self._is_checking = False

    @asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        async with self._may_go:
            await self._may_go.wait_for(lambda: not self._is_checking)
            self._working += 1
        try:
            yield
        finally:
            async with self._may_go:
                self._working -= 1
                self._may_go.notify_all()

    @asynccontextmanager
    async def check(self) -> AsyncIterator[None]:
        async with self._may_go:
            self._is_checking = True
            await self._may_go.wait_for(lambda: self._working == 0)
        try:
            yield
        finally:
            async with self._may_go:
                self._is_checking = False
                self._may_go.notify_all()


async def test_many_writers_and_a_reader_all_the_while(world: World, processes: list[Database]) -> None:
    """Lists are asked for while transactions are under way, so that marks are taken amid them."""
    numbers, pauses = await made(world, CONVERSATIONS), Pauses()
    writing = asyncio.Event()

    async def write(which: int) -> None:
        rng = Random(which)
        for _ in range(CHANGES):
            async with pauses.work(), processes[which % PROCESSES].write(world.account_id) as tx:
                await change(tx, rng, rng.choice(numbers))
                await asyncio.sleep(rng.choice((0, 0, 0.003)))

    async def look() -> None:
        while not writing.is_set():
            for one in processes:
                async with one.read(world.account_id) as tx:
                    assert len(await keeping.current(tx)) == CONVERSATIONS
            await asyncio.sleep(0)

    async def check() -> None:
        for _ in range(CHECKS):
            async with pauses.check():
                await assert_all_are_right(world, processes)
            await asyncio.sleep(0.01)

    async def write_all() -> None:
        await asyncio.gather(*map(write, range(WRITERS)))
        writing.set()

    await asyncio.gather(write_all(), look(), check())
    await assert_all_are_right(world, processes)


async def test_a_transaction_that_commits_late_is_not_missed(
    world: World, processes: list[Database], settings: Settings
) -> None:
    """PostgreSQL: others with higher numbers end before it, and all processes have looked meanwhile."""
    if settings.database.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time")
    late, early, newest = await made(world, 3)
    await assert_all_are_right(world, processes)
    async with processes[0].write(world.account_id) as slow:
        await editing.edit(slow, late, {"priority": "urgent", "tags": ["late"]})
        for at in range(3):
            async with processes[1].write(world.account_id) as tx:
                await editing.edit(tx, (early, newest)[at % 2], {"subject": f"Early {at}"})
            await assert_all_are_right(world, processes)
    for one in processes:
        async with one.read(world.account_id) as tx:
            index = await assert_index_is_right(tx)
            assert index.ids_of(index.facets["tags"].having("late")) == [late]
