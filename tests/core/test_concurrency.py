"""Many at once: no update is lost, nothing is done twice, and what was not committed was never said to be done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from aurion.checklist import of, refusal, team_of
from dragoman.core.conversations import lifecycle
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.store import schema
from dragoman.store.database import Database
from dragoman.store.tx import Session
from world import BASE, World

AT_ONCE = 50


async def test_no_update_is_lost(world: World) -> None:
    one = await world.conversation()
    asked = []
    for number in range(AT_ONCE):
        kind = number % 4
        if kind == 0:
            asked.append(world.boss("PATCH", of(one), {"custom_attrs": {f"key{number}": number}}))
        elif kind == 1:
            asked.append(world.boss("POST", of(one, "reply"), {"body": f"Reply {number}"}))
        elif kind == 2:
            asked.append(world.boss("POST", of(one, "messages"), {"body": f"Note {number}", "is_internal": True}))
        else:
            asked.append(world.boss("POST", of(one, "share"), {}))
    responses = await asyncio.gather(*asked)
    assert {response.status_code for response in responses} == {200, 201}
    after = await world.detail(one["id"])
    assert after["version"] == 1 + AT_ONCE
    assert sorted(after["custom_attrs"].values()) == list(range(0, AT_ONCE, 4))
    said = [message["conversation_version"] for message in after["messages"]]
    assert (len(said), len(set(said))) == (26, 26)
    assert after["tab_counts"]["messages"] == 26
    assert len(await world.boss.ok("GET", of(one, "shares"))) == 12


async def test_of_many_with_the_same_version_one_wins(world: World) -> None:
    one = await world.conversation()
    asked = [world.boss("PATCH", of(one), {"subject": f"Writer {at}", "version": 1}) for at in range(20)]
    codes = Counter(response.status_code for response in await asyncio.gather(*asked))
    assert codes == {200: 1, 409: 19}
    assert (await world.detail(one["id"]))["version"] == 2


async def test_turns_are_shared_evenly(world: World) -> None:
    team, members = await team_of(world, "Bob", "Eve", "Kim")
    contact_id = await world.contact()
    made = [await world.conversation(contact_id=contact_id) for _ in range(30)]
    answers = await asyncio.gather(*(world.boss.ok("POST", of(one, "reassign"), {"team_id": team}) for one in made))
    assert Counter(answer["assignee_user_id"] for answer in answers) == dict.fromkeys(members, 10)


async def test_the_same_key_creates_one(world: World) -> None:
    contact_id = await world.contact()
    body = {"subject": "Once", "contact_id": contact_id, "description": "x"}
    asked = [world.boss("POST", BASE, body, headers={"Idempotency-Key": "k"}) for _ in range(10)]
    responses = await asyncio.gather(*asked)
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert (await world.boss.ok("GET", BASE))["total"] == 1


async def test_links_merges_and_families_do_not_wait_for_each_other(world: World) -> None:
    contact_id = await world.contact()
    one, two, three = [await world.conversation(contact_id=contact_id) for _ in range(3)]
    asked: list[Any] = []
    for here, there in ((one, two), (two, one), (two, three), (three, two), (one, three), (three, one)):
        other = {"linked_conversation_id": there["id"]}
        asked += [
            world.boss("POST", of(here, "links"), other),
            world.boss("POST", of(here, "links"), {**other, "link_type": "duplicate"}),
            world.boss("POST", of(here, "parent"), {"parent_id": there["id"]}),
            world.boss("POST", of(here, "reply"), {"body": "Hello"}),
        ]
    responses = await asyncio.gather(*asked)
    assert {response.status_code for response in responses} <= {200, 201, 400, 409}
    parents = {one["id"]: (await world.detail(one["id"]))["parent_id"] for one in (one, two, three)}
    for start in parents:
        seen = [start]
        while (above := parents[seen[-1]]) is not None:
            assert above not in seen, parents
            seen.append(above)
    assert len(await world.boss.ok("GET", of(one, "links"))) >= 4


async def test_two_merges_of_the_same_source_make_one(world: World) -> None:
    contact_id = await world.contact()
    one, two, source = [await world.conversation(contact_id=contact_id) for _ in range(3)]
    body = {"source_conversation_ids": [source["id"]]}
    responses = await asyncio.gather(*(world.boss("POST", of(here, "merge"), body) for here in (one, two)))
    assert sorted(response.status_code for response in responses) == [200, 409]
    said = [(await world.detail(here["id"]))["tab_counts"]["messages"] for here in (one, two)]
    assert sorted(said) == [1, 3]


async def test_display_ids_are_never_given_twice(world: World) -> None:
    contact_id = await world.contact()
    made = await asyncio.gather(*(world.conversation(contact_id=contact_id) for _ in range(20)))
    assert len({one["display_id"] for one in made}) == 20


async def test_bulk_archives_in_any_order_do_not_wait_for_each_other(world: World) -> None:
    contact_id = await world.contact()
    ids = [(await world.conversation(contact_id=contact_id))["id"] for _ in range(10)]
    path = "/api/v2/bulk/conversations/archive"
    asked = [world.boss("POST", path, {"conversation_ids": order}) for order in (ids, ids[::-1]) * 3]
    responses = await asyncio.gather(*asked)
    assert {response.status_code for response in responses} == {200}
    assert sum(response.json()["summary"]["succeeded"] for response in responses) == 10


class CommitFails(Exception):
    """The disk is full, the server is gone."""


class FailingBackend:
    """A backend whose writing transactions fail where they would commit, while `is_failing`."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.dialect = backend.dialect
        self.is_failing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    @asynccontextmanager
    async def write(self, *args: Any, **more: Any) -> AsyncIterator[Session]:
        async with self._backend.write(*args, **more) as session:
            yield session
            if self.is_failing:
                raise CommitFails


@pytest.fixture
def failing(world: World) -> FailingBackend:
    backend = FailingBackend(world.database.backend)
    world.database.backend = backend
    world.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(world.client._transport.app, raise_app_exceptions=False),  # type: ignore[attr-defined]
        base_url="http://dragoman.test",
    )
    return backend


async def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    async with world.database.read(world.account_id) as tx:
        for table in schema.metadata.sorted_tables:
            found[table.name] = len((await tx.execute(select(table))).fetchall())
    found.pop("counters")
    return found


async def test_a_commit_that_fails_is_never_answered_with_success(world: World, failing: FailingBackend) -> None:
    one = await world.conversation()
    boss, body = world.boss.headers, {"subject": "New", "contact_id": one["contact_id"], "description": "x"}
    before, detail = await rows(world), await world.detail(one["id"])
    failing.is_failing = True
    for method, path, sent in (
        ("POST", BASE, body),
        ("PATCH", of(one), {"priority": "high"}),
        ("POST", of(one, "reply"), {"body": "Hello"}),
        ("POST", of(one, "archive"), None),
        ("PUT", of(one, "resolution"), {"resolution": "x"}),
        ("DELETE", of(one), None),
    ):
        for headers in (boss, {**boss, "Idempotency-Key": f"{method} {path}"}):
            response = await world.client.request(method, path, json=sent, headers=headers)
            assert refusal(response) == (500, "internal_error"), path
    failing.is_failing = False
    assert await rows(world) == before
    assert await world.detail(one["id"]) == detail
    again = await world.client.post(BASE, json=body, headers={**boss, "Idempotency-Key": f"POST {BASE}"})
    assert again.status_code == 201


async def test_what_fails_after_the_last_step_leaves_nothing(world: World) -> None:
    """The events are written last; when they cannot be, neither is the change."""

    async def fails(_: Any) -> None:
        raise CommitFails

    one = await world.conversation()
    before = await rows(world)
    broken = Database(world.database.backend, clock=world.clock, react=fails)
    with pytest.raises(CommitFails):
        async with broken.write(world.account_id) as tx:
            await lifecycle.archive(tx, read(Prefix.CONVERSATION, one["id"]))
    assert await rows(world) == before
