"""Filter options and tags: statements 111 to 120 of the checklist."""

from __future__ import annotations

from aurion.checklist import faulty_fields, ids, of, refusal, team_of
from dragoman.dialects.aurion.ids import Prefix, show
from world import BASE, World

OPTIONS, TAGS = f"{BASE}/filter-options", f"{BASE}/tags/search"


async def test_s111_to_s115_what_can_be_chosen(world: World) -> None:
    team, (bob,) = await team_of(world, "Bob")
    await world.conversation(tags=["billing"])
    assert await world.boss.ok("GET", OPTIONS) == {
        "statuses": ["open", "pending", "resolved", "closed"],
        "priorities": ["low", "medium", "high", "urgent"],
        "channels": ["email", "chat", "whatsapp", "voice", "widget"],
        "teams": [{"id": team, "name": "Support"}],
        "agents": [{"id": show(Prefix.USER, world.admin.id), "name": "Ann"}, {"id": bob, "name": "Bob"}],
        "tags": ["billing"],
    }


async def test_s114_other_channels_appear_while_they_are_in_use(world: World) -> None:
    five = ["email", "chat", "whatsapp", "voice", "widget"]
    one = await world.conversation(channel="sms")
    assert (await world.boss.ok("GET", OPTIONS))["channels"] == [*five, "sms"]
    await world.boss.ok("DELETE", of(one))
    assert (await world.boss.ok("GET", OPTIONS))["channels"] == five


async def test_s116_s117_tags_are_found_by_their_beginning(world: World) -> None:
    await world.conversation(tags=["password", "Passport", "by-pass"])
    await world.conversation(tags=["password", "compass"])
    for q in ("pass", "PASS", " pass "):
        assert await world.boss.ok("GET", TAGS, params={"q": q}) == {"items": ["password", "Passport"]}
    assert await world.boss.ok("GET", TAGS, params={"q": "%"}) == {"items": []}
    assert await world.boss.ok("GET", TAGS, params={"q": "_ass"}) == {"items": []}


async def test_s116_the_most_used_come_first_and_unused_ones_never(world: World) -> None:
    one = await world.conversation(tags=["b", "a", "gone"])
    await world.conversation(tags=["c", "b"])
    await world.boss.ok("PATCH", of(one), {"tags": ["b", "a"]})
    for query in ({}, {"q": ""}):
        assert await world.boss.ok("GET", TAGS, params=query) == {"items": ["b", "a", "c"]}
    await world.boss.ok("DELETE", of(one))
    assert await world.boss.ok("GET", TAGS) == {"items": ["b", "c"]}


async def test_s118_s119_the_limits(world: World) -> None:
    await world.conversation(tags=[f"tag {number:02}" for number in range(20)])
    assert len((await world.boss.ok("GET", TAGS))["items"]) == 15
    assert len((await world.boss.ok("GET", TAGS, params={"limit": 50}))["items"]) == 20
    assert len((await world.boss.ok("GET", TAGS, params={"limit": 1}))["items"]) == 1
    for limit in ("0", "51", "x"):
        assert faulty_fields(await world.boss("GET", TAGS, params={"limit": limit})) == ["limit"]
    assert await world.boss.ok("GET", TAGS, params={"q": "x" * 120}) == {"items": []}
    assert faulty_fields(await world.boss("GET", TAGS, params={"q": "x" * 121})) == ["q"]


async def test_s120_fixed_words_are_no_ids(world: World) -> None:
    one = await world.conversation()
    assert "statuses" in await world.boss.ok("GET", OPTIONS)
    assert "items" in await world.boss.ok("GET", TAGS)
    assert refusal(await world.stranger("GET", f"{BASE}/share/nonsense")) == (404, "not_found")
    assert ids(await world.boss.ok("POST", f"{BASE}/search", {})) == [one["id"]]
    for method, path in (("PATCH", "filter-options"), ("DELETE", "search"), ("GET", "search")):
        response = await world.boss(method, f"{BASE}/{path}", {} if method == "PATCH" else None)
        assert refusal(response) == (404, "not_found"), path
