"""The list: statements 19 to 52 of the checklist."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from aurion.checklist import FIELDS, company, edit_core, faulty_fields, ids, listed, of, refusal, team_of
from world import BASE, World

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


async def several(world: World, count: int) -> list[str]:
    """Conversations of one contact, a minute apart, oldest first."""
    contact_id, made = await world.contact(), []
    for number in range(count):
        world.clock.advance(minutes=1)
        made.append((await world.conversation(f"Number {number}", contact_id=contact_id))["id"])
    return made


async def test_s019_s020_both_envelopes_hold_the_same(world: World) -> None:
    one = await world.conversation()
    page = await world.boss.ok("GET", BASE)
    assert set(page) == {"items", "data", "limit", "offset", "total"}
    assert page["items"] == page["data"]
    assert (ids(page), page["total"]) == ([one["id"]], 1)


async def test_one_envelope_can_be_chosen(world: World) -> None:
    for name in ("items", "data"):
        assert set(await world.boss.ok("GET", f"{BASE}?envelope={name}")) == {name, "limit", "offset", "total"}
    assert faulty_fields(await world.boss("GET", f"{BASE}?envelope=both")) == ["envelope"]


async def test_s021_s022_the_credentials_header_sets_the_usual_limit(world: World) -> None:
    made = await several(world, 27)
    guide, reference = await world.boss.ok("GET", BASE), await world.staff.ok("GET", BASE)
    assert (guide["limit"], len(guide["items"]), guide["total"]) == (25, 25, len(made))
    assert (reference["limit"], len(reference["items"]), reference["total"]) == (50, 27, len(made))


async def test_s023_s024_s025_limits_out_of_range_are_422(world: World) -> None:
    assert (await world.boss.ok("GET", f"{BASE}?limit=100"))["limit"] == 100
    for query, field in (("limit=101", "limit"), ("limit=0", "limit"), ("offset=-1", "offset")):
        assert faulty_fields(await world.boss("GET", f"{BASE}?{query}")) == [field]
    for text in ("ten", "1.5", "9" * 30, "1e3", "٣"):
        assert faulty_fields(await world.boss("GET", BASE, params={"limit": text})) == ["limit"], text


async def test_s026_offset_skips_and_total_stays(world: World) -> None:
    made = await several(world, 5)
    newest_first = made[::-1]
    for offset in range(7):
        page = await world.boss.ok("GET", BASE, params={"limit": 2, "offset": offset})
        assert (ids(page), page["total"], page["offset"]) == (newest_first[offset : offset + 2], 5, offset)


async def test_s027_s028_an_item_has_every_documented_field(world: World) -> None:
    await world.conversation()
    item = (await world.boss.ok("GET", BASE))["items"][0]
    assert set(FIELDS["list_item"]) <= set(item)
    assert set(FIELDS["detail"]) - {"messages"} <= set(item)
    assert {"assigned_team_id", "assigned_agent_id", "last_activity_at", "display_id"} <= set(item)
    assert "messages" not in item


async def test_s029_both_spellings_of_the_assignee_agree(world: World) -> None:
    one = await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    await world.boss.ok("POST", of(one, "assign"), {"team_id": team, "agent_id": bob})
    item = (await world.boss.ok("GET", BASE))["items"][0]
    assert (item["assigned_agent_id"], item["assignee_user_id"]) == (bob, bob)
    assert (item["assigned_team_id"], item["assignee_team_id"]) == (team, team)
    assert (item["assignee_user_name"], item["assignee_team_name"]) == ("Bob", "Support")


async def test_s030_times_are_utc_and_whole_seconds(world: World) -> None:
    world.clock.advance(microseconds=123_456)
    one = await world.conversation()
    await world.boss.ok("POST", of(one, "archive"))
    item = (await world.boss.ok("GET", BASE, params={"archived": "true"}))["items"][0]
    times = [value for name, value in item.items() if name.endswith(("_at", "_due")) and value is not None]
    assert len(times) >= 4
    assert all(TIME.fullmatch(value) for value in times), times


async def test_s031_status_filters(world: World) -> None:
    made = {}
    for word in ("open", "pending", "resolved", "closed"):
        made[word] = await world.conversation(word)
        await world.boss.ok("PATCH", of(made[word]), {"status": word})
    for word, one in made.items():
        assert await listed(world.boss, status=word) == [one["id"]]
    assert len(await listed(world.boss, status="open,pending")) == 2


@pytest.mark.parametrize(("name", "word", "other"), [("priority", "high", "low"), ("channel", "whatsapp", "chat")])
async def test_s032_s033_priority_and_channel_filter(world: World, name: str, word: str, other: str) -> None:
    wanted = await world.conversation(**{name: word})
    await world.conversation(**{name: other})
    page = await world.boss.ok("GET", BASE, params={name: word})
    assert (ids(page), page["total"]) == ([wanted["id"]], 1)


async def test_s034_to_s037_the_assignee_filters_in_both_spellings(world: World) -> None:
    wanted, other = await world.conversation(), await world.conversation()
    team, (bob,) = await team_of(world, "Bob")
    elsewhere, (eve,) = await team_of(world, "Eve", name="Sales")
    await world.boss.ok("POST", of(wanted, "assign"), {"team_id": team, "agent_id": bob})
    await world.boss.ok("POST", of(other, "assign"), {"team_id": elsewhere, "agent_id": eve})
    assert await listed(world.boss, assigned_team_id=team) == [wanted["id"]]
    assert await listed(world.boss, assignee_team_id=team) == [wanted["id"]]
    assert await listed(world.boss, assigned_agent_id=bob) == [wanted["id"]]
    assert await listed(world.boss, assignee_user_id=bob) == [wanted["id"]]
    assert await listed(world.boss, assignee_user_id="agent_unknown") == []


async def test_both_spellings_may_agree_and_not_differ(world: World) -> None:
    one = await world.conversation()
    _, (bob, eve) = await team_of(world, "Bob", "Eve")
    await world.boss.ok("POST", of(one, "assign"), {"agent_id": bob})
    assert await listed(world.boss, assigned_agent_id=bob, assignee_user_id=bob) == [one["id"]]
    differing = await world.boss("GET", BASE, params={"assigned_agent_id": bob, "assignee_user_id": eve})
    assert faulty_fields(differing) == ["assigned_agent_id"]


async def test_s038_contact_id_filters(world: World) -> None:
    wanted = await world.conversation()
    await world.conversation()
    assert await listed(world.boss, contact_id=wanted["contact_id"]) == [wanted["id"]]


async def test_s039_company_id_filters(world: World) -> None:
    company_id = await company(world, "Globex")
    wanted = await world.conversation(contact_id=await world.contact(company_id=company_id))
    await world.conversation()
    page = await world.boss.ok("GET", BASE, params={"company_id": company_id})
    assert (ids(page), page["total"]) == ([wanted["id"]], 1)
    assert page["items"][0]["company_name"] == "Globex"


async def test_s040_tags_are_read_as_two(world: World) -> None:
    email = await world.conversation(tags=["email"])
    access = await world.conversation(tags=["Access", "vip"])
    both = await world.conversation(tags=["email", "access"])
    await world.conversation(tags=["vip", "emails"])
    for query in ("tags=email,access", "tags=email&tags=access", "tag=EMAIL&tags= access "):
        page = await world.boss.ok("GET", f"{BASE}?{query}")
        assert (set(ids(page)), page["total"]) == ({email["id"], access["id"], both["id"]}, 3), query


async def test_s041_search_finds_a_word_of_the_subject(world: World) -> None:
    wanted = await world.conversation("The Quarterly invoice is wrong")
    await world.conversation("Something else")
    assert await listed(world.boss, search="QUARTERLY") == [wanted["id"]]
    assert await listed(world.boss, search="invoice quarterly") == [wanted["id"]]
    assert await listed(world.boss, search="invoice yearly") == []


async def test_s042_search_finds_a_word_of_a_message_alone(world: World) -> None:
    wanted, other = await world.conversation(), await world.conversation()
    await world.boss.ok("POST", of(wanted, "reply"), {"body": "Please restart the Flugzeugträger."})
    await world.boss.ok("POST", of(other, "reply"), {"body": "Known to staff: zeppelin", "type": "note"})
    assert await listed(world.boss, search="flugzeugtrager") == [wanted["id"]]
    assert await listed(world.boss, search="zeppelin") == [other["id"]]
    assert await listed(world.boss, search="cannot flugzeugträger") == [wanted["id"]]  # subject and message


async def test_a_blank_search_searches_nothing(world: World) -> None:
    one = await world.conversation()
    assert await listed(world.boss, search="  ") == [one["id"]]


async def test_s043_exclude_id_leaves_exactly_one_out(world: World) -> None:
    made = await several(world, 3)
    page = await world.boss.ok("GET", BASE, params={"exclude_id": made[1]})
    assert (ids(page), page["total"]) == ([made[2], made[0]], 2)
    assert len(await listed(world.boss, exclude_id="conv_unknown")) == 3


async def test_s044_s045_deleted_ones_show_only_when_asked_for(world: World) -> None:
    kept, gone = await world.conversation(), await world.conversation()
    await world.boss.ok("DELETE", of(gone))
    assert await listed(world.boss) == await listed(world.boss, include_deleted="false") == [kept["id"]]
    page = await world.boss.ok("GET", BASE, params={"include_deleted": "true"})
    shown = {one["id"]: one["deleted_at"] for one in page["items"]}
    assert (set(shown), page["total"]) == ({kept["id"], gone["id"]}, 2)
    assert (shown[kept["id"]], shown[gone["id"]]) == (None, "2026-03-08T09:15:00Z")


@pytest.mark.parametrize(("flag", "action"), [("is_spam", "spam"), ("archived", "archive")], ids=["s046", "s047"])
async def test_s046_s047_spam_and_archived_show_alone_or_not_at_all(world: World, flag: str, action: str) -> None:
    kept, gone = await world.conversation(), await world.conversation()
    await world.boss.ok("POST", of(gone, action))
    assert await listed(world.boss, **{flag: "true"}) == [gone["id"]]
    assert await listed(world.boss, **{flag: "false"}) == await listed(world.boss) == [kept["id"]]
    assert (await world.boss.ok("GET", BASE, params={flag: "true"}))["total"] == 1


async def test_s048_times_bound_the_result(world: World) -> None:
    made = await several(world, 4)  # created at 09:16, 09:17, 09:18, 09:19
    world.clock.advance(hours=1)
    await world.boss.ok("PATCH", f"{BASE}/{made[0]}", {"priority": "high"})
    at = "2026-03-08T09:17:00Z"
    assert await listed(world.boss, created_after=at, sort_by="created_at", sort_order="asc") == made[1:]
    assert await listed(world.boss, created_before=at) == made[:1]
    assert await listed(world.boss, created_after=at, created_before="2026-03-08T09:19:00Z") == [made[2], made[1]]
    assert await listed(world.boss, updated_after="2026-03-08T10:00:00Z") == [made[0]]
    assert await listed(world.boss, updated_before="2026-03-08T10:00:00Z") == [made[3], made[2], made[1]]
    assert await listed(world.boss, created_before="2026-03-08T11:17:00+02:00") == made[:1]
    assert len(await listed(world.boss, created_after="2026-03-08")) == 4
    assert await listed(world.boss, created_after="2026-03-09", created_before="2026-03-08") == []


async def test_s048_an_unescaped_plus_sign_is_still_an_offset(world: World) -> None:
    await several(world, 2)
    assert (await world.boss.ok("GET", f"{BASE}?created_before=2026-03-08T11:17:00+02:00"))["total"] == 1


FILTERS = {
    "department_id": "department_id",
    "category": "category",
    "conversation_type": "conversation_type",
    "source": "source",
    "language": "detected_language",
    "sentiment": "current_sentiment_label",
    "sla_state": "sla_state",
}


async def test_s049_every_other_filter_filters(world: World) -> None:
    wanted, other = await world.conversation(), await world.conversation()
    await edit_core(world, wanted, **{core: f"{core} & more" for core in FILTERS.values()})
    await edit_core(world, other, **dict.fromkeys(FILTERS.values(), "something else"))
    for name, core in FILTERS.items():
        page = await world.boss.ok("GET", BASE, params={name: f"{core} & more"})
        assert (ids(page), page["total"]) == ([wanted["id"]], 1), name
        assert (await world.boss.ok("GET", BASE, params={name: f"{core} & more", "status": "closed"}))["total"] == 0


async def test_s049_email_channel_id_filters(world: World) -> None:
    await world.conversation()
    for strange in ("ec_unknown", "ec_00000000001"):
        assert await listed(world.boss, email_channel_id=strange) == []


async def test_s050_every_sort_key_sorts_both_ways(world: World) -> None:
    for subject, priority in (("a", "low"), ("B", "medium"), ("c", "urgent")):
        world.clock.advance(minutes=1)
        await world.conversation(subject, priority=priority)
    for by in ("created_at", "updated_at", "last_activity_at", "subject", "priority", "display_id"):
        for order, subjects in (("asc", ["a", "B", "c"]), ("desc", ["c", "B", "a"])):
            page = await world.boss.ok("GET", BASE, params={"sort_by": by, "sort_order": order})
            assert [one["subject"] for one in page["items"]] == subjects, (by, order)


async def test_s050_the_default_order_is_by_last_change(world: World) -> None:
    made = await several(world, 3)
    world.clock.advance(minutes=1)
    await world.boss.ok("POST", f"{BASE}/{made[0]}/reply", {"body": "Up again"})
    assert await listed(world.boss) == [made[0], made[2], made[1]]


UNREADABLE = [
    ("created_after", "yesterday"),
    ("created_before", "2026-13-01"),
    ("updated_after", "1772961300"),
    ("updated_before", "0000-00-00T00:00:00Z"),
    ("sort_by", "body"),
    ("sort_order", "sideways"),
    ("status", "snoozed"),
    ("priority", "critical"),
    ("is_spam", "maybe"),
    ("archived", "2"),
    ("include_deleted", "perhaps"),
]


async def test_s051_what_cannot_be_read_is_422(world: World) -> None:
    for name, value in UNREADABLE:
        assert faulty_fields(await world.boss("GET", BASE, params={name: value})) == [name], value


async def test_s052_a_422_lists_loc_msg_and_type(world: World) -> None:
    response = await world.boss("GET", f"{BASE}?limit=0")
    assert refusal(response) == (422, "validation_error")
    (fault,) = response.json()["detail"]
    assert set(fault) >= {"loc", "msg", "type"}
    assert fault["loc"] == ["query", "limit"]
    assert isinstance(fault["msg"], str)


async def test_filters_combine(world: World) -> None:
    wanted = await world.conversation("Printer on fire", priority="urgent", channel="chat", tags=["fire"])
    await world.conversation("Printer on fire", priority="urgent", channel="chat")
    await world.conversation("Printer on fire", priority="urgent", channel="email", tags=["fire"])
    await world.conversation("Printer is cold", priority="urgent", channel="chat", tags=["fire"])
    query: dict[str, Any] = {"priority": "urgent", "channel": "chat", "tags": "fire", "search": "on", "status": "open"}
    page = await world.boss.ok("GET", BASE, params=query)
    assert (ids(page), page["total"]) == ([wanted["id"]], 1)
    world.clock.advance(days=1)
    later = (world.clock() - timedelta(hours=1)).isoformat()
    assert await listed(world.boss, **query, created_after=later) == []
