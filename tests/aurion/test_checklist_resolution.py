"""Resolution: statements 142 to 147 of the checklist."""

from __future__ import annotations

from aurion.checklist import FIELDS, faulty_fields, of, refusal
from world import World

WRITTEN = {"root_cause": "Expired password", "actions_taken": "Reset it", "resolution": "Works again"}


async def test_s142_s143_s145_put_returns_what_get_returns(world: World) -> None:
    one = await world.conversation()
    put = await world.boss.ok("PUT", of(one, "resolution"), WRITTEN)
    assert set(put) == set(FIELDS["resolution"])
    assert {name: put[name] for name in WRITTEN} == WRITTEN
    assert (put["conversation_id"], put["ai_generated"]) == (one["id"], False)
    assert await world.boss.ok("GET", of(one, "resolution")) == put


async def test_s144_a_second_put_updates_the_same(world: World) -> None:
    one = await world.conversation()
    first = await world.boss.ok("PUT", of(one, "resolution"), WRITTEN)
    world.clock.advance(hours=1)
    second = await world.staff.ok("PUT", of(one, "resolution"), {"resolution": "Still works", "ai_generated": True})
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"resolution", "ai_generated", "updated_at", "updated_by"}
    assert await world.boss.ok("GET", of(one, "resolution")) == second
    third = await world.boss.ok("PUT", of(one, "resolution"), {"root_cause": None})
    assert (third["root_cause"], third["ai_generated"], third["id"]) == (None, True, first["id"])


async def test_s146_without_a_resolution_get_is_404(world: World) -> None:
    one = await world.conversation()
    refused = await world.boss("GET", of(one, "resolution"))
    assert refusal(refused) == (404, "not_found")
    assert refused.json()["detail"] == "Resolution not found"


async def test_s147_the_tab_says_so_and_the_status_stays(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("PUT", of(one, "resolution"), {})
    after = await world.detail(one["id"])
    assert (after["tab_counts"]["has_resolution"], after["status"]) == (True, "open")


async def test_wrong_types_are_422(world: World) -> None:
    one = await world.conversation()
    for body, field in (({"root_cause": 5}, "root_cause"), ({"ai_generated": "yes"}, "ai_generated")):
        assert faulty_fields(await world.boss("PUT", of(one, "resolution"), body)) == [field]
    assert (await world.boss("GET", of(one, "resolution"))).status_code == 404
