"""Reply, messages, update: statements 69 to 83 of the checklist."""

from __future__ import annotations

from typing import Any

from aurion.checklist import FIELDS, faulty_fields, listed, of, refusal, team_of
from world import BASE, World


async def test_s069_a_reply_is_public(world: World) -> None:
    one = await world.conversation()
    response = await world.boss("POST", of(one, "reply"), {"body": "I have reset your password.", "type": "reply"})
    said = response.json()
    assert (response.status_code, set(said)) == (201, set(FIELDS["message"]))
    assert (said["is_internal"], said["sender_type"], said["body"]) == (False, "agent", "I have reset your password.")
    again = await world.detail(one["id"])
    assert again["messages"][-1] == said
    assert again["last_message_snippet"] == "I have reset your password."


async def test_s069_reply_is_the_default_and_text_another_word_for_it(world: World) -> None:
    one = await world.conversation()
    for body in ({"body": "a"}, {"body": "b", "type": "text"}):
        assert (await world.boss.ok("POST", of(one, "reply"), body))["is_internal"] is False


async def test_s070_a_note_is_internal(world: World) -> None:
    one = await world.conversation()
    said = await world.boss.ok("POST", of(one, "reply"), {"body": "Careful with this one.", "type": "note"})
    assert said["is_internal"] is True
    assert (await world.detail(one["id"]))["last_message_snippet"] == "I need help with my email access."


async def test_s071_a_note_and_its_files_are_never_shared(world: World) -> None:
    one = await world.conversation()
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("secret.txt", b"x", "text/plain")})
    note = {"body": "Secret", "type": "note", "attachment_ids": [file["id"]]}
    assert [got["id"] for got in (await world.boss.ok("POST", of(one, "reply"), note))["attachments"]] == [file["id"]]
    link = await world.boss.ok("POST", of(one, "share"), {})
    response = await world.stranger("GET", f"{BASE}/share/{link['token']}")
    assert "secret" not in response.text.lower()
    assert len(response.json()["messages"]) == 1


async def test_s072_a_forward_needs_an_address(world: World) -> None:
    one = await world.conversation()
    for body in (
        {"to": "help@partner.example"},
        {"recipients": ["a@b.example", "c@d.example"]},
        {"email": "a@b.example"},
    ):
        said = await world.boss.ok("POST", of(one, "reply"), {"body": "See below", "type": "forward", **body})
        assert said["metadata"]["forwarded_to"]
    for body in ({}, {"to": []}, {"to": ""}, {"to": "nobody"}, {"to": ["a@b.example", "not one"]}):
        refused = await world.boss("POST", of(one, "reply"), {"body": "See below", "type": "forward", **body})
        assert faulty_fields(refused) == ["to"], body
    assert len((await world.detail(one["id"]))["messages"]) == 4


async def test_s073_an_unknown_type_and_an_empty_body_are_422(world: World) -> None:
    one = await world.conversation()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"body": "x", "type": "shout"}, "type"),
        ({"body": ""}, "body"),
        ({"body": " \n "}, "body"),
        ({}, "body"),
        ({"body": 5}, "body"),
        ({"body": "x" * 1_000_001}, "body"),
    ]
    for path in ("reply", "messages"):
        for body, field in cases:
            assert faulty_fields(await world.boss("POST", of(one, path), body)) == [field], body
    assert (await world.detail(one["id"]))["tab_counts"]["messages"] == 1


async def test_s074_messages_returns_a_message(world: World) -> None:
    one = await world.conversation()
    said = await world.boss.ok("POST", of(one, "messages"), {"body": "Hello", "metadata": {"via": "script"}})
    assert set(said) == set(FIELDS["message"])
    assert (said["body"], said["is_internal"], said["metadata"]) == ("Hello", False, {"via": "script"})
    note = await world.boss.ok("POST", of(one, "messages"), {"body": "Note", "is_internal": True})
    assert note["is_internal"] is True


async def test_s074_html_comes_out_safe(world: World) -> None:
    one = await world.conversation()
    body = {"body": "", "body_html": "<p onclick='x()'>Hi <i>there</i><img src=x onerror=alert(1)></p>"}
    said = await world.boss.ok("POST", of(one, "messages"), body)
    assert (said["body"], said["content_type"]) == ("Hi there", "text/html")
    assert "onclick" not in said["body_html"]
    assert "onerror" not in said["body_html"]


async def test_s075_the_same_key_and_body_make_one_message(world: World) -> None:
    one = await world.conversation()
    for path in ("messages", "reply"):
        asked = {"path": of(one, path), "body": {"body": f"Once by {path}"}, "headers": {"Idempotency-Key": path}}
        first, again = await world.boss("POST", **asked), await world.boss("POST", **asked)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert first.headers["content-type"] == again.headers["content-type"]
    assert (await world.detail(one["id"]))["tab_counts"]["messages"] == 3


async def test_s075_another_credential_has_keys_of_its_own(world: World) -> None:
    one = await world.conversation()
    for caller in (world.boss, world.staff):
        await caller.ok("POST", of(one, "messages"), {"body": "Same"}, headers={"Idempotency-Key": "k"})
    assert (await world.detail(one["id"]))["tab_counts"]["messages"] == 3


async def test_s075_the_promise_ends_after_a_day(world: World) -> None:
    one = await world.conversation()
    headers = {"Idempotency-Key": "k"}
    first = await world.boss.ok("POST", of(one, "messages"), {"body": "Hello"}, headers=headers)
    world.clock.advance(hours=25)
    assert (await world.boss.ok("POST", of(one, "messages"), {"body": "Hello"}, headers=headers)) != first


async def test_s076_the_same_key_with_another_body_is_409(world: World) -> None:
    one, other = await world.conversation(), await world.conversation()
    headers = {"Idempotency-Key": "k"}
    await world.boss.ok("POST", of(one, "messages"), {"body": "Hello"}, headers=headers)
    for path, body in ((of(one, "messages"), "Bye"), (of(other, "messages"), "Hello")):
        refused = await world.boss("POST", path, {"body": body}, headers=headers)
        assert refusal(refused) == (409, "idempotency_conflict")
        assert refused.json()["detail"] == "Idempotency key reused with a different payload"
    assert faulty_fields(
        await world.boss("POST", of(one, "reply"), {"body": "x"}, headers={"Idempotency-Key": "k" * 256})
    )


async def test_s075_a_refused_request_keeps_no_promise(world: World) -> None:
    one = await world.conversation()
    headers = {"Idempotency-Key": "k"}
    assert (await world.boss("POST", of(one, "messages"), {"body": " "}, headers=headers)).status_code == 422
    assert (await world.boss("POST", of(one, "messages"), {"body": "Better"}, headers=headers)).status_code == 201


async def test_s077_patch_changes_status_priority_agent_and_tags(world: World) -> None:
    one = await world.conversation(tags=["old"])
    _, (bob,) = await team_of(world, "Bob")
    wanted = {"status": "resolved", "priority": "high", "assigned_agent_id": bob, "tags": ["email", "access"]}
    after = await world.boss.ok("PATCH", of(one), wanted)
    assert {name: after[name] for name in wanted} == wanted
    assert after["assignee_user_id"] == bob
    assert after == await world.detail(one["id"])


async def test_s078_patch_leaves_the_rest_alone(world: World) -> None:
    one = await world.conversation(tags=["keep"], category="Billing", custom_attrs={"a": 1})
    after = await world.boss.ok("PATCH", of(one), {"priority": "urgent"})
    moved = {name for name in one if after[name] != one[name]}
    assert moved == {"priority", "version", "tab_counts"}


async def test_s078_patch_takes_every_field_that_can_be_set(world: World) -> None:
    one = await world.conversation(custom_attrs={"a": 1, "b": 2})
    wanted = {
        "subject": "New subject",
        "category": "Billing",
        "sub_category": "Refund",
        "conversation_type": "incident",
        "department_id": "dep_1",
        "impact": "high",
        "urgency": "low",
        "planned_start": "2026-03-09T08:00:00Z",
        "planned_end": "2026-03-10T08:00:00Z",
        "planned_effort_minutes": 90,
        "snoozed_until": "2026-03-11T08:00:00Z",
        "contact_id": await world.contact("Somebody Else"),
    }
    after = await world.boss.ok("PATCH", of(one), {**wanted, "custom_attrs": {"b": None, "c": [3]}})
    assert {name: after[name] for name in wanted} == wanted
    assert (after["custom_attrs"], after["contact_name"], after["version"]) == ({"a": 1, "c": [3]}, "Somebody Else", 2)
    cleared = await world.boss.ok("PATCH", of(one), dict.fromkeys(("category", "planned_start", "snoozed_until")))
    assert [cleared[name] for name in ("category", "planned_start", "snoozed_until")] == [None, None, None]


async def test_s079_tags_are_replaced(world: World) -> None:
    one = await world.conversation(tags=["a", "b"])
    await world.boss.ok("PATCH", of(one), {"tags": ["b", "c"]})
    assert await listed(world.boss, tags="a") == []
    assert await listed(world.boss, tags="c") == [one["id"]]
    assert (await world.boss.ok("PATCH", of(one), {"tags": []}))["tags"] == []
    assert await listed(world.boss, tags="b") == []


async def test_s080_open_can_be_resolved_at_once(world: World) -> None:
    one = await world.conversation()
    assert (await world.boss.ok("PATCH", of(one), {"status": "resolved"}))["status"] == "resolved"


async def test_s081_words_outside_the_vocabularies_are_422(world: World) -> None:
    one = await world.conversation()
    cases: list[tuple[str, Any]] = [
        ("status", "snoozed"),
        ("status", None),
        ("priority", "critical"),
        ("subject", ""),
        ("subject", None),
        ("tags", None),
        ("tags", "email"),
        ("snoozed_until", "2020-01-01T00:00:00Z"),
        ("snoozed_until", "soon"),
        ("planned_effort_minutes", -1),
        ("planned_effort_minutes", "90"),
        ("version", "1"),
        ("custom_attrs", None),
    ]
    for name, value in cases:
        assert faulty_fields(await world.boss("PATCH", of(one), {name: value})) == [name], value
    differing = {"assigned_agent_id": "agent_1", "assignee_user_id": "agent_2"}
    assert faulty_fields(await world.boss("PATCH", of(one), differing)) == ["assigned_agent_id"]
    assert await world.detail(one["id"]) == one


async def test_s082_a_stale_version_is_409(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("PATCH", of(one), {"priority": "high", "version": 1})
    for body, headers in (
        ({"version": 1}, {}),
        ({"version": 3}, {}),
        ({}, {"If-Match": '"1"'}),
        ({}, {"If-Match": "1"}),
    ):
        refused = await world.boss("PATCH", of(one), {"priority": "low", **body}, headers=headers)
        assert refusal(refused) == (409, "conflict")
    for header in ('"2"', 'W/"3"', "*"):
        await world.boss.ok("PATCH", of(one), {"priority": "low", "tags": [header]}, headers={"If-Match": header})
    assert faulty_fields(await world.boss("PATCH", of(one), {"priority": "low"}, headers={"If-Match": "x"})) == [
        "If-Match"
    ]


async def test_s083_every_change_is_one_version_and_a_later_time(world: World) -> None:
    one, other, third = await world.conversation(), await world.conversation(), await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    changes: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"status": "pending", "priority": "low", "tags": ["x"], "assigned_agent_id": bob}),
        ("POST", "reply", {"body": "Hello"}),
        ("POST", "messages", {"body": "Note", "is_internal": True}),
        ("POST", "unassign", None),
        ("POST", "assign", {"team_id": team, "agent_id": bob}),
        ("POST", "reassign", {"team_id": team}),
        ("POST", "parent", {"parent_id": other["id"]}),
        ("POST", "links", {"linked_conversation_id": other["id"]}),
        ("PUT", "resolution", {"resolution": "Done"}),
        ("POST", "spam", None),
        ("POST", "unspam", None),
        ("POST", "archive", None),
        ("POST", "unarchive", None),
        ("DELETE", "", None),
        ("POST", "restore", None),
        ("POST", "snooze", {"snoozed_until": "2026-04-01T00:00:00Z"}),
        ("POST", "unsnooze", None),
        ("POST", "share", {}),
        ("DELETE", f"attachments/{file['id']}", None),
        ("POST", "merge", {"source_conversation_ids": [third["id"]]}),
    ]
    before = await world.detail(one["id"])
    for method, path, body in changes:
        world.clock.advance(seconds=1)
        await world.boss.ok(method, of(one, path) if path else of(one), body)
        after = await world.detail(one["id"])
        assert after["version"] == before["version"] + 1, path
        assert after["updated_at"] > before["updated_at"], path
        before = after


async def test_s083_what_changes_nothing_makes_no_version(world: World) -> None:
    one = await world.conversation(tags=["a"])
    world.clock.advance(minutes=1)
    await world.boss.ok("PATCH", of(one), {"status": "open", "tags": ["a"], "priority": "medium"})
    await world.boss.ok("PATCH", of(one), {})
    await world.boss.ok("POST", of(one, "unassign"))
    await world.boss.ok("POST", of(one, "unspam"))
    await world.boss.ok("PATCH", of(one, "read"))
    after = await world.detail(one["id"])
    assert (one["is_read"], after) == (False, {**one, "is_read": True})


async def test_messages_carry_the_version_after_them(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("PATCH", of(one), {"priority": "high"})
    await world.boss.ok("POST", of(one, "reply"), {"body": "Third"})
    after = await world.detail(one["id"])
    assert [said["conversation_version"] for said in after["messages"]] == [1, 3]
    assert after["version"] == 3
