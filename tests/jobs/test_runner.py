"""Jobs are done once at a time, again when their runner dies, ever more seldom when they fail, and never forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from dragoman.edge.idempotency import forget_old_keys
from dragoman.edge.services import Services
from dragoman.jobs import runner as running
from dragoman.jobs.handlers import Handler
from dragoman.jobs.runner import Runner
from dragoman.store import jobs, schema
from dragoman.store.jobs import LEASE, MAX_ATTEMPTS, Job, retry_after
from dragoman.store.tx import Session
from world import World


async def queue(world: World, *names: str, at: datetime | None = None) -> None:
    async with world.database.write(world.account_id) as tx:
        for name in names:
            await jobs.enqueue(tx, "ring", {"name": name}, run_at=at)


async def waiting(world: World) -> list[Job]:
    async with world.database.read(world.account_id) as tx:
        return await tx.all(Job, tx.select(Job).order_by(schema.jobs.c.id))


@dataclass
class Bell:
    """A handler that notes what it rang for, and whether ever twice at once for the same."""

    fails: Iterable[str] = ()
    rung: list[str] = field(default_factory=list)
    ringing: set[str] = field(default_factory=set)
    rang: asyncio.Event = field(default_factory=asyncio.Event)

    async def ring(self, _services: Services, job: Job) -> None:
        name = job.payload["name"]
        assert name not in self.ringing
        self.ringing.add(name)
        await asyncio.sleep(0.01)
        self.ringing.discard(name)
        self.rung.append(name)
        self.rang.set()
        if name in self.fails:
            raise RuntimeError(f"{name} is cracked")

    def runner(self, world: World) -> Runner:
        handlers: dict[str, Handler] = {"ring": self.ring}
        return Runner(world.services, handlers)


async def test_a_job_is_done_and_forgotten(world: World) -> None:
    bell = Bell()
    await queue(world, "a")
    assert await bell.runner(world).run_due() == 1
    assert (bell.rung, await waiting(world)) == (["a"], [])


async def test_two_runners_share_the_work_and_do_nothing_twice(world: World) -> None:
    bell = Bell()
    names = [f"job {number}" for number in range(30)]
    await queue(world, *names)
    runners = [bell.runner(world) for _ in range(3)]

    async def drain(runner: Runner) -> int:
        return sum([await runner.run_due() for _ in names])

    assert sum(await asyncio.gather(*map(drain, runners))) == len(names)
    assert sorted(bell.rung) == sorted(names)
    assert await waiting(world) == []


async def test_a_later_job_waits_for_its_time(world: World) -> None:
    bell = Bell()
    await queue(world, "late", at=world.clock() + timedelta(hours=1))
    await queue(world, "now")
    runner = bell.runner(world)
    await runner.run_due()
    assert bell.rung == ["now"]
    world.clock.advance(minutes=59, seconds=59)
    assert await runner.run_due() == 0
    world.clock.advance(seconds=1)
    assert await runner.run_due() == 1
    assert bell.rung == ["now", "late"]


async def test_a_runner_that_dies_gives_its_job_back_when_its_lease_ends(world: World) -> None:
    await queue(world, "a")
    async with world.database.backend.write() as session:
        assert len(await jobs.claim(session, now=world.clock())) == 1  # and is never heard of again
    bell = Bell()
    assert await bell.runner(world).run_due() == 0
    world.clock.advance(seconds=LEASE.total_seconds() - 1)
    assert await bell.runner(world).run_due() == 0
    world.clock.advance(seconds=1)
    assert await bell.runner(world).run_due() == 1
    assert bell.rung == ["a"]


async def test_a_cancelled_runner_forgets_nothing(world: World) -> None:
    begun = asyncio.Event()

    async def hang(_services: Services, _job: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    await queue(world, "a")
    task = asyncio.create_task(Runner(world.services, {"ring": hang}).run())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    world.clock.advance(seconds=LEASE.total_seconds())
    bell = Bell()
    await bell.runner(world).run_due()
    assert bell.rung == ["a"]


async def test_a_failing_job_backs_off_and_ends_as_failed_with_its_error(world: World) -> None:
    bell = Bell(fails=["a"])
    await queue(world, "a", "b")
    runner = bell.runner(world)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert await runner.run_due() == (2 if attempt == 1 else 1)
        (job,) = await waiting(world)
        assert (job.attempts, job.last_error) == (attempt, "RuntimeError: a is cracked")
        assert job.run_at == world.clock() + retry_after(attempt)
        assert job.state == ("failed" if attempt == MAX_ATTEMPTS else "waiting")
        assert await runner.run_due() == 0
        world.clock.now = job.run_at
    assert await runner.run_due() == 0
    assert (bell.rung.count("a"), bell.rung.count("b")) == (MAX_ATTEMPTS, 1)


def test_the_patience_outlasts_a_weekend_and_begins_quickly() -> None:
    waits = [retry_after(attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert waits[0] == timedelta(seconds=5)
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(days=3)


async def test_a_job_that_kills_its_process_is_given_up(world: World) -> None:
    await queue(world, "a")
    async with world.database.write(world.account_id) as tx:
        await tx.execute(tx.update(schema.jobs).values(attempts=MAX_ATTEMPTS))
    bell = Bell()
    assert await bell.runner(world).run_due() == 1
    (job,) = await waiting(world)
    assert (bell.rung, job.state) == ([], "failed")
    assert "every attempt ended with its process" in str(job.last_error)


async def test_a_job_slower_than_its_lease_is_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_TIME", timedelta(milliseconds=20))

    async def hang(_services: Services, _job: Job) -> None:
        await asyncio.Event().wait()

    await queue(world, "a")
    assert await Runner(world.services, {"ring": hang}).run_due() == 1
    (job,) = await waiting(world)
    assert (job.state, job.last_error) == ("waiting", "TimeoutError: ")


def test_no_job_may_take_as_long_as_its_lease() -> None:
    assert running.MOST_TIME < LEASE


async def test_a_job_of_a_newer_version_waits_for_it(world: World) -> None:
    await queue(world, "a")
    assert await Runner(world.services, {}).run_due() == 1
    (job,) = await waiting(world)
    assert (job.state, job.last_error) == ("waiting", "UnknownJob: this version knows no job 'ring'")


async def test_an_idle_runner_reads_and_never_writes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await queue(world, "late", at=world.clock() + timedelta(hours=1))
    backend = world.database.backend
    reads: list[Any] = []
    read = backend.read

    def noticed() -> Any:
        reads.append(True)
        return read()

    def forbidden() -> Any:
        raise AssertionError("an idle runner wrote")

    monkeypatch.setattr(backend, "read", noticed)
    monkeypatch.setattr(backend, "write", forbidden)
    runner = Bell().runner(world)
    for _ in range(5):
        assert await runner.run_due() == 0
    assert len(reads) == 5


async def test_a_database_that_fails_for_a_while_does_not_end_the_runner(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([True, True, False])
    look = jobs.next_due

    async def sometimes(session: Session) -> datetime | None:
        if next(failures, False):
            raise OSError("the database is away")
        return await look(session)

    monkeypatch.setattr(running, "LOOK_EVERY", timedelta())
    monkeypatch.setattr(jobs, "next_due", sometimes)
    bell = Bell()
    await queue(world, "a")
    task = asyncio.create_task(bell.runner(world).run())
    await bell.rang.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert bell.rung == ["a"]


async def test_old_idempotency_keys_are_tidied_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOOK_EVERY", timedelta())
    body = {"name": "Jane", "email": "jane@example.com"}
    await world.boss.ok("POST", "/api/v2/contacts", body, headers={"Idempotency-Key": "k"})
    world.clock.advance(hours=24, seconds=1)
    tidied = asyncio.Event()

    async def forget(session: Session, *, now: datetime) -> None:
        await forget_old_keys(session, now=now)
        tidied.set()

    monkeypatch.setattr(running, "forget_old_keys", forget)
    task = asyncio.create_task(Bell().runner(world).run())
    await tidied.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await _kept_keys(world) == 0


async def _kept_keys(world: World) -> int:
    async with world.database.read(world.account_id) as tx:
        return len(await tx.rows(tx.select(schema.idempotency_keys.c.idempotency_key)))
