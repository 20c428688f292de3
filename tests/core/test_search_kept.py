"""An index that is kept beside the rows: a new process goes on from it, and from nothing that is not to be trusted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from dragoman.core.search import keeping, packing
from dragoman.core.search.keeping import Keeper
from dragoman.core.search.packing import pack, unpack
from dragoman.store import derivations
from dragoman.store.memory import Memory
from indexes import assert_index_is_right
from world import BASE, World


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "WORTH_KEEPING", 1)
    monkeypatch.setattr(derivations, "PIECE", 100)


async def kept(world: World) -> None:
    """What a server does that has listed the account's conversations."""
    await world.boss.ok("GET", BASE)
    await keeping.keep_all(world.database)


async def restarted(world: World) -> Keeper:
    """The keeper of a process that has just begun, after its first list."""
    world.database.memory = Memory()
    async with world.database.read(world.account_id) as tx:
        await assert_index_is_right(tx)
    ((account_id, keeper),) = world.database.memory.all(Keeper)
    assert account_id == world.account_id
    return keeper


async def pieces(world: World) -> list[Any]:
    async with world.database.backend.read() as session:
        found = await session.execute(text("SELECT generation, piece, pieces FROM derivations ORDER BY id"))
        return [tuple(row) for row in found.fetchall()]


@pytest.fixture
def reads_all(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that every conversation is read."""
    times: list[bool] = []
    read_all = Keeper._read_all

    async def counted(self: Keeper, tx: Any) -> Any:
        times.append(True)
        return await read_all(self, tx)

    monkeypatch.setattr(Keeper, "_read_all", counted)
    return times


async def test_a_new_process_goes_on_from_what_was_kept(world: World, reads_all: list[bool]) -> None:
    first = await world.conversation("Printer", tags=["a", "b"])
    await world.conversation("Scanner", priority="high")
    await kept(world)
    await world.conversation("Later")
    await world.boss.ok("PATCH", f"{BASE}/{first['id']}", {"status": "resolved", "tags": []})
    await restarted(world)
    assert reads_all == [True]  # by the process that kept it
    assert (await world.boss.ok("GET", f"{BASE}?status=open"))["total"] == 2


async def test_what_is_kept_is_replaced_when_enough_has_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.conversation()
    await kept(world)
    before = await pieces(world)
    assert len(before) == before[0][2] > 1
    await kept(world)
    assert await pieces(world) == before  # nothing has changed since
    await world.conversation()
    monkeypatch.setattr(keeping, "WORTH_KEEPING", 5)
    await kept(world)
    assert await pieces(world) == before  # too little has
    monkeypatch.setattr(keeping, "WORTH_KEEPING", 1)
    await kept(world)
    after = await pieces(world)
    assert len({one[0] for one in after}) == 1
    assert after[0][0] > before[0][0]


async def test_one_that_is_not_whole_is_passed_over(world: World, reads_all: list[bool]) -> None:
    await world.conversation()
    await kept(world)
    async with world.database.backend.write() as session:
        await session.execute(text("DELETE FROM derivations WHERE piece = 1"))
    await restarted(world)
    assert reads_all == [True, True]


async def test_one_of_another_version_is_passed_over(
    world: World, reads_all: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.conversation()
    await kept(world)
    monkeypatch.setattr(packing, "FORMAT", "2")
    await restarted(world)
    assert reads_all == [True, True]
    assert unpack(b"no index at all") is None


async def test_one_that_is_ahead_of_the_database_is_passed_over(world: World, reads_all: list[bool]) -> None:
    """A dump that was restored into a new cluster: its transactions are numbered from the beginning again."""
    await world.conversation()
    await kept(world)
    ahead = str(2**40) if world.database.backend.dialect == "sqlite" else f"{2**40}:{2**40}:"
    async with world.database.backend.write() as session:
        await session.execute(text(f"UPDATE derivations SET mark = '{ahead}'"))
    await restarted(world)
    assert reads_all == [True, True]


async def test_accounts_do_not_see_each_others(world: World) -> None:
    await world.conversation()
    await kept(world)
    other = await world.other_account()
    assert (await other.ok("GET", BASE))["total"] == 0


async def test_packing_leaves_nothing_out(world: World) -> None:
    for tags in (["a", "b"], [], ["b"]):
        await world.conversation("Printer", tags=tags)
    async with world.database.read(world.account_id) as tx:
        index = await keeping.current(tx)
    again = unpack(pack(index))
    assert again is not None
    assert again.parts() == index.parts()
    assert [again.row_of(slot) for slot in range(3)] == [index.row_of(slot) for slot in range(3)]
