"""Webhooks in Aurion's words (aurion.md 5.5, checklist 194 to 196)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aurion.checklist import of
from dragoman.config import Settings
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.dialects.aurion.routes.webhooks import EVENT_NAMES
from receiver import Receiver, carried, receiving
from world import World

HOOKS = "/api/v1/webhooks"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_targets": "127.0.0.0/8"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def subscribed(world: World, receiver: Receiver, *events: str) -> dict[str, Any]:
    body = {"url": receiver.url, "events": list(events or EVENT_NAMES)}
    made: dict[str, Any] = await world.boss.ok("POST", HOOKS, body)
    return made


async def test_statement_194_the_signature_is_of_the_raw_body(world: World, receiver: Receiver) -> None:
    made = await subscribed(world, receiver)
    await world.conversation("Größe passt nicht")
    await carried(world)
    heard = receiver.heard[0]
    right = hmac.new(made["secret"].encode(), heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-aurion-signature"] == f"sha256={right}"


async def test_statement_195_a_new_conversation_is_told(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver)
    one = await world.conversation()
    assert await carried(world) == 1, "its first message is part of it"
    told = receiver.heard[0].json
    assert set(told) == {"id", "type", "timestamp", "data"}
    assert (told["type"], told["timestamp"]) == ("conversation.created", "2026-03-08T09:15:00Z")
    assert told["id"].startswith("evt_")
    assert told["data"]["conversation"]["id"] == one["id"]
    assert told["data"]["activity"]["type"] == "created"


async def test_statement_196_resolving_assigning_and_replying_are_told(world: World, receiver: Receiver) -> None:
    bob = await world.user("Bob")
    await subscribed(world, receiver, "conversation.resolved", "conversation.assigned", "conversation.reply")
    one = await world.conversation()
    await world.staff.ok("POST", of(one, "messages"), {"body": "Note", "is_internal": True})
    await world.staff.ok("POST", of(one, "messages"), {"body": "Have you tried turning it off and on again?"})
    await world.customer_writes(one["id"])
    await world.staff.ok("PATCH", of(one), {"assignee_user_id": show(Prefix.USER, bob.id)})
    await world.staff.ok("PATCH", of(one), {"status": "resolved"})
    await carried(world)
    told = {(heard.json["type"], heard.json["data"].get("message", {}).get("body")) for heard in receiver.heard}
    assert told == {
        ("conversation.reply", "Have you tried turning it off and on again?"),
        ("conversation.reply", "It still does not work."),
        ("conversation.assigned", None),
        ("conversation.resolved", None),
    }


async def test_every_other_change_is_an_update(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver, "conversation.updated", "user.created")
    one = await world.conversation()
    await world.staff.ok("PATCH", of(one), {"priority": "urgent", "status": "resolved"})
    await world.staff.ok("POST", of(one, "messages"), {"body": "Note", "is_internal": True})
    await world.user("Zoe")
    await carried(world)
    kinds = [heard.json["data"].get("activity", {}).get("type") for heard in receiver.heard]
    assert sorted(str(kind) for kind in kinds) == ["None", "note_added", "priority_changed", "status_changed"]
    by_type = {heard.json["type"]: heard.json for heard in receiver.heard}
    assert by_type["user.created"]["data"]["user"]["name"] == "Zoe"
    assert by_type["conversation.updated"]["data"]["conversation"]["priority"] == "urgent"


async def test_webhooks_of_one_dialect_are_not_told_in_anothers_words(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver)
    await world.conversation()
    await carried(world)
    assert all("x-chatwoot-signature" not in heard.headers for heard in receiver.heard)
    assert all("event" not in heard.json for heard in receiver.heard)
