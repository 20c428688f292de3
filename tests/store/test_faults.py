"""What the database refuses comes out in our words, and reaches a client as a 4xx or a 503."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from dragoman.store import schema
from dragoman.store.faults import Busy, Clash
from world import World


async def test_a_second_row_with_a_unique_key_is_a_clash(world: World) -> None:
    row = {"folded": "vip", "name": "VIP"}
    with pytest.raises(Clash):
        await _insert_twice(world, row)


async def _insert_twice(world: World, row: dict[str, str]) -> None:
    async with world.database.write(world.account_id) as tx:
        await tx.insert(schema.tags, row)
        await tx.insert(schema.tags, row)


async def test_a_database_out_of_reach_is_busy_and_a_client_hears_503(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    monkeypatch.setattr(world.database.backend, "write", locked)
    with pytest.raises(Busy):
        await _insert_twice(world, {"folded": "vip", "name": "VIP"})
    answer = await world.boss("POST", "/api/v2/contacts", {"name": "Jane"})
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


async def test_a_fault_of_ours_stays_what_it_is(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        await _divide_by_nothing(world)


async def _divide_by_nothing(world: World) -> float:
    async with world.database.read(world.account_id):
        return 1 / 0
