"""The stream of events as a client meets it: what it is told, where it goes on, what it may hear, and when it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from aurion.checklist import of
from dragoman.core.access import kinds_shown
from dragoman.core.accounts import actions as accounts
from dragoman.core.events import Happened
from dragoman.dialects.aurion.ids import Prefix, show
from live.listening import PATH, Told, listening
from world import Caller, World


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    world.services.hub.start()
    yield world
    await world.services.hub.stop()


def kinds(found: list[Told]) -> list[str]:
    return [one.kind for one in found]


async def reply(world: World, conversation: dict[str, Any], body: str = "Hello") -> str:
    found = await world.boss.ok("POST", of(conversation, "reply"), {"body": body, "type": "reply"})
    return str(found["id"])


async def test_what_happens_is_told_in_the_words_of_the_activities(world: World) -> None:
    conversation = await world.conversation()
    async with listening(world, world.boss) as stream:
        message = await reply(world, conversation)
        (event,) = await stream.next()
        await world.boss.ok("PATCH", of(conversation), {"priority": "urgent"})
        (change,) = await stream.next()
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (stream.headers["cache-control"], stream.headers["x-accel-buffering"]) == ("no-store", "no")
    assert "content-length" not in stream.headers
    assert (event.kind, event.data["type"]) == ("message_added", "message_added")
    assert event.data["conversation_id"] == conversation["id"]
    assert event.data["details"]["message_id"] == message
    assert (change.data["old_value"], change.data["new_value"]) == ("medium", "urgent")
    shown = await world.boss.ok("GET", of(conversation, "activities"))
    activity = next(one for one in shown["items"] if one["type"] == "priority_changed")
    assert {name: change.data[name] for name in activity} == activity


async def test_who_comes_again_misses_nothing_and_hears_nothing_twice(world: World) -> None:
    conversation = await world.conversation()
    async with listening(world, world.boss) as stream:
        for number in range(3):
            await reply(world, conversation, f"Before {number}")
        before = await stream.next(3)
    missed = [await reply(world, conversation, f"Missed {number}") for number in range(4)]
    async with listening(world, world.boss, before[-1].id) as stream:
        missed.append(await reply(world, conversation, "Live again"))
        after = await stream.next(5)
        assert stream.events == after
    assert [one.data["details"]["message_id"] for one in after] == missed
    async with listening(world, world.boss, query=f"last_event_id={before[0].id}") as stream:
        assert await stream.next(7) == before[1:] + after
    async with listening(world, world.boss, after[-2].id, query=f"last_event_id={before[0].id}") as stream:
        assert await stream.next() == after[-1:], "a polyfill keeps the address it began with"


async def test_who_was_cut_off_before_the_first_event_can_go_on_too(world: World) -> None:
    conversation = await world.conversation()
    async with listening(world, world.boss) as stream:
        place = stream.text.removeprefix("id: ").strip()
    await reply(world, conversation)
    async with listening(world, world.boss, place) as stream:
        assert kinds(await stream.next()) == ["message_added"]


async def test_a_long_absence_is_told_page_by_page(world: World) -> None:
    async with listening(world, world.boss) as stream:
        place = stream.text.removeprefix("id: ").strip()
    async with world.database.write(world.account_id) as tx:
        for number in range(1200):
            tx.emit(Happened.TAGS_CHANGED, None, number=number)
    async with listening(world, world.boss, place) as stream:
        found = await stream.next(1200)
    assert [one.data["details"]["number"] for one in found] == list(range(1200))


@pytest.mark.parametrize("wrong", ["evt_1", "-", "1-", "-1", "0-!", "0-1-2", "9" * 40, "0-zzzzzzzzzzz"])
async def test_what_is_no_id_of_the_stream_is_refused_by_name(world: World, wrong: str) -> None:
    by_header = await world.boss("GET", PATH, headers={"Last-Event-ID": wrong})
    by_query = await world.boss("GET", PATH, params={"last_event_id": wrong})
    assert (by_header.status_code, by_query.status_code) == (422, 422)
    assert by_header.json()["details"][0]["field"] == "Last-Event-ID"
    assert by_header.json()["detail"][0]["loc"] == ["header", "Last-Event-ID"]
    assert by_query.json()["detail"][0]["loc"] == ["query", "last_event_id"]


async def test_nothing_is_told_of_other_accounts_whatever_the_id(world: World) -> None:
    stranger = await world.other_account()
    async with listening(world, stranger) as stream:
        await stranger.ok("POST", "/api/v2/contacts", {"name": "Theirs"})
        (theirs,) = await stream.next()
        await reply(world, await world.conversation())
        await stranger.ok("POST", "/api/v2/contacts", {"name": "Theirs, too"})
        assert kinds(await stream.next()) == ["contact_created"]
        assert len(stream.events) == 2
    for place in ("0-0", theirs.id, "zzzzzzzz-zzzzzzzz"):
        async with listening(world, world.boss, place) as stream:
            contact = await world.contact()
            while (await stream.next())[0].data["details"].get("contact_id") != contact:
                pass
        ours = {one.data["details"].get("contact_id") for one in stream.events}
        assert theirs.data["details"]["contact_id"] not in ours


async def test_an_id_from_the_future_is_taken_for_now(world: World) -> None:
    """As after a backup was brought back: silence until the log has come so far again would be worse."""
    conversation = await world.conversation()
    async with listening(world, world.boss, "zzzzzzzz-zzzzzzzz") as stream:
        assert stream.events == []
        await reply(world, conversation)
        (event,) = await stream.next()
    assert stream.text.startswith("id: ")
    async with listening(world, world.boss, event.id) as stream:
        assert stream.events == []


async def test_everybody_hears_what_they_could_read(world: World) -> None:
    conversations, contacts = (
        await world.key("conversations:read"),
        await world.key("conversations:read", "events:read", "contacts:read"),
    )
    async with listening(world, conversations) as one, listening(world, contacts) as other:
        conversation = await world.conversation()
        await world.key("*")
        await reply(world, conversation)
        while (await one.next())[0].kind != "message_added":
            pass
        while (await other.next())[0].data["details"].get("sender_kind") != "agent":
            pass
    assert "contact_created" not in kinds(one.events)
    assert "contact_created" in kinds(other.events)
    assert "key_created" not in kinds(one.events + other.events)


def test_every_kind_is_shown_to_somebody_and_none_without_its_scope() -> None:
    assert kinds_shown(frozenset({"*"})) == set(Happened)
    assert kinds_shown(frozenset({"events:read"})) == set()
    shown = kinds_shown(frozenset({"conversations:read"}))
    assert {"created", "note_added", "contact_changed"} <= shown
    assert not {one for one in shown if one.startswith(("contact_c", "user_", "key_"))} - {"contact_changed"}
    assert "key_revoked" not in kinds_shown(frozenset({"events:read", "users:read"}))
    assert "key_revoked" in kinds_shown(frozenset({"events:read", "users:write"}))


async def test_without_a_credential_or_the_scope_there_is_no_stream(world: World) -> None:
    assert (await world.stranger("GET", PATH)).status_code == 401
    for scope in ("conversations:write", "events:read"):
        assert (await (await world.key(scope))("GET", PATH)).status_code == 403


async def test_a_key_that_is_revoked_hears_no_more(world: World) -> None:
    made = await world.staff.ok("POST", "/api/configuration/api-keys", {"name": "k", "scopes": ["conversations:read"]})
    conversation, caller = await world.conversation(), Caller(world.client, {"X-API-Key": made["key"]})
    async with listening(world, caller) as stream:
        await reply(world, conversation)
        await stream.next()
        assert (await world.staff("DELETE", f"/api/configuration/api-keys/{made['id']}")).status_code == 204
        assert await stream.end() == []
        await reply(world, conversation)
    assert kinds(stream.events) == ["message_added"]


async def test_somebody_who_is_made_inactive_or_may_more_has_to_come_again(world: World) -> None:
    for change in ({"is_active": False}, {"role": "administrator"}):
        bob = await world.user(f"Bob{len(change)}{next(iter(change))}")
        async with world.database.write(world.account_id) as tx:
            token = await accounts.issue_token(tx, bob, world.services.pepper)
        caller = Caller(world.client, {"Authorization": f"Bearer {token.secret}"})
        async with listening(world, caller) as stream, listening(world, world.boss) as other:
            await world.staff.ok("PATCH", f"/api/v1/users/{show(Prefix.USER, bob.id)}", change)
            await stream.end()
            assert not other.is_over


async def test_a_session_ends_with_its_time(world: World) -> None:
    login = {"email": "ann@support.example", "password": "correct horse"}
    session = await world.stranger.ok("POST", "/api/v1/auth/login", login)
    async with listening(world, Caller(world.client, {"Authorization": f"Bearer {session['access_token']}"})) as stream:
        world.clock.advance(hours=13)
        await world.user("Whoever")  # is no reason to look; a change of users is
        async with world.database.write(world.account_id) as tx:
            await accounts.edit_user(tx, world.admin.id, {"is_available": False})
        await stream.end()


async def test_a_server_that_ends_ends_its_streams(world: World) -> None:
    async with listening(world, world.boss) as stream:
        world.services.hub.close()
        await stream.end()
    async with listening(world, world.boss) as late:
        await late.end()


async def test_an_event_is_one_line_of_json_whatever_is_in_it(world: World) -> None:
    conversation = await world.conversation()
    async with listening(world, world.boss) as stream:
        await world.boss.ok("PATCH", of(conversation), {"subject": "One\nid: 0-1\n\ndata: \u2028 two"})
        (event,) = await stream.next()
    assert json.loads(json.dumps(event.data["new_value"])) == (await world.detail(conversation["id"]))["subject"]
