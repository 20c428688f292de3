"""The mailboxes of an account (aurion.md 5.4)."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.core.conversations import creation
from dragoman.dialects.aurion.ids import Prefix, parse, show
from world import BASE, World

CHANNELS = "/api/v2/email/channels"


async def make(world: World, name: str = "Support", **more: Any) -> dict[str, Any]:
    body = {"name": name, "email": f"{name.lower()}@acme.example", **more}
    made: dict[str, Any] = await world.boss.ok("POST", CHANNELS, body)
    return made


async def test_the_first_mailbox_is_the_primary_one(world: World) -> None:
    sent = {"name": "Support", "email": "help@acme.example", "provider": "microsoft"}
    secret = {"client_id": "abc", "client_secret": "hidden"}
    response = await world.boss("POST", CHANNELS, {**sent, "provider_config": secret})
    made = response.json()
    assert response.status_code == 201
    assert made == {
        "id": made["id"],
        **sent,
        "status": "active",
        "is_primary": True,
        "created_at": "2026-03-08T09:15:00Z",
        "updated_at": "2026-03-08T09:15:00Z",
    }
    assert made["id"].startswith("ec_")
    second = await make(world, "Sales")
    assert (second["provider"], second["is_primary"]) == ("aurion", False)
    listed = await world.boss("GET", CHANNELS)
    assert listed.json() == {"items": [made, second], "data": [made, second]}
    assert "hidden" not in listed.text


@pytest.mark.parametrize("word", ["aurion", "microsoft", "google", "smtp"])
async def test_every_documented_provider_is_taken(world: World, word: str) -> None:
    assert (await make(world, provider=word))["provider"] == word


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"name": "Help"}, {"name": "Help"}),
        ({"name": "Support"}, {}),
        ({"email": "SUPPORT@acme.example"}, {"email": "SUPPORT@acme.example"}),
        ({"provider": "google", "provider_config": {"a": 1}}, {"provider": "google"}),
        ({"status": "inactive"}, {"status": "inactive"}),
        ({"is_active": False}, {"status": "inactive"}),
    ],
)
async def test_a_patch_changes_what_is_sent_and_nothing_else(
    world: World, sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = await make(world)
    after = await world.boss.ok("PATCH", f"{CHANNELS}/{before['id']}", sent)
    assert after == {**before, **changed}


@pytest.mark.parametrize("sent", [{"name": "Support"}, {"email": "Support@Acme.example"}])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_name_and_an_address_are_one_mailboxs(world: World, method: str, sent: dict[str, Any]) -> None:
    await make(world)
    second = await make(world, "Sales")
    path = CHANNELS if method == "POST" else f"{CHANNELS}/{second['id']}"
    refused = await world.boss(method, path, {"name": "New", "email": "new@acme.example", **sent})
    assert (refused.status_code, refused.json()["error"]) == (409, "conflict")


async def test_a_mailbox_goes_unless_it_is_the_primary_or_in_use(world: World) -> None:
    primary, used, spare = await make(world), await make(world, "Sales"), await make(world, "Spare")
    contact_id, inbox_id = parse(Prefix.CONTACT, await world.contact()), parse(Prefix.INBOX, used["id"])
    assert contact_id
    async with world.database.write(world.account_id) as tx:
        conversation = await creation.open_conversation(
            tx, creation.NewConversation(subject="By mail", contact_id=contact_id, channel="email", inbox_id=inbox_id)
        )
    refused = await world.boss("DELETE", f"{CHANNELS}/{primary['id']}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "The primary channel cannot be deleted")
    refused = await world.boss("DELETE", f"{CHANNELS}/{used['id']}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "The channel still has conversations")
    gone = await world.boss("DELETE", f"{CHANNELS}/{spare['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert [one["name"] for one in (await world.boss.ok("GET", CHANNELS))["data"]] == ["Support", "Sales"]
    found = await world.boss.ok("GET", f"{BASE}?email_channel_id={used['id']}")
    assert [one["id"] for one in found["items"]] == [show(Prefix.CONVERSATION, conversation.id)]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "a@b.example"}, "name"),
        ({"name": "Support"}, "email"),
        ({"name": "Support", "email": "nobody"}, "email"),
        ({"name": "Support", "email": None}, "email"),
        ({"name": "Support", "email": "a@b.example", "provider": "carrier pigeon"}, "provider"),
        ({"name": "Support", "email": "a@b.example", "provider_config": "x"}, "provider_config"),
    ],
)
async def test_a_bad_mailbox_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", CHANNELS, sent)
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, field)


async def test_two_words_for_one_state_must_agree(world: World) -> None:
    made = await make(world)
    refused = await world.boss("PATCH", f"{CHANNELS}/{made['id']}", {"status": "active", "is_active": False})
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (422, "is_active")


async def test_another_accounts_mailboxes_do_not_exist(world: World) -> None:
    await make(world)
    second = await make(world, "Sales")
    other = await world.other_account()
    assert (await other.ok("GET", CHANNELS)) == {"items": [], "data": []}
    for method, body in (("PATCH", {"name": "X"}), ("DELETE", None)):
        response = await other(method, f"{CHANNELS}/{second['id']}", body)
        assert (response.status_code, response.json()["detail"]) == (404, "Channel not found")
    await other.ok("POST", CHANNELS, {"name": "Sales", "email": "sales@acme.example"})


async def test_reading_and_writing_need_their_own_scopes(world: World) -> None:
    reader, writer = await world.key("channels:read"), await world.key("channels:write")
    assert (await reader("GET", CHANNELS)).status_code == 200
    assert (await reader("POST", CHANNELS, {})).json()["detail"] == "API key missing required scope: channels:write"
    assert (await writer("GET", CHANNELS)).json()["detail"] == "API key missing required scope: channels:read"
