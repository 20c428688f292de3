"""Who has a conversation, labels, who has seen it, who takes part, what lies in it (chatwoot.md 11: 111 to 118)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.operations import at, began, bot, happened, said, shown, team
from dragoman.core.conversations import queries
from dragoman.core.messages import merging


async def assigned(office: Office, number: int, **body: Any) -> Any:
    return await office.agent.ok("POST", at(office, number, "assignments"), body)


async def test_statement_111_labels_are_replaced(office: Office) -> None:
    number = await office.conversation()
    path = at(office, number, "labels")
    assert await office.agent.ok("POST", path, {"labels": ["vip", "late"]}) == {"payload": ["vip", "late"]}
    assert await office.agent.ok("POST", path, {"labels": ["new"]}) == {"payload": ["new"]}
    assert await office.agent.ok("GET", path) == {"payload": ["new"]}
    assert await office.agent.ok("POST", path, {"labels": []}) == {"payload": []}
    assert (await office.agent("POST", path, {"labels": [{}]})).status_code == 422
    assert (await office.outsider("GET", path)).status_code == 401


async def test_statement_112_assigning_answers_the_agent_and_null(office: Office) -> None:
    number = await office.conversation()
    agent = await assigned(office, number, assignee_id=office.bob.id)
    assert (agent["id"], agent["role"], "access_token" in agent) == (office.bob.id, "agent", False)
    for nobody in (None, 0, 999_999):
        await assigned(office, number, assignee_id=office.bob.id)
        answer = await office.agent("POST", at(office, number, "assignments"), {"assignee_id": nobody})
        assert (answer.status_code, answer.text) == (200, "null")
        assert "assignee" not in (await shown(office, number))["meta"]
    kinds = [kind for kind, _ in await happened(office) if kind.endswith("assigned")]
    assert kinds == ["assigned", "unassigned"] * 3


async def test_statements_113_114_assignee_wins_and_team_0_removes_the_team(office: Office) -> None:
    number, night = await office.conversation(), await team(office, "Night")
    assert (await assigned(office, number, assignee_id=office.bob.id, team_id=night))["email"] == office.bob.email
    assert "team" not in (await shown(office, number))["meta"]
    record = await assigned(office, number, team_id=str(night))
    assert (record["id"], record["name"], record["created_at"]) == (night, "Night", "2026-03-08T09:15:00.000Z")
    assert (await shown(office, number))["meta"]["team"]["id"] == night
    assert await assigned(office, number, team_id=0) is None
    meta = (await shown(office, number))["meta"]
    assert ("team" in meta, meta["assignee"]["id"]) == (False, office.bob.id)
    assert await assigned(office, number) is None
    by_query = await office.boss.ok("POST", at(office, number, "assignments") + f"?team_id={night}")
    assert by_query["id"] == night


async def test_a_team_that_assigns_its_members(office: Office) -> None:
    number, night = await office.conversation(), await team(office, "Night", office.eve.id, assigns=True)
    await assigned(office, number, assignee_id=office.bob.id)
    await assigned(office, number, team_id=night)
    assert (await shown(office, number))["meta"]["assignee"]["id"] == office.eve.id
    empty = await team(office, "Nobody", assigns=True)
    await assigned(office, number, team_id=empty)
    assert "assignee" not in (await shown(office, number))["meta"]


async def test_a_bot_takes_over_and_is_dropped_again(office: Office) -> None:
    number = await office.conversation()
    robo, robot = await bot(office)
    await assigned(office, number, assignee_id=office.bob.id)
    shown_bot = await assigned(office, number, assignee_id=robo.id, assignee_type="AgentBot")
    assert (shown_bot["id"], shown_bot["name"], shown_bot["bot_type"]) == (robo.id, "Robo", "webhook")
    meta = (await shown(office, number))["meta"]
    assert (meta["assignee_type"], meta["assignee"]["name"]) == ("AgentBot", "Robo")
    assert (await shown(office, number))["messages"][0]["content"] == "Assigned to a bot by Bob"
    await robot.ok("POST", at(office, number, "assignments"), {"assignee_id": office.ann.id})
    assert (await shown(office, number))["meta"]["assignee_type"] == "User"
    assert (await robot("GET", at(office, number, "participants"))).status_code == 401
    assert await assigned(office, number, assignee_id=999, assignee_type="AgentBot") is None


async def test_statement_115_seen_and_unread(office: Office) -> None:
    number = await office.conversation("One", "Two")
    version = await version_of(office, number)
    await assigned(office, number, assignee_id=office.bob.id)
    seen_at = int(office.world.clock().timestamp())
    one = await office.boss.ok("POST", at(office, number, "update_last_seen"))
    assert (one["unread_count"], one["agent_last_seen_at"], one["assignee_last_seen_at"]) == (0, seen_at, 0)
    one = await office.agent.ok("POST", at(office, number, "update_last_seen"))
    assert one["assignee_last_seen_at"] == seen_at
    office.world.clock.advance(minutes=10)
    assert (await office.boss.ok("POST", at(office, number, "update_last_seen")))["agent_last_seen_at"] == seen_at
    one = await office.boss.ok("POST", at(office, number, "unread"))
    assert (one["unread_count"], one["agent_last_seen_at"]) == (2, seen_at - 1)
    assert await version_of(office, number) == version + 1  # the assignment
    assert [kind for kind, _ in await happened(office)].count("seen") == 3


async def version_of(office: Office, number: int) -> int:
    found = await office.world.boss.ok("GET", "/api/v2/conversations?limit=1")
    one = next(each for each in found["items"] if each.get("number", number) == number)
    return int(one["version"])


async def test_unread_without_a_message_of_the_contact(office: Office) -> None:
    number = await office.conversation()
    await office.boss.ok("POST", at(office, number, "update_last_seen"))
    one = await office.boss.ok("POST", at(office, number, "unread"))
    assert (one["unread_count"], one["agent_last_seen_at"]) == (0, 0)


async def test_statement_117_a_transcript_needs_an_address_and_is_not_pretended(office: Office) -> None:
    number = await office.conversation("Hello?")
    for body in ({}, {"email": ""}, {"email": "nonsense"}, {"email": "jane@example.com"}):
        answer = await office.agent("POST", at(office, number, "transcript"), body)
        assert (answer.status_code, isinstance(answer.json()["error"], str)) == (422, True)
    assert "mail" in answer.json()["error"]


async def test_statement_118_participants(office: Office) -> None:
    number, path = await office.conversation(), ""
    path = at(office, number, "participants")
    added = await office.agent.ok("POST", path, {"user_ids": [office.bob.id]})
    assert [one["id"] for one in added] == [office.bob.id]
    added = await office.agent.ok("POST", path, {"user_ids": [office.bob.id, office.ann.id]})
    assert [one["id"] for one in added] == [office.ann.id]
    for method in ("PATCH", "PUT"):
        replaced = await office.agent.ok(method, path, {"user_ids": [office.ann.id]})
        assert [one["id"] for one in replaced] == [office.ann.id]
    assert [one["id"] for one in await office.agent.ok("GET", path)] == [office.ann.id]
    gone = await office.agent("DELETE", path, {"user_ids": [office.ann.id]})
    assert (gone.status_code, gone.content) == (200, b"")
    assert await office.agent.ok("GET", path) == []
    for stranger in (office.eve.id, 999_999, "x"):
        assert (await office.agent("POST", path, {"user_ids": [stranger]})).status_code == 422
    kinds = [kind for kind, _ in await happened(office)]
    assert kinds.count("participants_changed") == 4


async def test_whoever_gets_a_conversation_takes_part(office: Office) -> None:
    number = await office.conversation()
    await assigned(office, number, assignee_id=office.bob.id)
    await assigned(office, number, assignee_id=office.ann.id)
    found = await office.agent.ok("GET", at(office, number, "participants"))
    assert sorted(one["id"] for one in found) == sorted([office.bob.id, office.ann.id])


async def test_who_takes_part_in_one_half_takes_part_in_the_whole(office: Office) -> None:
    first, second = await office.conversation("One"), await office.conversation("Two", "Three")
    await office.agent.ok("POST", at(office, first, "participants"), {"user_ids": [office.bob.id]})
    await office.agent.ok("POST", at(office, second, "participants"), {"user_ids": [office.ann.id]})
    async with office.world.database.write(office.world.account_id) as tx:
        ids = [(await queries.by_number(tx, number)).id for number in (first, second)]
        await merging.merge(tx, ids[0], ids[1:])
    found = await office.agent.ok("GET", at(office, first, "participants"))
    assert sorted(one["id"] for one in found) == sorted([office.bob.id, office.ann.id])
    assert (await shown(office, first))["unread_count"] == 3
    assert (await office.boss("GET", at(office, second))).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_a_draft_is_kept_and_forgotten(office: Office, method: str) -> None:
    number = await office.conversation()
    path = at(office, number, "draft_messages")
    assert await office.agent.ok("GET", path) == {"has_draft": False}
    for text in ("Dear", "Dear Jane"):
        answer = await office.agent(method, path, {"draft_message": {"message": text}})
        assert (answer.status_code, answer.content) == (200, b"")
    assert await office.agent.ok("GET", path) == {"has_draft": True, "message": "Dear Jane"}
    await office.agent.ok("DELETE", path)
    assert await office.agent.ok("GET", path) == {"has_draft": False}
    assert (await office.agent(method, path, {"draft_message": "x"})).status_code == 422


async def test_the_files_of_a_conversation(office: Office) -> None:
    one = await began(office)
    for name in ("a.txt", "b.txt"):
        files = {"attachments[]": (name, b"abc", "text/plain")}
        await office.agent.ok("POST", at(office, one["id"], "messages"), data={"content": name}, files=files)
    await said(office, one["id"], "No file")
    found = await office.agent.ok("GET", at(office, one["id"], "attachments"))
    assert found["meta"] == {"total_count": 2}
    names = [each["data_url"].rpartition("/")[2] for each in found["payload"]]
    assert names == ["b.txt", "a.txt"]
    first = found["payload"][0]
    assert (first["sender"]["id"], first["created_at"]) == (office.bob.id, int(office.world.clock().timestamp()))
    assert (await office.agent.ok("GET", at(office, one["id"], "attachments") + "?page=2"))["payload"] == []
