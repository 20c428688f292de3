"""Lists from a real hot standby: it may lag, nothing is missed, and without it the primary answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dragoman.config import Settings
from dragoman.core.conversations import editing
from dragoman.core.search import queries
from dragoman.core.search.model import Condition, Op, Question
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.store import migrate
from dragoman.store.replica import Replica
from dragoman.store.tx import SYSTEM
from indexes import assert_index_is_right
from services.postgres import Pair
from services.run import free_port
from world import BASE, World, build_world

LISTS: list[tuple[str, str, Any]] = [
    ("GET", f"{BASE}?tags=vip", None),
    ("POST", f"{BASE}/search", {"conditions": [{"field": "tags", "operator": "is", "value": "vip"}]}),
    ("GET", f"{BASE}?search=printer", None),
    ("GET", f"{BASE}/filter-options", None),
    ("GET", f"{BASE}/tags/search?q=v", None),
]


async def listed(world: World) -> list[Any]:
    return [await world.boss.ok(method, path, body) for method, path, body in LISTS]


@pytest.fixture
async def database_url(postgres_pair: Pair) -> AsyncIterator[str]:
    """A migrated, empty database of the primary."""
    name = await postgres_pair.primary.create_database()
    await asyncio.to_thread(migrate.upgrade, postgres_pair.primary.url(name))
    await postgres_pair.catch_up()
    yield postgres_pair.primary.url(name)
    await postgres_pair.primary.drop_database(name)


@pytest.fixture
def settings(database_url: str, postgres_pair: Pair, tmp_path: Path) -> Settings:
    replica_url = postgres_pair.standby.url(database_url.rpartition("/")[2])
    return Settings(database_url=database_url, replica_url=replica_url, data_dir=tmp_path, secret_key="for tests alone")


@pytest.fixture
async def world(settings: Settings, postgres_pair: Pair) -> AsyncIterator[World]:
    """The same, and the standby knows of it."""
    world = await build_world(settings)
    await postgres_pair.catch_up()
    yield world
    await postgres_pair.go_on()
    await world.close()


async def test_lists_show_what_the_replica_has_and_details_what_is(world: World, postgres_pair: Pair) -> None:
    one = await world.conversation("The printer", tags=["vip"])
    await postgres_pair.catch_up()
    before = await listed(world)
    assert [before[0]["total"], before[1]["total"], before[2]["total"]] == [1, 1, 1]
    assert (before[3]["tags"], before[4]["items"]) == (["vip"], ["vip"])
    await postgres_pair.hold()
    await world.boss.ok("PATCH", f"{BASE}/{one['id']}", {"tags": ["vip", "vast"], "subject": "A printer"})
    await world.conversation("Another printer", tags=["vip"], channel="sms")
    assert await listed(world) == before
    assert (await world.detail(one["id"]))["subject"] == "A printer"
    await postgres_pair.go_on()
    await postgres_pair.catch_up()
    after = await listed(world)
    assert [after[0]["total"], after[1]["total"], after[2]["total"]] == [2, 2, 2]
    assert {item["subject"] for item in after[0]["items"]} == {"A printer", "Another printer"}
    assert (after[3]["tags"], after[4]["items"]) == (["vip", "vast"], ["vip", "vast"])
    assert "sms" in after[3]["channels"]


async def test_a_writer_that_commits_late_is_not_missed(world: World, postgres_pair: Pair) -> None:
    """A standby's snapshot does not say who is still writing."""
    slow, quick = [read(Prefix.CONVERSATION, (await world.conversation())["id"]) for _ in range(2)]
    urgent = Question(where=(Condition("priority", Op.IS, ("urgent",)),))

    async def total() -> int:
        await postgres_pair.catch_up()
        found = await world.database.browse(
            world.account_id, SYSTEM, lambda tx: queries.answer(tx, urgent, reader_id=1)
        )
        return found.total

    assert await total() == 0
    async with world.database.write(world.account_id) as late:
        await editing.edit(late, slow, {"priority": "urgent"})
        for priority, urgent_ones in (("urgent", 1), ("low", 0), ("urgent", 1)):
            async with world.database.write(world.account_id) as tx:
                await editing.edit(tx, quick, {"priority": priority})
            assert await total() == urgent_ones
    assert await total() == 2
    await world.database.browse(world.account_id, SYSTEM, assert_index_is_right)


async def test_marks_of_primary_and_replica_are_not_mixed(world: World, postgres_pair: Pair) -> None:
    await world.conversation()
    await postgres_pair.catch_up()
    await postgres_pair.hold()
    await world.conversation()
    for _ in range(2):
        async with world.database.read(world.account_id) as tx:
            assert len(await assert_index_is_right(tx)) == 2
        assert len(await world.database.browse(world.account_id, SYSTEM, assert_index_is_right)) == 1


async def test_broken_connections_are_made_anew(world: World, postgres_pair: Pair) -> None:
    await world.conversation()
    await postgres_pair.catch_up()
    for _ in range(3):
        assert (await world.boss.ok("GET", BASE))["total"] == 1
        await postgres_pair.standby.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'test%'"
        )


@pytest.mark.parametrize("wrong", ["port", "host", "database"])
async def test_without_the_replica_the_primary_answers(
    world: World, wrong: str, caplog: pytest.LogCaptureFixture, settings: Settings, tmp_path: Path
) -> None:
    await world.conversation("The printer", tags=["vip"])
    url = {
        "port": f"postgresql://dragoman:hunter2@127.0.0.1:{free_port()}/dragoman",
        "host": "postgresql://dragoman:hunter2@nowhere.invalid/dragoman",
        "database": f"{settings.replica_url}_none",
    }[wrong]
    lonely = await build_world(settings.model_copy(update={"replica_url": url, "data_dir": tmp_path / "lonely"}))
    await lonely.conversation("The printer", tags=["vip"])
    with caplog.at_level(logging.WARNING, "dragoman.replica"):
        pages = await listed(lonely)
    await lonely.close()
    assert [page["total"] for page in pages[:3]] == [1, 1, 1]
    assert ("lists come from the primary" in caplog.text, "hunter2" in caplog.text) == (True, False)
    assert len(caplog.records) == 1


def test_a_replica_that_failed_rests_and_is_then_asked_by_one() -> None:
    now = [100.0]
    replica = Replica(object(), rest_seconds=5, clock=lambda: now[0])
    assert [replica.is_asked(), replica.is_asked()] == [True, True]
    replica.has_failed(OSError("gone"))
    assert not replica.is_asked()
    now[0] = 104.9
    assert not replica.is_asked()
    now[0] = 105.0
    assert [replica.is_asked(), replica.is_asked()] == [True, False]
    replica.has_failed(OSError("still gone"))
    now[0] = 110.0
    assert replica.is_asked()
    replica.has_answered()
    assert [replica.is_asked(), replica.is_asked()] == [True, True]


@pytest.mark.parametrize(
    ("database", "replica", "word"),
    [
        ("postgresql://a/b", "sqlite:///hunter2.db", "a replica is a standby of PostgreSQL"),
        ("postgresql://a/b", "mysql://x:hunter2@host/b", "a replica is a standby of PostgreSQL"),
        ("sqlite:///a.db", "postgresql://x:hunter2@host/b", "SQLite has none"),
        ("", "postgresql://x:hunter2@host/b", "SQLite has none"),
    ],
)
def test_what_cannot_be_a_replica_is_refused(
    monkeypatch: pytest.MonkeyPatch, database: str, replica: str, word: str
) -> None:
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", database)
    monkeypatch.setenv("DRAGOMAN_REPLICA_URL", replica)
    with pytest.raises(ValidationError) as refused:
        Settings()
    (error,) = refused.value.errors()
    assert (error["loc"], word in error["msg"], "hunter2" in error["msg"]) == (("replica_url",), True, False)
