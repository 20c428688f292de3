"""Assignment: statements 84 to 91 of the checklist."""

from __future__ import annotations

from aurion.checklist import faulty_fields, of, refusal, team_of
from dragoman.core.accounts import actions as accounts
from dragoman.dialects.aurion.ids import Prefix, read
from world import BASE, World


async def make_unavailable(world: World, *users: str) -> None:
    async with world.database.write(world.account_id) as tx:
        for user in users:
            await accounts.edit_user(tx, read(Prefix.USER, user), {"is_available": False})


async def test_s084_assign_sets_team_and_agent(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    answer = await world.boss.ok("POST", of(one, "assign"), {"team_id": team, "agent_id": bob})
    assert answer == {
        "assignee_user_id": bob,
        "assignee_team_id": team,
        "routing_reason": "manual_assignment",
    }


async def test_s084_assign_one_leaves_the_other(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    await world.boss.ok("POST", of(one, "assign"), {"team_id": team})
    answer = await world.boss.ok("POST", of(one, "assign"), {"agent_id": bob})
    assert (answer["assignee_team_id"], answer["assignee_user_id"]) == (team, bob)
    assert faulty_fields(await world.boss("POST", of(one, "assign"), {})) == ["agent_id"]


async def test_s085_list_and_detail_show_the_assignee(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    world.clock.advance(minutes=5)
    await world.boss.ok("POST", of(one, "assign"), {"team_id": team, "agent_id": bob})
    for shown in (await world.detail(one["id"]), (await world.boss.ok("GET", BASE))["items"][0]):
        assert (shown["assignee_user_id"], shown["assigned_agent_id"]) == (bob, bob)
        assert (shown["assignee_team_id"], shown["assigned_team_id"]) == (team, team)
        assert (shown["assignee_user_name"], shown["assignee_team_name"]) == ("Bob", "Support")
        assert (shown["assigned_at"], shown["assignment_reason"]) == ("2026-03-08T09:20:00Z", "manual_assignment")


async def test_s086_unassign_clears_user_and_team(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    await world.boss.ok("POST", of(one, "assign"), {"team_id": team, "agent_id": bob})
    for _ in range(2):
        assert await world.boss.ok("POST", of(one, "unassign")) == {"status": "unassigned"}
    after = await world.detail(one["id"])
    cleared = ("assignee_user_id", "assignee_team_id", "assigned_at", "assignment_reason", "assignee_user_name")
    assert [after[name] for name in cleared] == [None] * 5


async def test_s087_s088_reassign_to_a_user_is_manual(world: World) -> None:
    one = await world.conversation()
    team, (bob, eve) = await team_of(world, "Bob", "Eve")
    await world.boss.ok("POST", of(one, "assign"), {"team_id": team, "agent_id": bob})
    for spelling in ("user_id", "agent_id", "assignee_user_id", "assigned_agent_id"):
        answer = await world.boss.ok("POST", of(one, "reassign"), {spelling: eve, "team_id": team})
        assert answer == {
            "assignee_user_id": eve,
            "assignee_team_id": team,
            "routing_reason": "manual_reassignment",
        }


async def test_s089_s090_a_teams_members_take_turns(world: World) -> None:
    team, members = await team_of(world, "Bob", "Eve", "Kim")
    await world.user("Outsider")
    chosen = []
    for _ in range(7):
        one = await world.conversation()
        answer = await world.boss.ok("POST", of(one, "reassign"), {"team_id": team})
        assert (answer["assignee_team_id"], answer["routing_reason"]) == (team, "round_robin")
        chosen.append(answer["assignee_user_id"])
    assert chosen == [*members, *members, members[0]]


async def test_s090_the_current_assignee_is_passed_over(world: World) -> None:
    one = await world.conversation()
    team, members = await team_of(world, "Bob", "Eve")
    answers = [await world.boss.ok("POST", of(one, "reassign"), {"team_id": team}) for _ in range(4)]
    assert [one["assignee_user_id"] for one in answers] == members * 2
    assert (await world.boss.ok("POST", of(one, "reassign")))["assignee_team_id"] == team  # the current team


async def test_s089_only_who_is_active_and_available_is_chosen(world: World) -> None:
    one = await world.conversation()
    team, (bob, eve) = await team_of(world, "Bob", "Eve")
    await make_unavailable(world, bob)
    for _ in range(3):
        assert (await world.boss.ok("POST", of(one, "reassign"), {"team_id": team}))["assignee_user_id"] == eve
    await make_unavailable(world, eve)
    assert await world.boss.ok("POST", of(one, "reassign"), {"team_id": team}) == {
        "assignee_user_id": None,
        "assignee_team_id": team,
        "routing_reason": "no_eligible_agent",
    }


async def test_least_active_teams_choose_who_has_least_to_do(world: World) -> None:
    team, (bob, eve) = await team_of(world, "Bob", "Eve", routing_method="least_active")
    for _ in range(2):
        await world.boss.ok("POST", of(await world.conversation(), "assign"), {"agent_id": bob})
    chosen = []
    for _ in range(4):
        answer = await world.boss.ok("POST", of(await world.conversation(), "reassign"), {"team_id": team})
        assert answer["routing_reason"] == "least_active"
        chosen.append(answer["assignee_user_id"])
    assert chosen == [eve, eve, bob, eve]


async def test_s091_unknown_users_and_teams_are_404(world: World) -> None:
    one = await world.conversation()
    for action in ("assign", "reassign"):
        for body in ({"agent_id": "agent_unknown"}, {"team_id": "team_00000000001"}, {"user_id": "agent_00000000001"}):
            assert refusal(await world.boss("POST", of(one, action), body)) == (404, "not_found"), body
    for body in ({"assigned_agent_id": "agent_unknown"}, {"assignee_team_id": "team_00000000001"}):
        assert refusal(await world.boss("PATCH", of(one), body)) == (404, "not_found"), body
    assert faulty_fields(await world.boss("POST", of(one, "reassign"), {})) == ["team_id"]
    assert (await world.detail(one["id"]))["version"] == 1


async def test_s091_another_accounts_agent_is_404(world: World) -> None:
    _, (bob,) = await team_of(world, "Bob")
    elsewhere = await world.other_account()
    contact = await elsewhere.ok("POST", "/api/v2/contacts", {"name": "Their customer"})
    body = {"subject": "Theirs", "contact_id": contact["id"], "description": "x"}
    theirs = await elsewhere.ok("POST", BASE, body)
    assert refusal(await elsewhere("POST", of(theirs, "assign"), {"agent_id": bob})) == (404, "not_found")


async def test_patch_can_take_an_assignee_away(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    await world.boss.ok("PATCH", of(one), {"assignee_user_id": bob, "assigned_team_id": team})
    after = await world.boss.ok("PATCH", of(one), {"assigned_agent_id": None})
    assert (after["assignee_user_id"], after["assignee_team_id"]) == (None, team)
