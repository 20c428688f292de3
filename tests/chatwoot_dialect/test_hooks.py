"""Webhooks in Chatwoot's words (chatwoot.md 8.4, statements 161 to 165)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.config import Settings
from dragoman.core.accounts import bots, webhooks
from dragoman.core.accounts.models import Webhook
from dragoman.core.channels import actions as channels
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import assignment, editing, lifecycle, queries
from dragoman.core.messages import posting
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Message, NewMessage, Sender
from dragoman.dialects.chatwoot.hooks import cleaned
from dragoman.store import schema
from receiver import Receiver, carried, receiving, status
from world import World

EVERY = (
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "message_created",
    "message_updated",
    "contact_created",
    "contact_updated",
    "conversation_typing_on",
    "conversation_typing_off",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_targets": "127.0.0.0/8", "base_url": "https://help.example/"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def subscribed(world: World, receiver: Receiver, *events: str) -> Webhook:
    async with world.database.write(world.account_id) as tx:
        return await webhooks.subscribe(tx, url=receiver.url, dialect="chatwoot", events=events or EVERY)


async def conversation_id(office: Office, number: int) -> int:
    async with office.world.database.read(office.world.account_id) as tx:
        return (await queries.by_number(tx, number)).id


async def said(office: Office, number: int, **what: Any) -> Message:
    world, of = office.world, await conversation_id(office, number)
    new = {"body": "Hi", "sender": Sender.AGENT, "sender_id": office.bob.id, "sender_name": "Bob", **what}
    async with world.database.write(world.account_id) as tx:
        return await posting.post(tx, of, NewMessage(**new))


async def test_statement_161_a_message_is_told_with_its_words(office: Office, receiver: Receiver) -> None:
    await subscribed(office.world, receiver, "message_created")
    number = await office.conversation("Hello?\r\n")
    assert await carried(office.world) == 1
    (heard,) = receiver.heard
    told = heard.json
    assert heard.head == "POST /hook HTTP/1.1"
    assert heard.headers["content-type"] == heard.headers["accept"] == "application/json"
    assert (told["event"], told["message_type"], told["content"]) == ("message_created", "incoming", "Hello?")
    assert (told["created_at"], told["private"], told["content_type"]) == ("2026-03-08T09:15:00.000Z", False, "text")
    assert told["account"] == {"id": office.world.account_id, "name": "Acme"}
    assert told["inbox"] == {"id": office.inbox.id, "name": "Website"}
    assert (told["sender"]["name"], told["sender"]["account"]) == ("Jane Smith", told["account"])
    conversation = told["conversation"]
    assert (conversation["id"], conversation["status"], conversation["channel"]) == (number, "open", "Channel::Api")
    assert (conversation["snoozed_until"], conversation["first_reply_created_at"]) == (None, None)
    assert conversation["contact_inbox"]["source_id"].startswith("source-")
    assert conversation["meta"]["assignee"] is conversation["meta"]["team"] is None
    assert conversation["messages"][0]["message_type"] == 0
    assert not {"uuid", "muted", "last_non_activity_message"} & conversation.keys()


async def test_statement_162_only_what_was_subscribed_is_told(office: Office, receiver: Receiver) -> None:
    await subscribed(office.world, receiver, "conversation_created")
    number = await office.conversation("Hello?")
    await said(office, number)
    await carried(office.world)
    assert receiver.words() == ["conversation_created"]


async def test_statement_163_the_signature_is_of_timestamp_and_body(office: Office, receiver: Receiver) -> None:
    hook = await subscribed(office.world, receiver, "message_created")
    await office.conversation("Grüße")
    await carried(office.world)
    (heard,) = receiver.heard
    told = heard.headers["x-chatwoot-timestamp"]
    assert told == str(int(office.world.clock().timestamp()))
    right = hmac.new(hook.secret.encode(), told.encode() + b"." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-chatwoot-signature"] == f"sha256={right}"
    assert len(heard.headers["x-chatwoot-delivery"]) == 36


async def test_statement_164_a_changed_contact_names_what_it_was_and_is(office: Office, receiver: Receiver) -> None:
    world = office.world
    await subscribed(world, receiver, "contact_created", "contact_updated")
    async with world.database.write(world.account_id) as tx:
        one = await contacts.add(tx, contacts.NewContact(name="Jane", email="jane@example.com"))
    async with world.database.write(world.account_id) as tx:
        await contacts.edit(tx, one.id, {"name": "Jane Doe", "custom_attrs": {"plan": "gold"}})
        await contacts.edit(tx, one.id, {"name": "Jane Doe"})
        await contacts.edit(tx, one.id, {"locale": "de"})
    await carried(world)
    assert receiver.words() == ["contact_created", "contact_updated"], "what changes nothing here is not told"
    created, updated = (heard.json for heard in receiver.heard)
    assert "changed_attributes" not in created
    changed = {name: pair for each in updated["changed_attributes"] for name, pair in each.items()}
    assert changed["name"] == {"previous_value": "Jane", "current_value": "Jane Doe"}
    assert changed["custom_attributes"] == {"previous_value": {}, "current_value": {"plan": "gold"}}
    assert (updated["email"], updated["account"]["name"]) == ("jane@example.com", "Acme")


async def test_statement_165_notes_are_told_and_activities_are_not(office: Office, receiver: Receiver) -> None:
    world = office.world
    await subscribed(world, receiver)
    number = await office.conversation()
    await said(office, number, body="Careful", is_internal=True)
    async with world.database.write(world.account_id) as tx:
        await assignment.assign(tx, (await queries.by_number(tx, number)).id, user_id=office.bob.id, team_id=None)
    await carried(world)
    by_word = {heard.json["event"]: heard.json for heard in receiver.heard}
    assert receiver.words().count("message_created") == 1
    note = by_word["message_created"]
    assert (note["private"], note["message_type"], note["content"]) == (True, "outgoing", "Careful")
    assert note["sender"] == {"id": office.bob.id, "name": "Bob", "email": "bob@support.example", "type": "user"}
    assert note["conversation"]["messages"] == [], "the latest public message"
    updated = by_word["conversation_updated"]
    assert updated["changed_attributes"] == [{"assignee_id": {"previous_value": None, "current_value": office.bob.id}}]
    assert (updated["meta"]["assignee"]["name"], updated["meta"]["assignee_type"]) == ("Bob", "User")


async def test_a_change_of_status_is_told_twice_over(office: Office, receiver: Receiver) -> None:
    world = office.world
    await subscribed(world, receiver, "conversation_status_changed", "conversation_updated")
    number = await office.conversation()
    of = await conversation_id(office, number)
    async with world.database.write(world.account_id) as tx:
        await editing.edit(tx, of, {"status": "resolved"})
    async with world.database.write(world.account_id) as tx:
        await editing.edit(tx, of, {"status": "open", "tags": ["vip"], "priority": "high"})
    await carried(world)
    async with world.database.write(world.account_id) as tx:
        await lifecycle.snooze(tx, of, until=world.clock().replace(year=2027))
    await carried(world)
    told = [(heard.json["event"], heard.json["changed_attributes"]) for heard in receiver.heard]
    resolved = [{"status": {"previous_value": "open", "current_value": "resolved"}}]
    assert ("conversation_status_changed", resolved) in told
    assert ("conversation_updated", resolved) in told
    assert ("conversation_updated", [{"priority": {"previous_value": None, "current_value": "high"}}]) in told
    assert ("conversation_updated", [{"label_list": {"previous_value": [], "current_value": ["vip"]}}]) in told
    snoozed = [heard.json for heard in receiver.heard][-1]
    assert (snoozed["status"], snoozed["snoozed_until"]) == ("snoozed", "2027-03-08T09:15:00.000Z")
    assert snoozed["changed_attributes"][0] == {"status": {"previous_value": "open", "current_value": "snoozed"}}


async def test_a_webhook_is_told_nothing_from_before_it_was_there(office: Office, receiver: Receiver) -> None:
    number = await office.conversation("Long ago")
    office.world.clock.advance(seconds=1)
    await subscribed(office.world, receiver, "message_created")
    await said(office, number, body="Now")
    office.world.clock.advance(seconds=1)
    await subscribed(office.world, receiver, "message_created")
    assert await carried(office.world) == 1
    assert [heard.json["content"] for heard in receiver.heard] == ["Now"]


async def test_nobody_else_hears_of_an_account(office: Office, receiver: Receiver) -> None:
    await office.world.other_account()
    other = office.world.account_id + 1
    async with office.world.database.write(other) as tx:
        await webhooks.subscribe(tx, url=receiver.url, dialect="chatwoot", events=EVERY)
    await office.conversation("Hello?")
    assert await carried(office.world) == 0


async def api_inbox(office: Office, receiver: Receiver) -> None:
    world = office.world
    async with world.database.write(world.account_id) as tx:
        await channels.edit(tx, "api", office.inbox.id, {"settings": {"webhook_url": receiver.url}})


async def test_an_api_inbox_hears_all_of_its_conversations(office: Office, receiver: Receiver) -> None:
    await api_inbox(office, receiver)
    number = await office.conversation("Hello?")
    await said(office, number)
    await carried(office.world)
    assert sorted(receiver.words()) == ["conversation_created", "message_created", "message_created"]
    heard = receiver.heard[0]
    secret = str(office.inbox.webhook_secret).encode()
    right = hmac.new(secret, heard.headers["x-chatwoot-timestamp"].encode() + b"." + heard.body, hashlib.sha256)
    assert heard.headers["x-chatwoot-signature"] == f"sha256={right.hexdigest()}"


async def test_what_does_not_reach_an_api_inbox_has_failed_until_it_does(office: Office, receiver: Receiver) -> None:
    world = office.world
    number = await office.conversation("Hello?")
    await api_inbox(office, receiver)
    receiver.answers = [status(500)]
    message = await said(office, number)
    await carried(world)

    async def delivery() -> tuple[str, str | None]:
        async with world.database.read(world.account_id) as tx:
            found = await messages.message(tx, message.conversation_id, message.id)
        return found.delivery, found.delivery_error

    assert await delivery() == ("failed", "HTTP 500")
    shown = await office.agent.ok("GET", f"{office.base}/conversations/{number}")
    assert shown["last_non_activity_message"]["status"] == "failed"
    assert shown["last_non_activity_message"]["content_attributes"]["external_error"] == "HTTP 500"
    world.clock.advance(seconds=13)
    await carried(world)
    assert await delivery() == ("sent", None)
    assert sorted(set(receiver.words())) == ["message_created", "message_updated"]


async def test_a_bot_hears_of_its_conversations_and_people_take_over_when_it_does_not(
    office: Office, receiver: Receiver
) -> None:
    world = office.world
    async with world.database.write(world.account_id) as tx:
        bot = await bots.add(tx, name="Helper", url=receiver.url)
    number = await office.conversation(status="pending", assignee_bot_id=bot.id)
    of = await conversation_id(office, number)
    receiver.usual = status(429)
    await said(office, number, sender=Sender.AGENT)
    states = []
    for _ in range(3):
        await carried(world)
        async with world.database.read(world.account_id) as tx:
            states.append((await queries.find(tx, of)).status)
        world.clock.advance(minutes=5)
    assert states == ["pending", "pending", "open"]
    assert receiver.words() == ["message_created"] * 3
    receiver.usual = status(200)
    async with world.database.write(world.account_id) as tx:
        await editing.edit(tx, of, {"status": "resolved"})
    await carried(world)
    assert {"conversation_opened", "conversation_resolved"} <= set(receiver.words())


async def test_typing_is_told_once_and_not_again(office: Office, receiver: Receiver) -> None:
    world = office.world
    await subscribed(world, receiver, "conversation_typing_on")
    number = await office.conversation()
    of = await conversation_id(office, number)
    async with world.database.write(world.account_id) as tx:
        rows = [
            {"id": await tx.next_id(), "conversation_id": of, "kind": kind, "data": data, "created_at": tx.now}
            for kind, data in (
                ("typing_on", {"user_id": office.bob.id, "is_private": True}),
                ("typing_off", {"user_id": office.bob.id}),
            )
        ]
        await tx.insert(schema.signals, *rows)
    receiver.usual = status(500)
    assert await carried(world) == 1
    world.clock.advance(hours=1)
    assert await carried(world) == 0, "what was so is not told an hour later"
    told = receiver.heard[0].json
    assert (told["event"], told["is_private"], told["conversation"]["id"]) == ("conversation_typing_on", True, number)
    assert told["user"]["name"] == "Bob"


@pytest.mark.parametrize(
    ("text", "clean"), [("a\\\nb", "a\nb"), ("a\\\r\nb", "a\nb"), ("a\r\n\n", "a"), ("a\n\nb", "a\n\nb"), ("\n", "")]
)
def test_line_breaks_are_normalised(text: str, clean: str) -> None:
    assert cleaned(text) == clean


async def test_deliveries_are_listed_and_told_again(office: Office, receiver: Receiver) -> None:
    hook = await subscribed(office.world, receiver, "message_created")
    receiver.answers = [status(404, b"not here")]
    await office.conversation("Hello?")
    await carried(office.world)
    path = f"{office.base}/webhooks/{hook.id}/deliveries"
    page = await office.boss.ok("GET", path)
    (shown,) = page["payload"]
    assert (shown["event"], shown["status"], shown["attempts"]) == ("message_created", "pending", 1)
    assert (shown["response_status"], shown["response_body"], shown["error"]) == (404, "not here", "HTTP 404")
    assert shown["payload"]["content"] == "Hello?"
    again = await office.boss.ok("POST", f"{office.base}/deliveries/{shown['id']}/retry")
    assert (again["status"], again["next_attempt_at"]) == ("pending", "2026-03-08T09:15:00.000Z")
    assert await carried(office.world) == 1
    assert (await office.boss.ok("GET", path, params={"status": "delivered"}))["payload"][0]["id"] == shown["id"]
    assert (await office.boss.ok("GET", f"{office.base}/deliveries", params={"status": "failed"}))["payload"] == []
    assert len({heard.headers["x-chatwoot-delivery"] for heard in receiver.heard}) == 1
    assert receiver.heard[0].body == receiver.heard[1].body


async def test_deliveries_are_for_administrators(office: Office, receiver: Receiver) -> None:
    hook = await subscribed(office.world, receiver)
    for method, path in (
        ("GET", f"webhooks/{hook.id}/deliveries"),
        ("GET", "deliveries"),
        ("POST", "deliveries/1/retry"),
    ):
        assert (await office.agent(method, f"{office.base}/{path}")).status_code == 401
    for path in (f"webhooks/{hook.id + 999}/deliveries", "webhooks/x/deliveries"):
        assert (await office.boss("GET", f"{office.base}/{path}")).status_code == 404
    assert (await office.boss("POST", f"{office.base}/deliveries/999/retry")).status_code == 404
    refused = await office.boss("GET", f"{office.base}/deliveries", params={"status": "lost"})
    assert (refused.status_code, refused.json()["attributes"]) == (422, ["status"])
