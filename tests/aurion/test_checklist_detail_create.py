"""Detail and create: statements 53 to 68 of the checklist."""

from __future__ import annotations

from typing import Any

from aurion.checklist import FIELDS, UNKNOWN, faulty_fields, of, refusal, searched
from world import BASE, World


async def new(world: World, **body: Any) -> dict[str, Any]:
    """A body that is enough to create a conversation, with `body` over it; None leaves a field out."""
    whole = {"subject": "Help", "contact_id": await world.contact(), "description": "Text", **body}
    return {name: value for name, value in whole.items() if value is not None}


async def test_s053_s054_s055_the_detail_has_every_documented_field(world: World) -> None:
    one = await world.boss.ok("GET", of(await world.conversation()))
    assert set(FIELDS["detail"]) <= set(one)
    assert set(FIELDS["list_item"]) <= set(one)
    assert [set(message) for message in one["messages"]] == [set(FIELDS["message"])]
    assert one["tab_counts"] == {"activities": 2, "has_resolution": False, "messages": 1, "related": 0}


async def test_s055_tab_counts_follow_what_happens(world: World) -> None:
    one, other = await world.conversation(), await world.conversation()
    await world.boss.ok("POST", of(one, "reply"), {"body": "Note", "type": "note"})
    await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    await world.boss.ok("PUT", of(one, "resolution"), {"resolution": "Done"})
    assert (await world.detail(one["id"]))["tab_counts"] == {
        "activities": 5,  # created, message_added, note_added, link_added, resolution_set
        "has_resolution": True,
        "messages": 2,
        "related": 1,
    }


async def test_fields_of_later_work_are_present_and_empty(world: World) -> None:
    one = await world.conversation()
    empty = {name: value for name, value in one.items() if name.startswith(("ai_", "sla_", "planned_"))}
    assert len(empty) == 25
    assert {name for name, value in empty.items() if value is not None} == {
        "ai_analysis_message_count",
        "ai_analysis_stale",
        "ai_copilot_context",
        "ai_topic_tags",
    }
    assert (one["ai_topic_tags"], one["ai_copilot_context"], one["custom_attrs"]) == ([], {}, {})


async def test_s056_an_unknown_id_is_404(world: World) -> None:
    for strange in (UNKNOWN, "conv_00000000000", "conv_zzzzzzzzzzz", "42", "conv_%00", "é", "ct_00000000001"):
        assert refusal(await world.boss("GET", f"{BASE}/{strange}")) == (404, "not_found"), strange


async def test_a_deleted_conversation_is_404_unless_asked_for(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("DELETE", of(one))
    assert refusal(await world.boss("GET", of(one))) == (404, "not_found")
    shown = await world.boss.ok("GET", of(one), params={"include_deleted": "true"})
    assert shown["deleted_at"] == "2026-03-08T09:15:00Z"


async def test_s057_s058_the_guides_body_makes_a_conversation_with_its_message(world: World) -> None:
    contact_id = await world.contact("Jane Smith")
    made = await world.boss.ok(
        "POST",
        BASE,
        {
            "subject": "Cannot access email",
            "contact_id": contact_id,
            "channel": "email",
            "priority": "high",
            "message": {"body": "I need help with my email access.", "type": "text"},
        },
    )
    said = [(one["body"], one["sender_type"], one["sender_id"], one["is_internal"]) for one in made["messages"]]
    assert said == [("I need help with my email access.", "contact", contact_id, False)]
    assert (made["channel"], made["priority"], made["contact_name"]) == ("email", "high", "Jane Smith")
    assert made["last_message_snippet"] == "I need help with my email access."


async def test_s059_s060_the_references_body_makes_one_of_the_agents(world: World) -> None:
    made = await world.boss.ok("POST", BASE, await new(world, description="The customer called."))
    assert made["channel"] == "agent_created"
    assert [(one["body"], one["sender_type"]) for one in made["messages"]] == [("The customer called.", "agent")]


async def test_s061_s062_s068_the_answer_is_201_with_the_detail(world: World) -> None:
    response = await world.boss("POST", BASE, await new(world))
    made = response.json()
    assert response.status_code == 201
    assert {"created_at", "display_id", "id", "priority", "status", "subject"} <= set(made)
    assert (made["status"], made["priority"]) == ("open", "medium")
    assert made == await world.detail(made["id"])


async def test_display_ids_count_up_in_the_account(world: World) -> None:
    numbers = [(await world.boss.ok("POST", BASE, await new(world)))["display_id"] for _ in range(3)]
    assert numbers == [str(int(numbers[0]) + step) for step in range(3)]


async def test_a_new_conversation_and_its_message_are_version_1(world: World) -> None:
    made = await world.boss.ok("POST", BASE, await new(world))
    assert (made["version"], [one["conversation_version"] for one in made["messages"]]) == (1, [1])
    child = await world.boss.ok("POST", of(made, "children"), {"subject": "Part", "description": "Text"})
    assert (child["version"], [one["conversation_version"] for one in child["messages"]]) == (1, [1])


async def test_s063_s064_s065_s067_what_is_missing_or_wrong_is_422(world: World) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"contact_id": None}, "contact_id"),
        ({"subject": None}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "   "}, "subject"),
        ({"subject": "x" * 256}, "subject"),
        ({"description": None}, "description"),
        ({"description": "  "}, "description"),
        ({"priority": "critical"}, "priority"),
        ({"channel": "pigeon"}, "channel"),
        ({"message": {"type": "text"}}, "message.body"),
        ({"message": {"body": ""}}, "message.body"),
        ({"message": {"body": "x", "type": "reply"}}, "message.type"),
        ({"tags": ["x" * 65]}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"custom_attrs": [1]}, "custom_attrs"),
    ]
    for body, field in cases:
        response = await world.boss("POST", BASE, await new(world, **body))
        assert faulty_fields(response) == [field], body
    assert (await world.boss.ok("GET", BASE))["total"] == 0


async def test_s063_malformed_bodies_are_422(world: World) -> None:
    for content in (b"", b"{", b"[]", b'"x"', b"null", b'{"subject": "\\ud800"}', b"\xff\xfe", b"[" * 100_000):
        response = await world.boss("POST", BASE, content=content, headers={"Content-Type": "application/json"})
        assert refusal(response) == (422, "validation_error"), content[:20]


async def test_an_unknown_contact_is_404(world: World) -> None:
    for strange in ("ct_unknown", "ct_00000000001", "agent_00000000001", ""):
        assert refusal(await world.boss("POST", BASE, await new(world, contact_id=strange))) == (404, "not_found")


async def test_s066_category_and_custom_attrs_are_kept(world: World) -> None:
    attrs = {"order": 42, "vip": True, "nested": {"a": [1, 2.5, None, "é"]}, "nothing": None}
    made = await world.boss.ok("POST", BASE, await new(world, category="Billing", custom_attrs=attrs))
    again = await world.detail(made["id"])
    assert (again["category"], again["custom_attrs"]) == ("Billing", attrs)


async def test_tags_are_trimmed_and_doubles_dropped(world: World) -> None:
    made = await world.boss.ok("POST", BASE, await new(world, tags=[" VIP ", "vip", "new  customer", "Vip"]))
    assert made["tags"] == ["VIP", "new customer"]


async def test_html_is_made_safe_and_its_text_is_the_body(world: World) -> None:
    html = '<p>Hello <b>you</b></p><script>alert(1)</script><a href="javascript:x()">link</a>'
    made = await world.boss.ok("POST", BASE, await new(world, message={"body": html, "type": "html"}))
    (message,) = made["messages"]
    assert message["content_type"] == "text/html"
    assert "<b>you</b>" in message["body_html"]
    assert "script" not in message["body_html"]
    assert "Hello you" in message["body"]
    assert "<" not in message["body"]


async def test_nul_characters_are_dropped_and_any_other_text_is_kept(world: World) -> None:
    text = "emoji 🎉, quotes '\"`, controls \u0001\u200b, rtl \u202e, NUL \x00."
    made = await world.boss.ok("POST", BASE, await new(world, subject="NUL \x00 in it", description=text))
    assert made["messages"][0]["body"] == text.replace("\x00", "")
    assert made["subject"] == "NUL in it"


async def test_the_same_idempotency_key_creates_one(world: World) -> None:
    body = await new(world)
    for header in ("Idempotency-Key", "X-Idempotency-Key"):
        answers = [await world.boss("POST", BASE, body, headers={header: header}) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        other = await world.boss("POST", BASE, {**body, "subject": "Other"}, headers={header: header})
        assert refusal(other) == (409, "idempotency_conflict")
    assert (await world.boss.ok("GET", BASE))["total"] == 2
    assert len(await searched(world.boss)) == 2


async def test_values_no_database_can_keep_are_refused(world: World) -> None:
    contact = await world.contact()
    deep = b"[" * 2000 + b"]" * 2000
    for value in (b"1e999", b"-1e999", b"1" * 400, b"123456789012345678901234567890", deep, b"NaN", b'"\\udc00"'):
        content = b'{"subject": "x", "description": "x", "contact_id": "%s", "custom_attrs": {"a": %s}}'
        body = content % (contact.encode(), value)
        response = await world.boss("POST", BASE, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code in (201, 422), value[:40]
        if response.status_code == 201:
            assert (await world.boss("GET", of(response.json()))).status_code == 200
