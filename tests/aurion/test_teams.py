"""Teams, members and routing words (aurion.md 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.core.accounts import actions as accounts
from dragoman.dialects.aurion.ids import Prefix, show
from world import BASE, Caller, World

TEAMS = "/api/v2/teams"
FIELDS = {
    *("id", "name", "description", "routing_method", "business_hours_id", "member_count", "department", "location"),
    *("email", "escalate_to_user_id", "unassigned_timeout_minutes", "created_at", "updated_at"),
}


async def agent(world: World, name: str) -> str:
    return show(Prefix.USER, (await world.user(name)).id)


async def test_a_team_has_the_fields_of_both_documentations(world: World) -> None:
    sent = {
        "name": "Billing",
        "description": "Money",
        "department": "Finance",
        "location": "Berlin",
        "email": "billing@support.example",
        "escalate_to_user_id": await agent(world, "Bob"),
        "unassigned_timeout_minutes": 30,
        "routing_method": "manual",
    }
    response = await world.boss("POST", TEAMS, sent)
    made = response.json()
    assert (response.status_code, set(made)) == (201, FIELDS)
    assert {name: made[name] for name in sent} == sent
    assert (made["member_count"], made["business_hours_id"]) == (0, None)
    assert await world.boss.ok("GET", f"{TEAMS}/{made['id']}") == made


@pytest.mark.parametrize("word", ["round_robin", "least_active", "balanced", "manual"])
async def test_every_documented_routing_word_is_taken(world: World, word: str) -> None:
    made = await world.boss.ok("POST", TEAMS, {"name": "Billing", "routing_method": word})
    assert made["routing_method"] == word
    again = await world.boss.ok("PATCH", f"{TEAMS}/{made['id']}", {"routing_method": word})
    assert again["routing_method"] == word


async def test_round_robin_is_the_usual_routing(world: World) -> None:
    assert (await world.boss.ok("POST", TEAMS, {"name": "Billing"}))["routing_method"] == "round_robin"


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"name": "Accounts"}, {"name": "Accounts"}),
        ({"description": None}, {"description": None}),
        ({"routing_method": "manual"}, {"routing_method": "manual"}),
        ({"unassigned_timeout_minutes": 5}, {"unassigned_timeout_minutes": 5}),
        ({"email": ""}, {"email": None}),
    ],
)
async def test_a_patch_changes_what_is_sent_and_nothing_else(
    world: World, sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = await world.boss.ok(
        "POST", TEAMS, {"name": "Billing", "description": "Money", "email": "b@support.example"}
    )
    world.clock.advance(minutes=1)
    after = await world.boss.ok("PATCH", f"{TEAMS}/{before['id']}", sent)
    assert after == {**before, **changed, **({"updated_at": "2026-03-08T09:16:00Z"} if sent else {})}


async def test_members_come_change_and_go(world: World) -> None:
    team = await world.boss.ok("POST", TEAMS, {"name": "Billing"})
    bob, cleo = await agent(world, "Bob"), await agent(world, "Cleo")
    members = f"{TEAMS}/{team['id']}/members"
    put = await world.boss.ok("PUT", f"{members}/{bob}", {"role": "lead"})
    assert (put["id"], put["user_id"], put["name"], put["role"]) == (bob, bob, "Bob", "lead")
    assert (await world.boss.ok("PUT", f"{members}/{cleo}"))["role"] == "member"
    await world.boss.ok("PUT", f"{members}/{bob}", {"role": "member"})
    shown = await world.boss.ok("GET", members)
    assert [(one["name"], one["role"]) for one in shown["items"]] == [("Bob", "member"), ("Cleo", "member")]
    assert (shown["data"], shown["total"]) == (shown["items"], 2)
    assert (await world.boss.ok("GET", TEAMS))["items"][0]["member_count"] == 2
    gone = await world.boss("DELETE", f"{members}/{bob}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await world.boss("DELETE", f"{members}/{bob}")).json()["detail"] == "Team member not found"
    assert (await world.boss.ok("GET", f"{TEAMS}/{team['id']}"))["member_count"] == 1


async def test_a_member_gets_the_teams_work(world: World) -> None:
    team = await world.boss.ok("POST", TEAMS, {"name": "Billing"})
    bob = await agent(world, "Bob")
    await world.boss.ok("PUT", f"{TEAMS}/{team['id']}/members/{bob}", {"role": "member"})
    conversation = await world.conversation()
    found = await world.boss.ok("POST", f"{BASE}/{conversation['id']}/reassign", {"team_id": team["id"]})
    assert (found["assignee_user_id"], found["assignee_team_id"]) == (bob, team["id"])
    await world.boss.ok("PATCH", f"{TEAMS}/{team['id']}", {"name": "Accounts"})
    assert (await world.boss.ok("GET", BASE))["items"][0]["assignee_team_name"] == "Accounts"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Billing", "Sales", "Support"]),
        ("search=S", ["Sales", "Support"]),
        ("search=%25", []),
        ("department=Finance", ["Billing", "Sales"]),
        ("department=Finance&location=Berlin", ["Billing"]),
        ("limit=1&offset=1", ["Sales"]),
    ],
)
async def test_the_list_is_filtered_and_by_name(world: World, query: str, expected: list[str]) -> None:
    await world.boss.ok("POST", TEAMS, {"name": "Support", "location": "Berlin"})
    await world.boss.ok("POST", TEAMS, {"name": "Sales", "department": "Finance"})
    await world.boss.ok("POST", TEAMS, {"name": "Billing", "department": "Finance", "location": "Berlin"})
    page = await world.boss.ok("GET", f"{TEAMS}?{query}")
    assert [one["name"] for one in page["items"]] == expected
    assert page["data"] == page["items"]


async def test_the_usual_limit_follows_the_credentials_header(world: World) -> None:
    assert [(await one.ok("GET", TEAMS))["limit"] for one in (world.boss, world.staff)] == [25, 50]
    assert (await world.boss("GET", f"{TEAMS}?limit=101")).status_code == 422


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "B", "routing_method": "random"}, "routing_method"),
        ({"name": "B", "routing_method": None}, "routing_method"),
        ({"name": "B", "email": "nobody"}, "email"),
        ({"name": "B", "unassigned_timeout_minutes": 0}, "unassigned_timeout_minutes"),
        ({"name": "B", "unassigned_timeout_minutes": 2**70}, "unassigned_timeout_minutes"),
        ({"name": "B", "description": "x" * 10_001}, "description"),
    ],
)
async def test_a_bad_team_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", TEAMS, sent)
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, field)


async def test_unknown_teams_users_and_roles(world: World) -> None:
    team = await world.boss.ok("POST", TEAMS, {"name": "Billing"})
    bob = await agent(world, "Bob")
    for method, path, body, status, text in (
        ("GET", f"{TEAMS}/team_nope", None, 404, "Team not found"),
        ("PUT", f"{TEAMS}/team_nope/members/{bob}", {}, 404, "Team not found"),
        ("PUT", f"{TEAMS}/{team['id']}/members/agent_nope", {}, 404, "Agent not found"),
        ("POST", TEAMS, {"name": "B", "escalate_to_user_id": "agent_nope"}, 404, "Agent not found"),
    ):
        response = await world.boss(method, path, body)
        assert (response.status_code, response.json()["detail"]) == (status, text)
    refused = await world.boss("PUT", f"{TEAMS}/{team['id']}/members/{bob}", {"role": "boss"})
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (422, "role")


async def test_another_accounts_teams_and_users_do_not_exist(world: World) -> None:
    team = await world.boss.ok("POST", TEAMS, {"name": "Billing"})
    bob = await agent(world, "Bob")
    other = await world.other_account()
    mine = await other.ok("POST", TEAMS, {"name": "Theirs"})
    assert [one["id"] for one in (await other.ok("GET", TEAMS))["items"]] == [mine["id"]]
    for method, path, body in (
        ("GET", f"{TEAMS}/{team['id']}", None),
        ("PATCH", f"{TEAMS}/{team['id']}", {"name": "X"}),
        ("GET", f"{TEAMS}/{team['id']}/members", None),
        ("PUT", f"{TEAMS}/{team['id']}/members/{bob}", {"role": "lead"}),
        ("PUT", f"{TEAMS}/{mine['id']}/members/{bob}", {"role": "lead"}),
        ("DELETE", f"{TEAMS}/{team['id']}/members/{bob}", None),
        ("PATCH", f"{TEAMS}/{mine['id']}", {"escalate_to_user_id": bob}),
    ):
        assert (await other(method, path, body)).status_code == 404, path


async def test_agents_read_teams_and_administrators_change_them(world: World) -> None:
    bob = await world.user("Bob")
    async with world.database.write(world.account_id) as tx:
        token = (await accounts.issue_token(tx, bob, world.services.pepper)).secret
    caller = Caller(world.client, {"Authorization": f"Bearer {token}"})
    team = await world.staff.ok("POST", TEAMS, {"name": "Billing"})
    assert (await caller("GET", TEAMS)).status_code == 200
    for method, path in (
        ("POST", TEAMS),
        ("PATCH", f"{TEAMS}/{team['id']}"),
        ("PUT", f"{TEAMS}/{team['id']}/members/{show(Prefix.USER, bob.id)}"),
        ("DELETE", f"{TEAMS}/{team['id']}/members/{show(Prefix.USER, bob.id)}"),
    ):
        refused = await caller(method, path, {} if method != "DELETE" else None)
        assert (refused.status_code, refused.json()["detail"]) == (403, "API key missing required scope: teams:write")
