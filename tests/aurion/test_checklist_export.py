"""Export: statements 164 to 167 of the checklist."""

from __future__ import annotations

import csv
import io
from typing import Any

from aurion.checklist import faulty_fields, of, team_of
from world import World

COLUMNS = ["id", "created_at", "type", "actor_type", "actor_id", "actor_name", "description", "old_value", "new_value"]


async def rows(world: World, conversation: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await world.boss.ok(
        "GET", of(conversation, "activities", "export"), params={"format": "json"}
    )
    return found


async def test_s164_without_a_format_it_is_csv(world: World) -> None:
    one = await world.conversation()
    response = await world.boss("GET", of(one, "activities", "export"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f"conversation-{one['id']}-activities.csv"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    table = list(csv.DictReader(io.StringIO(response.text)))
    assert list(table[0]) == COLUMNS
    assert [row["type"] for row in table] == ["created", "message_added"]


async def test_s165_json_says_the_same(world: World) -> None:
    one = await world.conversation()
    await world.staff.ok("PATCH", of(one), {"priority": "high"})
    response = await world.boss("GET", of(one, "activities", "export"), params={"format": "json"})
    assert response.headers["Content-Type"] == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    last = response.json()[-1]
    assert list(last) == COLUMNS
    assert (last["type"], last["old_value"], last["new_value"]) == ("priority_changed", "medium", "high")
    assert (last["actor_type"], last["actor_name"], last["created_at"]) == ("agent", "Ann", "2026-03-08T09:15:00Z")


async def test_s166_another_format_is_422(world: World) -> None:
    one = await world.conversation()
    for word in ("xml", "", "CSV"):
        response = await world.boss("GET", of(one, "activities", "export"), params={"format": word})
        assert faulty_fields(response) == ["format"]


EXPECTED = """created message_added attachment_added share_created message_added share_commented link_added
    status_changed priority_changed subject_changed tags_changed details_changed message_added note_added assigned
    reassigned unassigned parent_set child_created link_deleted attachment_deleted resolution_set spam_marked
    spam_unmarked archived unarchived deleted restored snoozed unsnoozed share_revoked note_added merged"""


async def test_s167_every_action_is_a_row(world: World) -> None:
    one, other, source = [await world.conversation() for _ in range(3)]
    team, (bob,) = await team_of(world, "Bob")
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    share = await world.boss.ok("POST", of(one, "share"), {"permission": "view_and_comment"})
    await world.stranger.ok("POST", f"/api/v2/conversations/share/{share['token']}/comments", {"body": "Hello"})
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    actions: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"status": "pending", "priority": "high", "tags": ["a"], "subject": "New", "category": "B"}),
        ("POST", "reply", {"body": "Hello"}),
        ("POST", "reply", {"body": "Note", "type": "note"}),
        ("POST", "assign", {"agent_id": bob, "team_id": team}),
        ("POST", "reassign", {"team_id": team}),
        ("POST", "unassign", None),
        ("POST", "parent", {"parent_id": other["id"]}),
        ("POST", "children", {"subject": "Part"}),
        ("DELETE", f"links/{link['id']}", None),
        ("DELETE", f"attachments/{file['id']}", None),
        ("PUT", "resolution", {"resolution": "Done"}),
        ("POST", "spam", None),
        ("POST", "unspam", None),
        ("POST", "archive", None),
        ("POST", "unarchive", None),
        ("DELETE", "", None),
        ("POST", "restore", None),
        ("POST", "snooze", {"snoozed_until": "2026-04-01T00:00:00Z"}),
        ("POST", "unsnooze", None),
        ("DELETE", f"shares/{share['id']}", None),
        ("POST", "merge", {"source_conversation_ids": [source["id"]]}),
    ]
    for method, path, body in actions:
        await world.boss.ok(method, of(one, path) if path else of(one), body)
    happened = [row["type"] for row in await rows(world, one)]
    expected = EXPECTED.split()
    assert sorted(happened) == sorted(expected)
    listed = await world.boss.ok("GET", of(one, "activities"), params={"limit": 5})
    assert (listed["total"], listed["items"]) == (len(expected), (await rows(world, one))[::-1][:5])


async def test_cells_are_no_formulas(world: World) -> None:
    one = await world.conversation("=1+1")
    await world.boss.ok("PATCH", of(one), {"subject": "@SUM(A1)"})
    response = await world.boss("GET", of(one, "activities", "export"))
    last = list(csv.DictReader(io.StringIO(response.text)))[-1]
    assert (last["old_value"], last["new_value"]) == ("'=1+1", "'@SUM(A1)")
