"""What a conversation shows of itself (chatwoot.md 11: 59 to 80)."""

from __future__ import annotations

from datetime import UTC, datetime

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.operations import TWELVE, at, began, bot, inbox, lines, said, shown, team
from world import Caller


def seconds(office: Office) -> int:
    return int(office.world.clock().timestamp())


async def test_statements_59_60_the_display_id_starts_at_1_in_each_account(office: Office) -> None:
    assert (await began(office))["id"] == 1
    assert (await began(office))["id"] == 2
    other: Caller = await office.world.other_account()
    body = {"subject": "Elsewhere", "contact_id": None, "channel": "email", "description": "Help"}
    person = await other.ok("POST", "/api/v2/contacts", {"name": "Joe", "email": "joe@example.com"})
    made = await other.ok("POST", "/api/v2/conversations", {**body, "contact_id": person["id"]})
    account_id = office.world.account_id + 1
    found = await other.ok("GET", f"/api/v1/accounts/{account_id}/conversations/1", headers=in_header(other))
    assert found["id"] == 1
    assert made["subject"] == "Elsewhere"


def in_header(caller: Caller) -> dict[str, str]:
    return {"api_access_token": caller.headers["X-API-Key"]}


async def test_statements_61_63_the_latest_message_and_the_latest_that_is_no_activity(office: Office) -> None:
    number = await office.conversation("Hello?")
    office.world.clock.advance(seconds=1)
    await said(office, number, "Look into this", private=True)
    office.world.clock.advance(seconds=1)
    await office.boss.ok("POST", at(office, number, "toggle_priority"), {"priority": "high"})
    one = await shown(office, number)
    assert [line["message_type"] for line in one["messages"]] == [2]
    assert one["last_non_activity_message"]["content"] == "Look into this"


async def test_statement_62_a_conversation_without_messages(office: Office) -> None:
    one = await began(office)
    assert (one["messages"], one["last_non_activity_message"]) == ([], None)


async def test_statement_64_times_are_whole_seconds(office: Office) -> None:
    number = await office.conversation("Hello?")
    began_at = seconds(office)
    office.world.clock.advance(minutes=1)
    await said(office, number)
    one = await shown(office, number)
    assert (one["created_at"], one["last_activity_at"], one["timestamp"]) == (began_at, began_at + 60, began_at + 60)


async def test_statements_65_66_67_68_the_first_reply_and_who_waits(office: Office) -> None:
    number = await office.conversation("Hello?")
    asked_at = seconds(office)
    one = await shown(office, number)
    assert (one["agent_last_seen_at"], one["first_reply_created_at"], one["waiting_since"]) == (0, 0, asked_at)
    office.world.clock.advance(minutes=1)
    await said(office, number, "A note", private=True)
    one = await shown(office, number)
    assert (one["first_reply_created_at"], one["waiting_since"]) == (0, asked_at)
    await said(office, number, "An answer")
    one = await shown(office, number)
    assert (one["first_reply_created_at"], one["waiting_since"]) == (asked_at + 60, 0)
    office.world.clock.advance(minutes=1)
    await said(office, number, "And then?", message_type="incoming")
    assert (await shown(office, number))["waiting_since"] == asked_at + 120
    await said(office, number, "Another answer")
    assert (await shown(office, number))["first_reply_created_at"] == asked_at + 60


async def test_a_bot_answers_and_nobody_waits_but_no_person_has_replied(office: Office) -> None:
    number = await office.conversation("Hello?")
    robo, robot = await bot(office)
    message = await said(office, number, "Beep", robot)
    assert (message["sender_type"], message["sender"]["type"]) == ("AgentBot", "agent_bot")
    one = await shown(office, number)
    assert (one["first_reply_created_at"], one["waiting_since"]) == (0, 0)
    spoken_for = await said(office, number, "Boop", sender_type="AgentBot", sender_id=robo.id)
    assert spoken_for["sender"]["name"] == "Robo"


async def test_statement_69_unread_stops_at_10(office: Office) -> None:
    number = await office.conversation(*(f"Message {one}" for one in range(9)))
    assert (await shown(office, number))["unread_count"] == 9
    for _ in range(3):
        await said(office, number, message_type="incoming")
    assert (await shown(office, number))["unread_count"] == 10


async def test_statements_70_71_snooze_and_priority_are_null_or_theirs(office: Office) -> None:
    number = await office.conversation()
    one = await shown(office, number)
    assert (one["snoozed_until"], one["priority"]) == (None, None)
    until = seconds(office) + 3600
    await office.boss.ok("POST", at(office, number, "toggle_status"), {"status": "snoozed", "snoozed_until": until})
    await office.boss.ok("POST", at(office, number, "toggle_priority"), {"priority": "urgent"})
    one = await shown(office, number)
    assert (one["snoozed_until"], one["priority"]) == (until, "urgent")
    assert isinstance(one["snoozed_until"], int)


async def test_statements_72_73_76_assignee_and_team_in_meta(office: Office) -> None:
    number = await office.conversation()
    assert not {"assignee", "assignee_type", "team"} & (await shown(office, number))["meta"].keys()
    team_id = await team(office, "Night")
    await office.boss.ok("POST", at(office, number, "assignments"), {"assignee_id": office.bob.id})
    await office.boss.ok("POST", at(office, number, "assignments"), {"team_id": team_id})
    meta = (await shown(office, number))["meta"]
    assert (meta["assignee"]["id"], meta["assignee_type"]) == (office.bob.id, "User")
    assert not {"access_token", "pubsub_token"} & meta["assignee"].keys()
    assert (meta["team"]["id"], meta["team"]["name"]) == (team_id, "Night")


async def test_statements_74_75_77_channel_sender_labels(office: Office) -> None:
    number = await office.conversation("Hello?")
    one = await shown(office, number)
    assert one["meta"]["channel"] == "Channel::Api"
    assert one["meta"]["sender"].keys() == TWELVE
    assert one["meta"]["sender"]["last_activity_at"] == seconds(office)
    assert (one["labels"], one["custom_attributes"]) == ([], {})


async def test_statement_78_muted(office: Office) -> None:
    number = await office.conversation("Hello?")
    assert (await shown(office, number))["muted"] is False
    await office.boss.ok("POST", at(office, number, "mute"))
    assert (await shown(office, number))["muted"] is True


async def test_statement_79_can_reply_as_long_as_the_window_is_open(office: Office) -> None:
    assert (await began(office))["can_reply"] is True
    narrow = await inbox(office, additional_attributes={"agent_reply_time_window": 2})
    one = await began(office, inbox_id=narrow.id)
    assert one["can_reply"] is False
    await said(office, one["id"], message_type="incoming")
    assert (await shown(office, one["id"]))["can_reply"] is True
    office.world.clock.advance(hours=3)
    assert (await shown(office, one["id"]))["can_reply"] is False


async def test_statement_80_message_types_are_numbers(office: Office) -> None:
    number = await office.conversation("Hello?")
    await said(office, number, "Hi")
    await said(office, number, "A note", private=True)
    await office.boss.ok("POST", at(office, number, "toggle_status"))
    assert [one["message_type"] for one in await lines(office, number)] == [0, 1, 1, 2]
    assert datetime.fromtimestamp((await lines(office, number))[0]["created_at"], UTC) == office.world.clock()
