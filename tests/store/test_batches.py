"""Shared commits on SQLite: what fails hurts nobody else, and nobody hears "done" of what is not on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dragoman.store import batches
from dragoman.store.batches import MOST_TOGETHER, Batches

WRITERS = 30
FULL = sqlite3.OperationalError("database or disk is full")


class Broken(Exception):
    """A request that fails by itself."""


class Driver:
    """A connection that counts its commits, and may fail at a statement."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS rows (number INTEGER)")
        self.commits = 0
        self.before: Callable[[str], None] = lambda _sql: None

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, *values: Any) -> Any:
        self.before(sql)
        self.commits += sql == "COMMIT"
        return self.connection.execute(sql, *values)


class Desk:
    """A file, and what writes into it."""

    def __init__(self, path: Path) -> None:
        self.path, self.driver = path, Driver(path)
        self.batches = Batches(self.driver, busy_seconds=5)

    async def write(self, number: int, *, fails: bool = False) -> None:
        """Returns when the row is on disk, as far as this has been told."""
        async with self.batches.member():
            self.driver.execute("INSERT INTO rows VALUES (?)", (number,))
            await asyncio.sleep(0)
            if fails:
                raise Broken
        assert number in self.on_disk()

    def on_disk(self) -> list[int]:
        """What another connection sees."""
        other = sqlite3.connect(self.path)
        found = [row[0] for row in other.execute("SELECT number FROM rows ORDER BY number")]
        other.close()
        return found

    def reopened(self) -> list[int]:
        self.driver.connection.close()
        return self.on_disk()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that ends by the clock would end elsewhere on a slow machine."""
    monkeypatch.setattr(batches, "LONGEST", float("inf"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "shared.db")


async def test_those_that_fail_take_back_their_own_work_alone(desk: Desk) -> None:
    bad = set(range(0, WRITERS, 3))
    ended = await asyncio.gather(
        *(desk.write(number, fails=number in bad) for number in range(WRITERS)), return_exceptions=True
    )
    assert {number for number, how in enumerate(ended) if isinstance(how, Broken)} == bad
    assert [how for number, how in enumerate(ended) if number not in bad] == [None] * (WRITERS - len(bad))
    assert desk.reopened() == [number for number in range(WRITERS) if number not in bad]


async def test_commits_are_shared(desk: Desk) -> None:
    await asyncio.gather(*map(desk.write, range(WRITERS)))
    assert desk.driver.commits == 1
    await desk.write(WRITERS)
    assert desk.driver.commits == 2


async def test_a_batch_ends_when_it_is_full(desk: Desk) -> None:
    await asyncio.gather(*map(desk.write, range(2 * MOST_TOGETHER + 2)))
    assert desk.driver.commits == 3


async def test_where_all_fail_nothing_is_committed(desk: Desk) -> None:
    ended = await asyncio.gather(*(desk.write(number, fails=True) for number in range(5)), return_exceptions=True)
    assert [type(how) for how in ended] == [Broken] * 5
    assert (desk.driver.commits, desk.driver.in_transaction, desk.reopened()) == (0, False, [])


@pytest.mark.parametrize("who", [0, 1, 2])
async def test_whoever_is_cancelled_whenever_loses_nothing_of_the_others(tmp_path: Path, who: int) -> None:
    """Before its turn, in its block, after it: at every turn of the event loop until all have ended."""
    for turns in range(60):
        desk = Desk(tmp_path / f"{turns}.db")
        writers = [asyncio.ensure_future(desk.write(number)) for number in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        is_late = writers[who].done()
        writers[who].cancel()
        async with asyncio.timeout(20):
            ended = await asyncio.gather(*writers, return_exceptions=True)
            await desk.write(3)  # and the next one finds its turn
        others = [how for number, how in enumerate(ended) if number != who]
        assert others == [None, None]
        assert is_late or ended[who] is None or isinstance(ended[who], asyncio.CancelledError)
        assert set(desk.reopened()) | {who} == {0, 1, 2, 3}, turns


async def test_the_last_commit_is_made_for_one_whose_follower_goes_away(desk: Desk) -> None:
    """The first leaves the commit to the second, which waits; the second is cancelled, and no third comes."""
    first_has_written, second_is_gone = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with desk.batches.member():
            desk.driver.execute("INSERT INTO rows VALUES (1)")
            first_has_written.set()
            await second_is_gone.wait()

    waits = asyncio.ensure_future(first())
    await first_has_written.wait()
    second = asyncio.ensure_future(desk.write(2))
    await asyncio.sleep(0)
    second_is_gone.set()
    second.cancel()
    async with asyncio.timeout(20):
        await waits
    assert (second.cancelled() or not second.done(), desk.on_disk()) == (True, [1])


@pytest.mark.parametrize("is_rolled_back", [True, False], ids=["by SQLite", "by nobody"])
async def test_a_commit_that_fails_is_told_to_all_who_waited_for_it(desk: Desk, is_rolled_back: bool) -> None:
    """A full disk: SQLite may have taken back everything by itself."""

    def full(sql: str) -> None:
        if sql == "COMMIT":
            if is_rolled_back:
                desk.driver.connection.execute("ROLLBACK")
            raise FULL

    desk.driver.before = full
    async with asyncio.timeout(20):
        ended = await asyncio.gather(*map(desk.write, range(WRITERS)), return_exceptions=True)
    assert ended == [FULL] * WRITERS
    assert (desk.on_disk(), desk.driver.in_transaction) == ([], False)
    desk.driver.before = lambda _sql: None
    await asyncio.gather(*map(desk.write, range(100, 103)))
    assert desk.reopened() == [100, 101, 102]


async def test_what_sqlite_takes_back_on_the_way_is_promised_to_nobody(desk: Desk) -> None:
    """One statement fails, and with it the work of all before it; who comes after begins anew."""
    seen: list[str] = []

    def full(sql: str) -> None:
        seen.append(sql)
        if sql.startswith("INSERT") and sum(one.startswith("INSERT") for one in seen) == 5:
            desk.driver.connection.execute("ROLLBACK")
            raise FULL

    desk.driver.before = full
    async with asyncio.timeout(20):
        ended = await asyncio.gather(*map(desk.write, range(WRITERS)), return_exceptions=True)
    kept = [number for number, how in enumerate(ended) if how is None]
    lost = [how for how in ended if how is not None]
    assert seen.index("COMMIT") > [at for at, one in enumerate(seen) if one.startswith("INSERT")][4]
    assert (len(lost), {type(how) for how in lost}) == (5, {sqlite3.OperationalError})
    assert desk.reopened() == kept == list(range(5, WRITERS))
