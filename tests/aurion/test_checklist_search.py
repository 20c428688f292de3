"""Search: statements 92 to 110 of the checklist."""

from __future__ import annotations

from typing import Any

from aurion.checklist import FIELDS, faulty_fields, ids, of, searched, team_of
from world import BASE, World

SEARCH = f"{BASE}/search"


def asks(field: str, operator: str, *values: Any) -> dict[str, Any]:
    """A condition: one value as `value`, several as `values`."""
    given = {"value": values[0]} if len(values) == 1 else {"values": list(values)}
    return {"field": field, "operator": operator, **given}


async def shop(world: World) -> dict[str, str]:
    """Four conversations, an hour apart, by name: their ids."""
    made: dict[str, str] = {}
    for name, fields in {
        "invoice": {"subject": "Invoice 42 is wrong", "priority": "high", "channel": "email", "tags": ["billing"]},
        "login": {"subject": "Cannot log in", "priority": "high", "channel": "chat", "tags": ["access", "vip"]},
        "refund": {"subject": "Refund of 100% please", "priority": "low", "channel": "email", "tags": ["billing-old"]},
        "hello": {"subject": "Hello", "priority": "urgent", "channel": "widget"},
    }.items():
        made[name] = (await world.conversation(**fields))["id"]  # type: ignore[arg-type]
        world.clock.advance(hours=1)
    return made


async def names(world: World, made: dict[str, str], *conditions: dict[str, Any], **body: Any) -> set[str]:
    found = await searched(world.boss, *conditions, **body)
    return {name for name, one in made.items() if one in found}


async def test_s092_s093_match_joins_the_conditions(world: World) -> None:
    made = await shop(world)
    both = (asks("priority", "is", "high"), asks("channel", "is", "email"))
    assert await names(world, made, *both, match="all") == {"invoice"}
    assert await names(world, made, *both) == {"invoice"}
    assert await names(world, made, *both, match="any") == {"invoice", "login", "refund"}
    assert await names(world, made, match="any") == set(made)
    assert faulty_fields(await world.boss("POST", SEARCH, {"match": "some"})) == ["match"]


async def test_s094_s095_is_and_is_not(world: World) -> None:
    made = await shop(world)
    assert await names(world, made, asks("priority", "is", "high")) == {"invoice", "login"}
    assert await names(world, made, asks("priority", "is_not", "high")) == {"refund", "hello"}
    assert await names(world, made, asks("category", "is", None)) == set(made)
    assert await names(world, made, asks("category", "is_not", None)) == set()
    assert await names(world, made, asks("category", "is_not", "Billing")) == set(made)
    assert await names(world, made, asks("id", "is", made["login"])) == {"login"}
    assert await names(world, made, asks("is_spam", "is", False)) == set(made)


async def test_s096_s097_includes_and_excludes(world: World) -> None:
    made = await shop(world)
    assert await names(world, made, asks("priority", "includes", "low", "urgent")) == {"refund", "hello"}
    assert await names(world, made, asks("priority", "excludes", "low", "urgent")) == {"invoice", "login"}
    one = {"field": "channel", "operator": "includes", "values": ["chat"]}
    assert await names(world, made, one) == {"login"}


async def test_s098_s099_contains_and_does_not_contain(world: World) -> None:
    made = await shop(world)
    assert await names(world, made, asks("subject", "contains", "LOG")) == {"login"}
    assert await names(world, made, asks("subject", "does_not_contain", "o")) == set()
    assert await names(world, made, asks("subject", "does_not_contain", "42")) == {"login", "refund", "hello"}
    assert await names(world, made, asks("subject", "contains", "%")) == {"refund"}
    assert await names(world, made, asks("subject", "contains", "_")) == set()
    assert await names(world, made, asks("contact_name", "contains", "jane")) == set(made)


async def test_tags_are_asked_by_each_operator(world: World) -> None:
    made = await shop(world)
    assert await names(world, made, asks("tags", "is", "Billing")) == {"invoice"}
    assert await names(world, made, asks("tags", "is_not", "billing")) == {"login", "refund", "hello"}
    assert await names(world, made, asks("tags", "includes", "vip", "billing")) == {"invoice", "login"}
    assert await names(world, made, asks("tags", "excludes", "vip", "billing")) == {"refund", "hello"}
    assert await names(world, made, asks("tags", "contains", "bill")) == {"invoice", "refund"}
    assert await names(world, made, asks("tags", "does_not_contain", "bill")) == {"login", "hello"}
    assert await names(world, made, asks("tags", "is", None)) == {"hello"}


async def test_s100_s101_s102_before_after_and_between(world: World) -> None:
    made = await shop(world)  # at 09:15, 10:15, 11:15, 12:15
    first, second = "2026-03-08T10:15:00Z", "2026-03-08T12:15:00Z"
    assert await names(world, made, asks("created_at", "before", first)) == {"invoice"}
    assert await names(world, made, asks("created_at", "after", first)) == {"login", "refund", "hello"}
    assert await names(world, made, asks("created_at", "between", first, second)) == {"login", "refund"}
    as_value = {"field": "created_at", "operator": "between", "value": [first, second]}
    assert await names(world, made, as_value) == {"login", "refund"}
    assert await names(world, made, asks("created_at", "between", second, first)) == set()


async def test_s103_in_the_last(world: World) -> None:
    made = await shop(world)  # it is 13:15 now
    for value in ("150m", "2h", {"amount": 2, "unit": "hours"}):
        expected = {"refund", "hello"}
        assert await names(world, made, asks("updated_at", "in_the_last", value)) == expected, value
    for value in (1, "1", "7d", "2w", {"amount": 1}):
        assert await names(world, made, asks("updated_at", "in_the_last", value)) == set(made), value
    assert await names(world, made, asks("updated_at", "in_the_last", "999999w")) == set(made)


async def test_s104_text_narrows_whatever_match_says(world: World) -> None:
    made = await shop(world)
    both = (asks("priority", "is", "high"), asks("channel", "is", "email"))
    assert await names(world, made, *both, match="any", search="invoice") == {"invoice"}
    assert await names(world, made, search="refund") == {"refund"}
    assert await names(world, made, search="help") == set(made)  # in every message
    assert await names(world, made, search=" ") == set(made)


async def test_s105_the_order(world: World) -> None:
    made = await shop(world)
    newest_first = list(made.values())[::-1]
    assert await searched(world.boss) == newest_first
    assert await searched(world.boss, sort_by="created_at", sort_order="asc") == newest_first[::-1]
    assert await searched(world.boss, sort_by="subject", sort_order="asc") == [
        made[name] for name in ("login", "hello", "invoice", "refund")
    ]


async def test_s106_s107_limits(world: World) -> None:
    made = await shop(world)
    for caller in (world.boss, world.staff):
        assert (await caller.ok("POST", SEARCH, {}))["limit"] == 50
    page = await world.boss.ok("POST", SEARCH, {"limit": 1, "offset": 2})
    assert (ids(page), page["total"], page["limit"], page["offset"]) == ([made["login"]], 4, 1, 2)
    for limit in (0, 101, -1, "10", 1.5, True):
        assert faulty_fields(await world.boss("POST", SEARCH, {"limit": limit})) == ["limit"], limit
    for offset in (-1, 2**60, "0"):
        assert faulty_fields(await world.boss("POST", SEARCH, {"offset": offset})) == ["offset"], offset


async def test_s108_the_answer_has_the_form_of_the_list(world: World) -> None:
    await shop(world)
    found, listed = await world.boss.ok("POST", SEARCH, {}), await world.boss.ok("GET", BASE, params={"limit": 50})
    assert found == listed
    assert set(found["items"][0]) >= set(FIELDS["list_item"])


async def test_s109_both_spellings_work_as_field(world: World) -> None:
    made = await shop(world)
    team, (bob,) = await team_of(world, "Bob")
    await world.boss.ok("POST", of({"id": made["login"]}, "assign"), {"agent_id": bob, "team_id": team})
    for field, value in (
        ("assigned_agent_id", bob),
        ("assignee_user_id", bob),
        ("assigned_team_id", team),
        ("assignee_team_id", team),
        ("assignee_user_name", "Bob"),
        ("assignee_team_name", "Support"),
    ):
        assert await names(world, made, asks(field, "is", value)) == {"login"}, field
        assert await names(world, made, asks(field, "is_not", value)) == set(made) - {"login"}, field
        assert await names(world, made, asks(field, "is", None)) == set(made) - {"login"}, field


# What belongs to the caller, is counted or free-form, and what later work fills.
NOT_ASKED = {"is_read", "tab_counts", "custom_attrs", "messages", "total_time_spent_minutes"}


async def test_documented_fields_can_be_asked(world: World) -> None:
    made = await shop(world)
    for field in {*FIELDS["list_item"], *FIELDS["detail"]} - NOT_ASKED:
        if not field.startswith("ai_"):
            condition = asks(field, "is", True if field in ("is_spam", "auto_resolved_by_ai") else None)
            assert (await world.boss("POST", SEARCH, {"conditions": [condition]})).status_code == 200, field
    assert await names(world, made, asks("display_id", "is", 1)) == {"invoice"}
    assert await names(world, made, asks("last_activity_at", "before", "2026-03-08T10:00:00Z")) == {"invoice"}


async def test_s110_what_cannot_be_asked_is_422(world: World) -> None:
    made = await shop(world)
    cases: list[tuple[dict[str, Any], str]] = [
        (asks("body", "is", "x"), "field"),
        (asks("__class__", "is", "x"), "field"),
        (asks("subject", "like", "x"), "operator"),
        (asks("subject", "before", "x"), "operator"),
        (asks("created_at", "contains", "2026"), "operator"),
        (asks("subject", "in_the_last", "7d"), "operator"),
        (asks("status", "is", "snoozed"), "value"),
        (asks("created_at", "before", "yesterday"), "value"),
        (asks("created_at", "before", None), "value"),
        (asks("created_at", "in_the_last", "soon"), "value"),
        (asks("created_at", "in_the_last", -7), "value"),
        (asks("created_at", "between", "2026-03-08", "2026-03-09", "2026-03-10"), "values"),
        (asks("subject", "is", ["a"]), "value"),
        (asks("subject", "contains", ""), "value"),
        (asks("subject", "contains", 5), "value"),
        (asks("subject", "includes", "a"), "values"),
        ({"field": "subject", "operator": "includes", "values": []}, "values"),
        (asks("is_spam", "is", "maybe"), "value"),
        (asks("display_id", "is", "one"), "value"),
    ]
    for condition, place in cases:
        response = await world.boss("POST", SEARCH, {"conditions": [asks("status", "is", "open"), condition]})
        assert faulty_fields(response) == [f"conditions.1.{place}"], condition
    for body, field in (
        ({"sort_by": "body"}, "sort_by"),
        ({"sort_order": "up"}, "sort_order"),
        ({"conditions": "none"}, "conditions"),
        ({"conditions": [{"field": "status"}]}, "conditions.0.operator"),
        ({"conditions": [asks("status", "is", "open")] * 51}, "conditions"),
        ({"search": 5}, "search"),
        ({"search": "x" * 1001}, "search"),
    ):
        assert faulty_fields(await world.boss("POST", SEARCH, body)) == [field], body
    assert len(made) == 4


async def test_deleted_archived_and_spam_show_when_a_condition_names_them(world: World) -> None:
    made = await shop(world)
    for name, action in (("invoice", "archive"), ("login", "spam")):
        await world.boss.ok("POST", f"{BASE}/{made[name]}/{action}")
    await world.boss.ok("DELETE", f"{BASE}/{made['refund']}")
    assert await names(world, made) == {"hello"}
    assert await names(world, made, asks("archived", "is", True)) == {"invoice"}
    assert await names(world, made, asks("archived", "is", False)) == {"hello"}
    assert await names(world, made, asks("archived_at", "is_not", None)) == {"invoice"}
    assert await names(world, made, asks("is_spam", "is", True)) == {"login"}
    assert await names(world, made, asks("deleted_at", "is_not", None)) == {"refund"}
    either = (asks("deleted_at", "is_not", None), asks("is_spam", "is", True))
    assert await names(world, made, *either, match="any") == {"login", "refund"}
