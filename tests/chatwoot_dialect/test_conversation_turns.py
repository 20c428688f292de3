"""Status, priority, attributes, muting, deletion (chatwoot.md 4, 4.2, 11: 9, 103 to 110, 116)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.operations import at, bot, happened, inbox, lines, said, shown
from dragoman.core.conversations.rules import FOREVER
from dragoman.store import schema


async def toggled(office: Office, number: int, body: Any = None, by: str = "boss") -> Any:
    answer = await getattr(office, by).ok("POST", at(office, number, "toggle_status"), body)
    return answer["payload"]


async def test_statement_9_only_an_administrator_deletes(office: Office) -> None:
    number = await office.conversation()
    assert (await office.agent("DELETE", at(office, number))).status_code == 401
    answer = await office.boss("DELETE", at(office, number))
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await office.boss("GET", at(office, number))).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_statement_103_patch_changes_the_priority_alone(office: Office, method: str) -> None:
    number = await office.conversation()
    one = await office.agent.ok(method, at(office, number), {"priority": "low", "status": "resolved"})
    assert (one["priority"], one["status"]) == ("low", "open")
    one = await office.agent.ok(method, at(office, number), {"priority": None})
    assert one["priority"] is None
    assert (await office.agent(method, at(office, number), {"priority": "whatever"})).status_code == 422


async def test_statements_104_105_108_toggling(office: Office) -> None:
    number = await office.conversation()
    payload = await toggled(office, number)
    assert payload == {
        "success": True,
        "conversation_id": number,
        "current_status": "resolved",
        "snoozed_until": None,
    }
    assert (await toggled(office, number, {"status": ""}))["current_status"] == "open"
    for word in ("snoozed", "pending"):
        assert (await toggled(office, number, {"status": word}))["current_status"] == word
        assert (await toggled(office, number))["current_status"] == "open"
    for wrong in ({"status": "closed"}, {"status": "snoozed", "snoozed_until": "soon"}, {"status": ["open"]}):
        assert (await office.boss("POST", at(office, number, "toggle_status"), wrong)).status_code == 422


async def test_statement_106_a_snooze_has_a_time_or_lasts_until_the_customer_writes(office: Office) -> None:
    number, now = await office.conversation("Hello?"), int(office.world.clock().timestamp())
    assert (await toggled(office, number, {"status": "snoozed", "snoozed_until": str(now + 60)}))["snoozed_until"] == (
        now + 60
    )
    assert (await toggled(office, number, {"status": "open"}))["snoozed_until"] is None
    assert (await shown(office, number))["snoozed_until"] is None
    assert (await toggled(office, number, {"status": "snoozed"}))["snoozed_until"] is None
    one = await shown(office, number)
    assert (one["status"], one["snoozed_until"]) == ("snoozed", None)
    async with office.world.database.read(office.world.account_id) as tx:
        kinds = await tx.rows(tx.select(schema.jobs.c.kind, schema.jobs.c.run_at))
    assert [kind for kind, due in kinds if due >= FOREVER] == []
    await said(office, number, message_type="incoming")
    assert (await shown(office, number))["status"] == "open"


async def test_statement_107_an_agent_who_opens_gets_it(office: Office) -> None:
    number = await office.conversation()
    await toggled(office, number)
    await toggled(office, number)
    assert "assignee" not in (await shown(office, number))["meta"]
    await toggled(office, number)
    await toggled(office, number, by="agent")
    assert (await shown(office, number))["meta"]["assignee"]["id"] == office.bob.id
    await office.boss.ok("POST", at(office, number, "assignments"), {"assignee_id": office.ann.id})
    await toggled(office, number, {"status": "pending"}, by="agent")
    assert (await shown(office, number))["meta"]["assignee"]["id"] == office.ann.id
    await toggled(office, number, {"status": "open"}, by="agent")
    assert (await shown(office, number))["meta"]["assignee"]["id"] == office.bob.id


async def test_a_bot_hands_over_and_somebody_waits(office: Office) -> None:
    robo, robot = await bot(office)
    number = await office.conversation()
    assign = {"assignee_id": robo.id, "assignee_type": "AgentBot"}
    await office.boss.ok("POST", at(office, number, "assignments"), assign)
    await toggled(office, number, {"status": "pending"})
    await said(office, number, "Beep", robot)
    assert (await shown(office, number))["waiting_since"] == 0
    await robot.ok("POST", at(office, number, "toggle_status"), {"status": "open"})
    one = await shown(office, number)
    assert (one["status"], one["waiting_since"]) == ("open", int(office.world.clock().timestamp()))
    assert one["meta"]["assignee_type"] == "AgentBot"


async def test_what_is_closed_elsewhere_is_resolved_here_and_can_be_opened(office: Office) -> None:
    number = await office.conversation()
    table = schema.conversations
    async with office.world.database.write(office.world.account_id) as tx:
        await tx.execute(tx.update(table).where(table.c.number == number).values(status="closed", state="over"))
    assert (await shown(office, number))["status"] == "resolved"
    assert (await toggled(office, number, {"status": "resolved"}))["current_status"] == "resolved"
    assert (await toggled(office, number, {"status": "pending"}))["current_status"] == "pending"


async def test_statement_109_toggle_priority(office: Office) -> None:
    number = await office.conversation()
    answer = await office.agent("POST", at(office, number, "toggle_priority"), {"priority": "high"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await shown(office, number))["priority"] == "high"
    for nothing in ({"priority": None}, {"priority": ""}, {"priority": "none"}, {}):
        await office.agent.ok("POST", at(office, number, "toggle_priority"), {"priority": "low"})
        await office.agent.ok("POST", at(office, number, "toggle_priority"), nothing)
        assert (await shown(office, number))["priority"] is None
    assert (await office.agent("POST", at(office, number, "toggle_priority"), {"priority": "x"})).status_code == 422
    assert (await lines(office, number))[-1]["message_type"] == 2


async def test_statement_110_custom_attributes_are_replaced(office: Office) -> None:
    number = await office.conversation()
    path = at(office, number, "custom_attributes")
    await office.agent.ok("POST", path, {"custom_attributes": {"a": 1, "b": 2}})
    assert await office.agent.ok("POST", path, {"custom_attributes": {"b": 3}}) == {"custom_attributes": {"b": 3}}
    assert (await shown(office, number))["custom_attributes"] == {"b": 3}
    assert (await office.agent("POST", path, {})).status_code == 422


async def test_statement_116_mute_and_unmute(office: Office) -> None:
    number = await office.conversation("Hello?")
    muted = await office.agent("POST", at(office, number, "mute"))
    assert (muted.status_code, muted.content) == (200, b"")
    one = await shown(office, number)
    assert (one["status"], one["muted"], one["meta"]["sender"]["blocked"]) == ("resolved", True, True)
    await office.agent.ok("POST", at(office, number, "mute"))
    await office.agent.ok("POST", at(office, number, "unmute"))
    one = await shown(office, number)
    assert (one["status"], one["muted"]) == ("resolved", False)
    told = [line["content"] for line in await lines(office, number) if line["message_type"] == 2]
    assert [one for one in told if "muted" in one] == [
        "Bob has muted the conversation",
        "Bob has unmuted the conversation",
    ]


@pytest.mark.parametrize(("word", "kind"), [("on", "typing_on"), ("off", "typing_off")])
async def test_typing_is_told_and_not_kept_in_the_thread(office: Office, word: str, kind: str) -> None:
    number = await office.conversation()
    body = {"typing_status": word, "is_private": True}
    assert (await office.agent("POST", at(office, number, "toggle_typing_status"), body)).content == b""
    table = schema.signals
    async with office.world.database.read(office.world.account_id) as tx:
        (row,) = await tx.rows(tx.select(table.c.kind, table.c.data))
    assert tuple(row) == (kind, {"user_id": office.bob.id, "is_private": True})
    assert await lines(office, number) == []
    wrong = await office.agent("POST", at(office, number, "toggle_typing_status"), {"typing_status": "maybe"})
    assert wrong.status_code == 422


async def test_bulk_actions_change_what_the_caller_sees(office: Office) -> None:
    elsewhere = await inbox(office, name="Bob's")
    one, two = await office.conversation("a"), await office.conversation("b")
    body = {
        "type": "Conversation",
        "ids": [one, two, 999],
        "fields": {"status": "resolved", "assignee_id": office.bob.id},
        "labels": {"add": ["vip", "late"]},
    }
    answer = await office.agent("POST", f"{office.base}/bulk_actions", body)
    assert (answer.status_code, answer.content) == (200, b"")
    for number in (one, two):
        found = await shown(office, number)
        assert (found["status"], found["labels"]) == ("resolved", ["vip", "late"])
        assert found["meta"]["assignee"]["id"] == office.bob.id
    body = {"type": "Conversation", "ids": [one], "fields": {"assignee_id": None}, "labels": {"remove": ["late"]}}
    await office.agent.ok("POST", f"{office.base}/bulk_actions", body)
    found = await shown(office, one)
    assert (found["labels"], "assignee" in found["meta"]) == (["vip"], False)
    await office.outsider.ok("POST", f"{office.base}/bulk_actions", {**body, "fields": {"status": "open"}})
    assert (await shown(office, one))["status"] == "resolved"
    wrong = await office.agent("POST", f"{office.base}/bulk_actions", {"type": "Contact", "ids": [one]})
    assert (wrong.status_code, wrong.json()) == (422, {"success": False})
    assert elsewhere.id != office.inbox.id


async def test_each_change_is_an_event(office: Office) -> None:
    number = await office.conversation("Hello?")
    await toggled(office, number, {"status": "snoozed"})
    await toggled(office, number, {"status": "open"})
    await office.boss.ok("POST", at(office, number, "mute"))
    kinds = [kind for kind, _ in await happened(office)]
    assert kinds[-5:] == ["snoozed", "unsnoozed", "status_changed", "contact_updated", "muted"]
