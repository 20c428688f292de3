"""What is done after a commit or at a later time, through the runner, by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dragoman.core import reactions
from dragoman.jobs.handlers import HANDLERS, remove_blob
from dragoman.jobs.runner import Runner
from dragoman.store.jobs import Job
from world import BASE, World


async def snoozed(world: World, **by: float) -> dict[str, Any]:
    """A conversation that was read by its agent and then put out of sight."""
    one = await world.conversation()
    at = f"{BASE}/{one['id']}"
    await world.staff.ok("PATCH", f"{at}/read")
    until = (world.clock() + timedelta(**by)).isoformat()
    await world.staff.ok("POST", f"{at}/snooze", {"snoozed_until": until})
    return one


async def seen(world: World, one: dict[str, Any]) -> tuple[bool, bool]:
    """Whether it is snoozed, and whether its agent has read it."""
    shown = await world.staff.ok("GET", f"{BASE}/{one['id']}")
    return shown["snoozed_until"] is not None, shown["is_read"]


async def kinds(world: World, one: dict[str, Any]) -> list[str]:
    page = await world.staff.ok("GET", f"{BASE}/{one['id']}/activities")
    return [activity["type"] for activity in page["items"]]


def test_every_job_that_is_queued_has_somebody_who_does_it() -> None:
    queued = {then.kind for reaction in reactions.REACTIONS.values() for then in reaction.then}
    assert queued == set(HANDLERS)


async def test_a_snoozed_conversation_wakes_at_its_time_and_is_unread(world: World) -> None:
    one = await snoozed(world, hours=2)
    runner = Runner(world.services)
    world.clock.advance(hours=1, minutes=59)
    assert await runner.run_due() == 0
    assert await seen(world, one) == (True, True)
    world.clock.advance(minutes=1)
    assert await runner.run_due() == 1
    assert await seen(world, one) == (False, False)
    assert "unsnoozed" in await kinds(world, one)
    assert await runner.run_due() == 0


async def test_a_server_that_was_off_wakes_it_when_it_is_back(world: World) -> None:
    one = await snoozed(world, hours=2)
    world.clock.advance(days=9)
    assert await Runner(world.services).run_due() == 1
    assert (await seen(world, one))[0] is False


async def test_snoozing_anew_moves_the_time(world: World) -> None:
    one = await snoozed(world, hours=1)
    later = (world.clock() + timedelta(hours=5)).isoformat()
    await world.staff.ok("POST", f"{BASE}/{one['id']}/snooze", {"snoozed_until": later})
    runner = Runner(world.services)
    world.clock.advance(hours=1)
    assert await runner.run_due() == 1, "the first timer rings and finds it snoozed for longer"
    assert await seen(world, one) == (True, True)
    world.clock.advance(hours=4)
    await runner.run_due()
    assert await seen(world, one) == (False, False)


async def test_one_that_is_awake_already_stays_as_it_is(world: World) -> None:
    one = await snoozed(world, hours=1)
    await world.customer_writes(one["id"])
    before = await world.detail(one["id"])
    world.clock.advance(hours=1)
    assert await Runner(world.services).run_due() == 1
    assert await world.detail(one["id"]) == before


async def test_a_deleted_one_wakes_unseen(world: World) -> None:
    one = await snoozed(world, hours=1)
    await world.boss.ok("DELETE", f"{BASE}/{one['id']}")
    world.clock.advance(hours=1)
    runner = Runner(world.services)
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0


@pytest.mark.parametrize("times", [1, 2])
async def test_bytes_may_be_removed_again(world: World, times: int) -> None:
    await world.services.blobs.put("1/photo", b"x", "image/png")
    job = Job(
        account_id=world.account_id,
        id=1,
        kind="remove_blob",
        payload={"blob_key": "1/photo"},
        attempts=1,
        last_error=None,
        state="waiting",
        run_at=world.clock(),
    )
    for _ in range(times):
        await remove_blob(world.services, job)
    assert not await world.services.blobs.exists("1/photo")
