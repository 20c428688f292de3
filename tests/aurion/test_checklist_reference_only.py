"""Reference-only endpoints: statements 181 to 190 of the checklist."""

from __future__ import annotations

from typing import Any

from aurion.checklist import FIELDS, UNKNOWN, faulty_fields, listed, of, refusal
from dragoman.core.conversations import drafts
from dragoman.dialects.aurion.ids import Prefix, read
from world import World

BULK = "/api/v2/bulk/conversations/archive"


async def drafted(world: World, conversation: dict[str, Any]) -> None:
    """Let the AI have drafted a reply."""
    async with world.database.write(world.account_id) as tx:
        number = read(Prefix.CONVERSATION, conversation["id"])
        await drafts.propose(tx, number, body="Try again.", body_html="<p>Try again.</p>")


async def test_s181_s182_merge_moves_everything_to_the_primary(world: World) -> None:
    primary = await world.conversation("Primary", tags=["a"])
    world.clock.advance(minutes=1)
    sources = [await world.conversation(f"Source {number}", tags=["A", f"b{number}"]) for number in range(2)]
    far = await world.conversation("Far away")
    await world.boss.ok("POST", of(sources[0], "reply"), {"body": "The word is rutabaga"})
    file = await world.boss.ok("POST", of(sources[0], "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    await world.boss.ok("POST", of(sources[0], "links"), {"linked_conversation_id": far["id"]})
    await world.boss.ok("POST", of(sources[1], "children"), {"subject": "Child"})
    world.clock.advance(minutes=1)
    source_ids = [one["id"] for one in sources]
    answer = await world.staff.ok("POST", of(primary, "merge"), {"source_conversation_ids": source_ids})
    assert answer == {"primary_id": primary["id"], "merged_ids": source_ids, "merged_count": 2}
    after = await world.detail(primary["id"])
    assert after["tags"] == ["a", "b0", "b1"]
    said = [one["body"] for one in after["messages"] if one["sender_type"] != "system"]
    assert (len(said), said[-1]) == (4, "The word is rutabaga")
    assert sum(one["is_internal"] and one["sender_type"] == "system" for one in after["messages"]) == 2
    assert after["tab_counts"]["messages"] == len(after["messages"]) == 6
    assert (await world.boss("GET", of(primary, "attachments", file["id"], "download"))).content == b"a"
    assert [one["subject"] for one in await world.boss.ok("GET", of(primary, "children"))] == ["Child"]
    assert far["id"] in [one["linked_conversation_id"] for one in await world.boss.ok("GET", of(primary, "links"))]
    assert await listed(world.boss, search="rutabaga") == [primary["id"]]
    for one in sources:
        gone = await world.detail(one["id"])
        assert (gone["status"], gone["merged_into_id"]) == ("closed", primary["id"])
        assert gone["merged_at"] == "2026-03-08T09:17:00Z"
        assert gone["merged_by"].startswith("agent_")
        assert [said["sender_type"] for said in gone["messages"]] == ["system"]


async def test_s183_a_merge_that_makes_no_sense_is_refused_whole(world: World) -> None:
    primary, source, merged = [await world.conversation() for _ in range(3)]
    await world.boss.ok("POST", of(await world.conversation(), "merge"), {"source_conversation_ids": [merged["id"]]})
    cases: list[tuple[list[str], tuple[int, str]]] = [
        ([], (400, "bad_request")),
        ([source["id"], primary["id"]], (400, "bad_request")),
        ([source["id"], UNKNOWN], (404, "not_found")),
        ([source["id"], "conv_00000000001"], (404, "not_found")),
        ([source["id"], merged["id"]], (409, "conflict")),
    ]
    for ids, expected in cases:
        refused = await world.boss("POST", of(primary, "merge"), {"source_conversation_ids": ids})
        assert refusal(refused) == expected, ids
    assert faulty_fields(await world.boss("POST", of(primary, "merge"), {})) == ["source_conversation_ids"]
    for one in (primary, source):
        assert await world.detail(one["id"]) == one


async def test_s183_the_same_source_twice_is_merged_once(world: World) -> None:
    primary, source = await world.conversation(), await world.conversation()
    twice = {"source_conversation_ids": [source["id"], source["id"]]}
    assert (await world.boss.ok("POST", of(primary, "merge"), twice))["merged_count"] == 1


async def test_what_is_said_to_a_merged_one_names_the_survivor(world: World) -> None:
    primary, source = await world.conversation(), await world.conversation()
    await world.boss.ok("POST", of(primary, "merge"), {"source_conversation_ids": [source["id"]]})
    refused = await world.boss("POST", of(source, "reply"), {"body": "Hello?"})
    assert refusal(refused) == (409, "conflict")
    assert primary["id"] in refused.json()["detail"]


async def test_s184_s185_bulk_archive_goes_on_after_a_refusal(world: World) -> None:
    one, other, spam = [await world.conversation() for _ in range(3)]
    await world.boss.ok("POST", of(spam, "spam"))
    ids = [one["id"], UNKNOWN, spam["id"], one["id"], other["id"]]
    answer = await world.boss.ok("POST", BULK, {"conversation_ids": ids})
    fields = ["index", "entity_id", "operation", "status", "error", "client_ref", "data"]
    assert [list(item) for item in answer["items"]] == [fields] * 5
    assert [item["index"] for item in answer["items"]] == [0, 1, 2, 3, 4]
    assert [item["entity_id"] for item in answer["items"]] == ids
    assert [item["status"] for item in answer["items"]] == ["success", "error", "error", "error", "success"]
    assert [bool(item["error"]) for item in answer["items"]] == [False, True, True, True, False]
    assert {item["operation"] for item in answer["items"]} == {"archive"}
    assert answer["summary"] == {"total": 5, "succeeded": 2, "failed": 3, "created": 0, "updated": 2}
    assert set(await listed(world.boss, archived="true")) == {one["id"], other["id"]}


async def test_s186_the_same_key_replays_the_bulk_answer(world: World) -> None:
    one = await world.conversation()
    asked = {"path": BULK, "body": {"conversation_ids": [one["id"]]}, "headers": {"X-Idempotency-Key": "k"}}
    first = await world.boss("POST", **asked)
    await world.boss.ok("POST", of(one, "unarchive"))
    again = await world.boss("POST", **asked)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (await world.detail(one["id"]))["archived_at"] is None


async def test_bulk_bodies_that_are_wrong_are_422(world: World) -> None:
    for body in ({}, {"conversation_ids": []}, {"conversation_ids": "x"}, {"conversation_ids": ["x"] * 501}):
        assert faulty_fields(await world.boss("POST", BULK, body)) == ["conversation_ids"]


async def test_s187_load_into_composer_writes_nothing(world: World) -> None:
    one = await world.conversation()
    await drafted(world, one)
    before = await world.detail(one["id"])
    answer = await world.boss.ok("PATCH", of(one, "ai-resolution"), {"action": "load_into_composer"})
    assert answer["body_html"] == "<p>Try again.</p>"
    assert await world.detail(one["id"]) == before
    assert before["ai_suggested_reply"] == {"body": "Try again.", "body_html": "<p>Try again.</p>"}


async def test_s188_dismiss_clears_the_draft(world: World) -> None:
    one = await world.conversation()
    await drafted(world, one)
    await world.boss.ok("PATCH", of(one, "ai-resolution"), {"action": "dismiss"})
    after = await world.detail(one["id"])
    assert (after["ai_suggested_reply"], after["status"], len(after["messages"])) == (None, "open", 1)
    rows = await world.boss.ok("GET", of(one, "activities"))
    assert rows["items"][0]["type"] == "ai_draft_dismissed"
    for action in ("dismiss", "send", "load_into_composer"):
        refused = await world.boss("PATCH", of(one, "ai-resolution"), {"action": action})
        assert refusal(refused) == (404, "not_found")


async def test_s189_send_replies_as_the_ai_and_resolves(world: World) -> None:
    one = await world.conversation()
    await drafted(world, one)
    answer = await world.boss.ok("PATCH", of(one, "ai-resolution"), {"action": "send"})
    after = await world.detail(one["id"])
    assert (after["status"], after["auto_resolved_by_ai"], after["ai_suggested_reply"]) == ("resolved", True, None)
    said = after["messages"][-1]
    assert (said["sender_type"], said["body"], said["body_html"]) == ("ai", "Try again.", "<p>Try again.</p>")
    assert (set(said), answer["message"]["id"]) == (set(FIELDS["message"]), said["id"])
    assert said["conversation_version"] == after["version"] == 3
    await world.customer_writes(one["id"], "That did not help")
    assert (await world.detail(one["id"]))["auto_resolved_by_ai"] is False


async def test_s190_without_an_action_it_is_422(world: World) -> None:
    one = await world.conversation()
    for body in ({}, {"action": "think"}, {"action": None}):
        assert faulty_fields(await world.boss("PATCH", of(one, "ai-resolution"), body)) == ["action"]
