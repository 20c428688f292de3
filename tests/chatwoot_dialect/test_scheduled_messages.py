"""Messages that are said later (chatwoot.md 9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import lifecycle, queries
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Message
from dragoman.jobs.handlers import deliver_scheduled
from dragoman.jobs.runner import Runner
from dragoman.store.jobs import Job


def path(office: Office, *more: object) -> str:
    return "/".join([f"{office.base}/scheduled_messages", *map(str, more)])


async def planned(office: Office, number: int, **more: Any) -> dict[str, Any]:
    body = {
        "inbox_id": office.inbox.id,
        "conversation_id": number,
        "content": "Good morning!",
        "scheduled_at": "2026-03-09T08:00:00Z",
        **more,
    }
    made: dict[str, Any] = await office.agent.ok("POST", path(office), body)
    return made


async def said(office: Office, number: int) -> list[Message]:
    async with office.world.database.read(office.world.account_id) as tx:
        return await messages.of_conversation(tx, (await queries.by_number(tx, number)).id)


async def test_it_is_said_when_its_time_has_come_and_once(office: Office) -> None:
    number = await office.conversation("Hello?")
    made = await planned(office, number)
    assert made == {
        "id": made["id"],
        "account_id": office.world.account_id,
        "inbox_id": office.inbox.id,
        "conversation_id": number,
        "contact_id": made["contact_id"],
        "content": "Good morning!",
        "template_params": None,
        "scheduled_at": "2026-03-09T08:00:00.000Z",
        "status": "pending",
        "error_message": None,
        "message_id": None,
        "sender": {"id": office.bob.id, "name": "Bob", "email": "bob@support.example", "type": "user"},
        "created_at": "2026-03-08T09:15:00.000Z",
        "updated_at": "2026-03-08T09:15:00.000Z",
    }
    runner = Runner(office.world.services)
    assert await runner.run_due() == 0
    office.world.clock.advance(days=1)
    assert await runner.run_due() == 1
    shown = await office.agent.ok("GET", path(office, made["id"]))
    (_, message) = await said(office, number)
    assert (shown["status"], shown["message_id"]) == ("sent", message.id)
    assert (message.body, message.sender_id, message.sender_name) == ("Good morning!", office.bob.id, "Bob")
    job = Job(office.world.account_id, 1, "", {"scheduled_id": made["id"]}, 1, None, "waiting", office.world.clock())
    for _ in range(2):
        await deliver_scheduled(office.world.services, job)
    assert len(await said(office, number)) == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_its_text_and_time_can_be_changed_while_it_waits(office: Office, method: str) -> None:
    number = await office.conversation()
    made = await planned(office, number)
    later = {"content": "Good evening!", "scheduled_at": 1773086400}
    changed = await office.agent.ok(method, path(office, made["id"]), later)
    assert (changed["content"], changed["scheduled_at"]) == ("Good evening!", "2026-03-09T20:00:00.000Z")
    runner = Runner(office.world.services)
    office.world.clock.advance(hours=23)
    assert await runner.run_due() == 1, "the first timer rings, too early"
    assert await said(office, number) == []
    office.world.clock.advance(hours=12)
    await runner.run_due()
    assert [one.body for one in await said(office, number)] == ["Good evening!"]
    refused = await office.agent(method, path(office, made["id"]), {"content": "Too late"})
    assert (refused.status_code, refused.json()["error"]) == (422, "The message is sent already")


@pytest.mark.parametrize("how", [("DELETE", ()), ("POST", ("cancel",))])
async def test_what_is_cancelled_is_not_said(office: Office, how: tuple[str, tuple[str, ...]]) -> None:
    number = await office.conversation()
    made = await planned(office, number)
    method, more = how
    gone = await office.agent.ok(method, path(office, made["id"], *more))
    assert (gone["id"], gone["status"]) == (made["id"], "cancelled")
    office.world.clock.advance(days=2)
    assert await Runner(office.world.services).run_due() == 1
    assert await said(office, number) == []
    assert (await office.agent(method, path(office, made["id"], *more))).status_code == 422


async def test_it_fails_where_the_conversation_takes_nothing_any_more(office: Office) -> None:
    number = await office.conversation()
    made = await planned(office, number)
    world = office.world
    async with world.database.write(world.account_id) as tx:
        await lifecycle.mark_spam(tx, (await queries.by_number(tx, number)).id)
    world.clock.advance(days=1)
    await Runner(world.services).run_due()
    shown = await office.boss.ok("GET", path(office, made["id"]))
    assert (shown["status"], shown["error_message"]) == ("failed", "The conversation is marked as spam")
    assert await said(office, number) == []


async def test_a_contact_is_written_to_where_they_are_or_anew(office: Office) -> None:
    number = await office.conversation("Hello?")
    known = (await planned(office, number))["contact_id"]
    again = await planned(office, number, conversation_id=None, contact_id=known)
    assert again["conversation_id"] == number
    world = office.world
    async with world.database.write(world.account_id) as tx:
        new = await contacts.add(tx, contacts.NewContact(name="New"))
    made = await planned(office, number, conversation_id=None, contact_id=new.id)
    assert (made["conversation_id"], made["contact_id"]) == (number + 1, new.id)
    shown = await office.agent.ok("GET", f"{office.base}/conversations/{number + 1}")
    assert (shown["inbox_id"], shown["meta"]["sender"]["name"]) == (office.inbox.id, "New")


async def test_the_list_is_a_bare_array_that_can_be_narrowed(office: Office) -> None:
    first, second = await office.conversation(), await office.conversation(contact="Joe")
    one = await planned(office, first, scheduled_at="2026-03-10T08:00:00+01:00")
    other = await planned(office, second)
    await office.agent.ok("DELETE", path(office, other["id"]))

    async def ids(**by: Any) -> list[int]:
        return [shown["id"] for shown in await office.agent.ok("GET", path(office), params=by)]

    assert await ids() == [other["id"], one["id"]], "what is due first"
    assert (await ids(status="pending"), await ids(status="cancelled")) == ([one["id"]], [other["id"]])
    assert (await ids(conversation_id=second), await ids(conversation_id=99)) == ([other["id"]], [])
    assert (await ids(contact_id=one["contact_id"]), await ids(contact_id=1)) == ([one["id"]], [])
    assert (await office.agent("GET", path(office), params={"status": "lost"})).status_code == 422


async def test_those_of_other_inboxes_are_not_seen(office: Office) -> None:
    number = await office.conversation()
    made = await planned(office, number)
    assert await office.outsider.ok("GET", path(office)) == []
    for method, more in (("GET", ()), ("PATCH", ()), ("DELETE", ()), ("POST", ("cancel",))):
        refused = await office.outsider(method, path(office, made["id"], *more), {} if method == "PATCH" else None)
        assert refused.status_code == 401, method
    body = {"inbox_id": office.inbox.id, "conversation_id": number, "content": "x", "scheduled_at": "2027-01-01"}
    assert (await office.outsider("POST", path(office), body)).status_code == 401
    assert [one["id"] for one in await office.boss.ok("GET", path(office))] == [made["id"]]
    assert (await office.boss("GET", path(office, made["id"] + 999))).status_code == 404


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "no time": ({"scheduled_at": None}, 422, "scheduled_at"),
    "past": ({"scheduled_at": "2026-03-08T09:14:59Z"}, 422, "scheduled_at"),
    "nonsense": ({"scheduled_at": "soon"}, 422, "scheduled_at"),
    "far": ({"scheduled_at": 10**15}, 422, "scheduled_at"),
    "list": ({"scheduled_at": [1]}, 422, "scheduled_at"),
    "no inbox": ({"inbox_id": None}, 422, "inbox_id"),
    "unknown inbox": ({"inbox_id": 99999}, 404, ""),
    "no content": ({"content": " "}, 422, "content"),
    "long": ({"content": "x" * 150_001}, 422, "content"),
    "no name": ({"template_params": {"language": "en"}}, 422, "template_params"),
    "no object": ({"template_params": 7}, 422, "template_params"),
    "nobody": ({"conversation_id": None}, 422, "conversation_id"),
    "unknown conversation": ({"conversation_id": 99}, 404, ""),
    "another's": ({"contact_id": 1}, 422, "contact_id"),
    "unknown contact": ({"conversation_id": None, "contact_id": 99999}, 404, ""),
}


@pytest.mark.parametrize(("more", "code", "field"), BAD.values(), ids=BAD)
async def test_what_cannot_be_planned_is_refused(office: Office, more: dict[str, Any], code: int, field: str) -> None:
    number = await office.conversation()
    body = {"inbox_id": office.inbox.id, "conversation_id": number, "content": "x", "scheduled_at": 1804413600, **more}
    refused = await office.agent("POST", path(office), body)
    assert refused.status_code == code, refused.text
    assert refused.json().get("attributes", [""]) == [field]


async def test_a_template_is_kept_for_whoever_sends_it(office: Office) -> None:
    number = await office.conversation()
    made = await planned(office, number, content=None, template_params={"name": "welcome", "language": "en"})
    assert (made["content"], made["template_params"]["name"]) == ("welcome", "welcome")
    office.world.clock.now += timedelta(days=1)
    await Runner(office.world.services).run_due()
    (message,) = await said(office, number)
    assert message.metadata == {"template_params": {"name": "welcome", "language": "en"}}
