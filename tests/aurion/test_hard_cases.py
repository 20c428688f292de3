"""What a stranger broke once, so that nobody breaks it twice."""

from __future__ import annotations

import pytest

from dragoman.store import schema
from world import BASE, World

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("field", ["status", "priority", "channel", "tags"])
async def test_a_list_of_nothing_but_commas_asks_for_nothing(world: World, field: str) -> None:
    await world.conversation()
    assert (await world.boss.ok("GET", f"{BASE}?{field}=,,"))["total"] == 1


@pytest.mark.parametrize(("levels", "status"), [(60, 200), (70, 422), (950, 422), (5000, 422)])
async def test_json_may_be_nested_as_deep_as_it_can_be_kept(world: World, levels: int, status: int) -> None:
    made = await world.conversation()
    body = '{"custom_attrs": {"a": ' + "[" * levels + "]" * levels + "}}"
    answer = await world.boss("PATCH", f"{BASE}/{made['id']}", content=body, headers=JSON)
    assert answer.status_code == status, answer.text


async def test_what_is_no_json_is_refused_with_its_reason(world: World) -> None:
    answer = await world.boss("POST", BASE, content='{"subject": x}', headers=JSON)
    refused = answer.json()
    assert (answer.status_code, refused["details"][0]["field"]) == (422, "body")
    assert "JSON" in refused["message"]


async def test_children_of_a_merged_conversation_change_in_lists_and_log_too(world: World) -> None:
    primary, source = await world.conversation("Primary"), await world.conversation("Source")
    child = await world.boss.ok("POST", f"{BASE}/{source['id']}/children", {"subject": "Child"})
    await world.boss.ok("GET", BASE)
    await world.boss.ok("POST", f"{BASE}/{primary['id']}/merge", {"source_conversation_ids": [source["id"]]})
    listed = {one["id"]: one for one in (await world.boss.ok("GET", BASE))["items"]}[child["id"]]
    assert (listed["parent_id"], listed["version"]) == (primary["id"], child["version"] + 1)
    log = await world.boss.ok("GET", f"{BASE}/{child['id']}/activities")
    assert log["items"][0]["type"] == "parent_set"


async def test_a_source_that_is_the_child_of_another_source_is_merged_once(world: World) -> None:
    primary, parent = await world.conversation("Primary"), await world.conversation("Parent")
    child = await world.boss.ok("POST", f"{BASE}/{parent['id']}/children", {"subject": "Child"})
    sources = [parent["id"], child["id"]]
    await world.boss.ok("POST", f"{BASE}/{primary['id']}/merge", {"source_conversation_ids": sources})
    gone = await world.detail(child["id"])
    assert (gone["merged_into_id"], gone["status"]) == (primary["id"], "closed")


async def test_a_secret_is_never_kept_to_be_repeated(world: World) -> None:
    made = await world.conversation()
    again = {"headers": {"Idempotency-Key": "once"}}
    first = await world.boss("POST", f"{BASE}/{made['id']}/share", {}, **again)
    second = await world.boss("POST", f"{BASE}/{made['id']}/share", {}, **again)
    assert (first.status_code, second.status_code) == (201, 409)
    assert len(await world.boss.ok("GET", f"{BASE}/{made['id']}/shares")) == 1
    async with world.database.read(world.account_id) as tx:
        kept = await tx.scalars(tx.select(schema.idempotency_keys.c.body))
    assert kept == [None]


async def test_a_version_said_twice_must_be_the_same(world: World) -> None:
    made = await world.conversation()
    stale = {"headers": {"If-Match": '"7"'}}
    answer = await world.boss("PATCH", f"{BASE}/{made['id']}", {"version": made["version"], "priority": "low"}, **stale)
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, "If-Match")


async def test_small_letters_in_a_time_are_rfc_3339_too(world: World) -> None:
    await world.conversation()
    assert (await world.boss.ok("GET", f"{BASE}?created_after=2020-01-01t00:00:00z"))["total"] == 1
