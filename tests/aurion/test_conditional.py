"""Asked again for what they have, clients hear 304; whatever they would see differently makes it a 200."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from dragoman.app import build_services, create_app
from dragoman.config import Settings
from dragoman.core.messages import files
from dragoman.dialects.aurion.ids import Prefix, parse, show
from world import BASE, Caller, World


async def status(caller: Caller, path: str, tag: str) -> int:
    response = await caller("GET", path, headers={"If-None-Match": tag})
    if response.status_code == 304:
        assert response.content == b""
        assert response.headers["etag"]
    return response.status_code


async def tag_of(caller: Caller, path: str) -> str:
    response = await caller("GET", path)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key", "api_access_token"} <= set(response.headers["vary"].split(", "))
    tag: str = response.headers["etag"]
    assert tag.startswith('W/"')
    return tag


@pytest.fixture
async def paths(world: World) -> list[str]:
    """A conversation's detail and the list that it is in."""
    company = await world.boss.ok("POST", "/api/v2/companies", {"name": "Acme"})
    contact = await world.contact("Jane Smith", company_id=company["id"])
    agent = show(Prefix.USER, (await world.user("Bob")).id)
    team = await world.boss.ok("POST", "/api/v2/teams", {"name": "Support"})
    made = await world.conversation(contact_id=contact)
    at = f"{BASE}/{made['id']}"
    await world.boss.ok("PATCH", at, {"assignee_user_id": agent, "assignee_team_id": team["id"]})
    return [
        at,
        f"{BASE}?limit=10",
        f"/api/v2/contacts/{contact}",
        f"/api/v2/companies/{company['id']}",
        f"/api/v1/users/{agent}",
        f"/api/v2/teams/{team['id']}",
    ]


@pytest.mark.parametrize("place", [0, 1])
async def test_what_is_known_is_not_sent_again(world: World, paths: list[str], place: int) -> None:
    path = paths[place]
    tag = await tag_of(world.boss, path)
    strong = tag.removeprefix("W/")
    for known in (tag, strong, "*", f'"other", {tag}', f'W/"a,b" , {strong},"z"'):
        assert await status(world.boss, path, known) == 304, known
    for unknown in ('"other"', 'W/"0"', strong.strip('"'), f'"x{strong.strip(chr(34))}"', "", "W/"):
        assert await status(world.boss, path, unknown) == 200, unknown


async def test_nothing_is_rendered_for_a_304(world: World, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tags = [await tag_of(world.boss, path) for path in paths[:2]]

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("rendered")

    monkeypatch.setattr("dragoman.dialects.aurion.present.detail", refuse)
    monkeypatch.setattr("dragoman.dialects.aurion.routes.listing.rendered", refuse)
    assert [await status(world.boss, path, tag) for path, tag in zip(paths, tags, strict=False)] == [304, 304]
    with pytest.raises(AssertionError, match="rendered"):
        await world.boss("GET", paths[1])


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(("renamed", "name"), [(2, "Jane Doe"), (3, "Acme Ltd"), (4, "Robert"), (5, "Helpdesk")])
async def test_a_new_name_is_seen(world: World, paths: list[str], place: int, renamed: int, name: str) -> None:
    path = paths[place]
    tag = await tag_of(world.boss, path)
    await world.boss.ok("PATCH", paths[renamed], {"name": name})
    response = await world.boss("GET", path, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert name in response.text


Change = Callable[[World, str], Awaitable[Any]]
CHANGES: dict[str, Change] = {
    "edited": lambda world, at: world.boss.ok("PATCH", at, {"priority": "urgent"}),
    "answered": lambda world, at: world.boss.ok("POST", f"{at}/messages", {"body": "Hello"}),
    "written to": lambda world, at: world.customer_writes(at.rpartition("/")[2]),
    "read": lambda world, at: world.boss.ok("PATCH", f"{at}/read"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", [0, 1])
async def test_a_change_is_seen(world: World, paths: list[str], place: int, change: str) -> None:
    tag = await tag_of(world.boss, paths[place])
    await CHANGES[change](world, paths[0])
    assert await status(world.boss, paths[place], tag) == 200
    assert await status(world.boss, paths[place], await tag_of(world.boss, paths[place])) == 304


@pytest.mark.parametrize("place", [0, 1])
async def test_read_marks_are_each_readers_own(world: World, paths: list[str], place: int) -> None:
    mine, theirs = await tag_of(world.boss, paths[place]), await tag_of(world.staff, paths[place])
    await world.boss.ok("PATCH", f"{paths[0]}/read")
    assert await status(world.boss, paths[place], mine) == 200
    if place == 1:  # the detail counts the activity, which is everybody's
        assert await status(world.staff, paths[place], theirs) == 304


async def test_what_the_page_counts_is_seen(world: World, paths: list[str]) -> None:
    tag = await tag_of(world.boss, paths[0])
    other = await world.conversation("Another")
    body = {"linked_conversation_id": other["id"], "link_type": "related"}
    await world.boss.ok("POST", f"{paths[0]}/links", body)
    linked = await tag_of(world.boss, paths[0])
    assert linked != tag
    await world.boss.ok("DELETE", f"{BASE}/{other['id']}")
    assert await status(world.boss, paths[0], linked) == 200


async def test_a_scanned_attachment_is_seen(world: World, paths: list[str]) -> None:
    detail = await world.boss.ok("GET", paths[0])
    file = {"file": ("a.txt", b"bytes", "text/plain")}
    sent = {"data": {"message_id": detail["messages"][0]["id"]}, "files": file}
    added = await world.boss.ok("POST", f"{paths[0]}/attachments", **sent)
    tag = await tag_of(world.boss, paths[0])
    number = parse(Prefix.ATTACHMENT, added["id"])
    async with world.database.write(world.account_id) as tx:
        await files.judge(tx, number or 0, signature="Eicar")
    response = await world.boss("GET", paths[0], headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.json()["messages"][0]["attachments"][0]["scan_status"] == "quarantined"


async def test_a_list_is_another_with_another_window_total_or_order(world: World) -> None:
    for subject in ("One", "Two", "Three"):
        await world.conversation(subject)
        world.clock.advance(minutes=1)
    asked = [
        "limit=1",
        "limit=2",
        "limit=2&offset=1",
        "limit=1&envelope=items",
        "limit=2&sort_order=asc",
        "limit=1&search=three",
    ]
    tags = {await tag_of(world.boss, f"{BASE}?{one}") for one in asked}
    assert len(tags) == len(asked)
    first = await tag_of(world.boss, f"{BASE}?limit=1&offset=2")
    await world.conversation("Four", contact_id=await world.contact())
    assert await status(world.boss, f"{BASE}?limit=1&offset=3", first) == 200  # the same one; there are more in all


async def test_another_accounts_tag_tells_nothing(world: World, paths: list[str]) -> None:
    other = await world.other_account()
    tags = [await tag_of(world.boss, path) for path in paths[:2]]
    assert await status(other, paths[0], tags[0]) == 404
    assert await status(other, paths[0], "*") == 404
    assert await status(other, paths[1], tags[1]) == 200
    assert await status(world.stranger, paths[0], tags[0]) == 401


async def test_another_process_knows_the_tag(world: World, paths: list[str], settings: Settings) -> None:
    tags = [await tag_of(world.boss, path) for path in paths[:2]]
    services = build_services(settings)
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://dragoman.test") as client:
        again = Caller(client, world.boss.headers)
        assert [await status(again, path, tag) for path, tag in zip(paths, tags, strict=False)] == [304, 304]
        assert [await tag_of(again, path) for path in paths[:2]] == tags
    await services.database.close()


async def test_a_details_tag_is_good_for_a_change(world: World, paths: list[str]) -> None:
    tag = await tag_of(world.boss, paths[0])
    assert (await world.boss("PATCH", paths[0], {"subject": "A"}, headers={"If-Match": tag})).status_code == 200
    assert (await world.boss("PATCH", paths[0], {"subject": "B"}, headers={"If-Match": tag})).status_code == 409


async def test_a_search_is_no_question_for_a_tag(world: World, paths: list[str]) -> None:
    response = await world.boss("POST", f"{BASE}/search", {"conditions": []}, headers={"If-None-Match": "*"})
    assert (response.status_code, "etag" in response.headers) == (200, False)
