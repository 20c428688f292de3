"""Beginning a conversation (chatwoot.md 4.1, 11: 98 to 102)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.operations import at, began, bot, contact, happened, inbox, lines, said, shown
from dragoman.core.contacts import links


async def source_ids(office: Office, contact_id: int) -> list[str]:
    async with office.world.database.read(office.world.account_id) as tx:
        return [one.source_id for one in await links.of_contact(tx, contact_id)]


async def test_statement_98_creation_makes_a_source_id(office: Office) -> None:
    jane = await contact(office)
    one = await began(office, office.agent, contact_id=jane)
    assert (one["status"], one["inbox_id"], one["meta"]["sender"]["id"]) == ("open", office.inbox.id, jane)
    (source_id,) = await source_ids(office, jane)
    again = await office.agent.ok("POST", f"{office.base}/conversations", {"source_id": source_id})
    assert again["id"] == one["id"] + 1
    assert again["meta"]["sender"]["id"] == jane


async def test_statement_99_an_unknown_lone_source_id(office: Office) -> None:
    answer = await office.boss("POST", f"{office.base}/conversations", {"source_id": "nobody's"})
    assert answer.status_code == 404


async def test_statement_100_another_contacts_source_id(office: Office) -> None:
    jane, joe = await contact(office), await contact(office, "Joe")
    await began(office, contact_id=jane, source_id="abc")
    body = {"inbox_id": office.inbox.id, "contact_id": joe, "source_id": "abc"}
    answer = await office.boss("POST", f"{office.base}/conversations", body)
    assert answer.status_code == 422
    assert "source_id" in answer.json()["error"]
    await began(office, contact_id=jane, source_id="abc")
    assert await source_ids(office, jane) == ["abc"]


@pytest.mark.parametrize(
    ("channel", "known_as"),
    [("email", "jane@example.com"), ("sms", "+4915112345678"), ("whatsapp", "4915112345678")],
)
async def test_a_channel_knows_people_by_its_own_ids(office: Office, channel: str, known_as: str) -> None:
    jane = await contact(office, email="jane@example.com", phone="+4915112345678")
    there = await inbox(office, channel)
    await began(office, contact_id=jane, inbox_id=there.id)
    assert await source_ids(office, jane) == [known_as]
    joe = await contact(office, "Joe")
    nothing = await office.boss("POST", f"{office.base}/conversations", {"inbox_id": there.id, "contact_id": joe})
    assert nothing.status_code == 422
    taken_over = await began(office, contact_id=joe, inbox_id=there.id, source_id=known_as)
    assert taken_over["meta"]["sender"]["id"] == joe
    assert await source_ids(office, jane) == []


async def test_statement_101_the_first_message_comes_in_the_same_act(office: Office) -> None:
    one = await began(office, office.agent, message={"content": "Good morning"})
    (message,) = await lines(office, one["id"])
    assert (message["content"], message["message_type"], message["sender"]["id"]) == (
        "Good morning",
        1,
        office.bob.id,
    )
    body = {"inbox_id": office.inbox.id, "contact_id": await contact(office), "message": {"content": "x" * 150_001}}
    assert (await office.boss("POST", f"{office.base}/conversations", body)).status_code == 422
    assert (await office.boss("GET", at(office, one["id"] + 1))).status_code == 404


async def test_statement_102_a_locked_inbox_keeps_to_one_conversation(office: Office) -> None:
    locked = await inbox(office, lock_to_single_conversation=True)
    jane = await contact(office)
    first = await began(office, contact_id=jane, inbox_id=locked.id)
    second = await began(office, contact_id=jane, inbox_id=locked.id, message={"content": "Me again"})
    assert (second["id"], second["messages"][0]["content"]) == (first["id"], "Me again")
    assert len(await source_ids(office, jane)) == 1
    other = await began(office, inbox_id=locked.id)
    assert other["id"] != first["id"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"inbox_id": 999_999}, 404),
        ({"contact_id": 999_999}, 404),
        ({"team_id": 999_999}, 404),
        ({"status": "closed"}, 422),
        ({"inbox_id": "x"}, 422),
        ({"custom_attributes": "x"}, 422),
        ({"status": "snoozed", "snoozed_until": "tomorrow"}, 422),
        ({"contact_id": None}, 422),
        ({"message": 7}, 422),
    ],
)
async def test_what_cannot_be_begun(office: Office, wrong: dict[str, Any], status: int) -> None:
    body = {"inbox_id": office.inbox.id, "contact_id": await contact(office), **wrong}
    answer = await office.boss("POST", f"{office.base}/conversations", body)
    assert (answer.status_code, isinstance(answer.json()["error"], str)) == (status, True)


async def test_an_inbox_that_an_agent_does_not_belong_to(office: Office) -> None:
    body = {"inbox_id": office.inbox.id, "contact_id": await contact(office)}
    assert (await office.outsider("POST", f"{office.base}/conversations", body)).status_code == 401


async def test_all_that_may_be_given(office: Office) -> None:
    until = int(office.world.clock().timestamp()) + 600
    one = await began(
        office,
        status="snoozed",
        snoozed_until=until,
        assignee_id=office.bob.id,
        additional_attributes={"mail_subject": "The bill", "referer": "https://example.com"},
        custom_attributes={"plan": "gold"},
    )
    assert (one["status"], one["snoozed_until"], one["meta"]["assignee"]["id"]) == ("snoozed", until, office.bob.id)
    assert one["additional_attributes"] == {"mail_subject": "The bill", "referer": "https://example.com"}
    assert one["custom_attributes"] == {"plan": "gold"}
    assert "snoozed" in [kind for kind, _ in await happened(office)]
    assert [each["id"] for each in await office.boss.ok("GET", at(office, one["id"], "participants"))] == [
        office.bob.id
    ]


async def test_a_blocked_contact_starts_resolved_and_a_bots_inbox_starts_pending(office: Office) -> None:
    blocked = await contact(office, "Joe", is_blocked=True)
    one = await began(office, contact_id=blocked)
    assert one["status"] == "resolved"
    await said(office, one["id"], message_type="incoming")
    assert (await shown(office, one["id"]))["status"] == "resolved"
    await bot(office, in_inbox=office.inbox.id)
    assert (await began(office))["status"] == "pending"
    assert (await began(office, status="open"))["status"] == "pending"
