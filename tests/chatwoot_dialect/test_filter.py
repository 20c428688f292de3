"""`POST conversations/filter`: every key and operator, how rows are joined, and every refusal (statements 82 to 96)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.core.conversations import assignment, editing, lifecycle
from dragoman.core.conversations.queries import by_number
from dragoman.store import schema
from dragoman.store.tx import WriteTx


def row(key: str, operator: str, *values: Any, joint: str | None = None) -> dict[str, Any]:
    return {"attribute_key": key, "filter_operator": operator, "values": list(values), "query_operator": joint}


async def filtered(office: Office, *rows: dict[str, Any]) -> set[int]:
    """The display ids, after a look at the counts."""
    body = await office.boss.ok("POST", f"{office.base}/conversations/filter", {"payload": list(rows)})
    assert body["meta"]["all_count"] == len(body["payload"])
    return {one["id"] for one in body["payload"]}


async def refused(office: Office, *rows: dict[str, Any]) -> str:
    response = await office.boss("POST", f"{office.base}/conversations/filter", {"payload": list(rows)})
    assert response.status_code == 422, response.text
    return str(response.json()["error"])


async def edit(office: Office, number: int, **changes: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await editing.edit(tx, (await by_number(tx, number)).id, changes)


async def define(tx: WriteTx, **types: str) -> None:
    for key, kind in types.items():
        row = {"id": await tx.next_id(), "of": "conversation", "key": key, "name": key, "type": kind, "choices": []}
        await tx.insert(
            schema.attribute_definitions,
            {
                **row,
                **dict.fromkeys(("description", "pattern", "pattern_hint", "usual")),
                "created_at": tx.now,
                "updated_at": tx.now,
            },
        )


async def test_statement_82_83_statuses(office: Office) -> None:
    one, two, three = [await office.conversation() for _ in range(3)]
    await edit(office, two, status="resolved")
    await edit(office, three, status="pending")
    assert await filtered(office, row("status", "equal_to", "resolved", "pending")) == {two, three}
    assert await filtered(office, row("status", "not_equal_to", "resolved")) == {one, three}
    assert await filtered(office, row("status", "equal_to", "all")) == {one, two, three}
    assert await filtered(office, row("status", "not_equal_to", "all")) == set()
    assert await filtered(office, row("status", "equal_to", "nothing")) == set()
    bare = {"attribute_key": "status", "filter_operator": "equal_to", "values": "resolved"}
    assert await filtered(office, bare) == {two}


async def test_statement_84_assignees_inboxes_and_teams(office: Office) -> None:
    one, two = await office.conversation(), await office.conversation()
    world = office.world
    async with world.database.write(world.account_id) as tx:
        await assignment.assign(tx, (await by_number(tx, two)).id, user_id=office.bob.id, team_id=None)
    assert await filtered(office, row("assignee_id", "is_not_present")) == {one}
    assert await filtered(office, row("assignee_id", "is_present")) == {two}
    assert await filtered(office, row("assignee_id", "equal_to", str(office.bob.id))) == {two}
    assert await filtered(office, row("assignee_id", "not_equal_to", office.eve.id)) == {two}  # nobody is not not Eve
    assert await filtered(office, row("inbox_id", "equal_to", office.inbox.id)) == {one, two}
    assert await filtered(office, row("team_id", "is_present")) == set()
    assert await filtered(office, row("campaign_id", "is_present")) == set()
    assert await filtered(office, row("campaign_id", "is_not_present")) == {one, two}
    assert await filtered(office, row("campaign_id", "equal_to", 1)) == set()


async def test_statement_85_labels(office: Office) -> None:
    one, two = await office.conversation(tags=("vip", "bill")), await office.conversation(tags=("bill",))
    three = await office.conversation()
    assert await filtered(office, row("labels", "not_equal_to", "vip")) == {two, three}
    assert await filtered(office, row("labels", "equal_to", "vip", "bill")) == {one, two}
    assert await filtered(office, row("labels", "is_present")) == {one, two}
    assert await filtered(office, row("labels", "is_not_present")) == {three}


async def test_statement_86_priorities(office: Office) -> None:
    one, two, three = [await office.conversation() for _ in range(3)]
    await edit(office, one, priority="high")
    await edit(office, two, priority="urgent")
    assert await filtered(office, row("priority", "equal_to", "high", "urgent")) == {one, two}
    assert await filtered(office, row("priority", "not_equal_to", "high")) == {two}
    assert three not in await filtered(office, row("priority", "not_equal_to", "low"))


async def test_statement_87_days(office: Office) -> None:
    one = await office.conversation()
    office.world.clock.now += timedelta(days=3)
    two = await office.conversation()
    day = office.world.clock().date()
    assert await filtered(office, row("created_at", "is_greater_than", str(day - timedelta(days=1)))) == {two}
    assert await filtered(office, row("created_at", "is_greater_than", str(day))) == set()
    assert await filtered(office, row("created_at", "is_less_than", str(day))) == {one}
    assert await filtered(office, row("created_at", "days_before", 1)) == {one}
    assert await filtered(office, row("last_activity_at", "days_before", "3")) == set()
    assert await filtered(office, row("created_at", "is_greater_than", "9999-12-31")) == set()


async def test_contacts_and_display_ids(office: Office) -> None:
    numbers = [await office.conversation() for _ in range(12)]
    async with office.world.database.read(office.world.account_id) as tx:
        contact_id = (await by_number(tx, numbers[3])).contact_id
    assert await filtered(office, row("contact_id", "equal_to", contact_id)) == {numbers[3]}
    assert await filtered(office, row("contact_id", "not_equal_to", contact_id)) == {*numbers} - {numbers[3]}
    assert await filtered(office, row("contact_id", "equal_to", 1)) == set()
    assert await filtered(office, row("display_id", "equal_to", "2", 3)) == {2, 3}
    assert await filtered(office, row("display_id", "not_equal_to", 2)) == {*numbers} - {2}
    assert await filtered(office, row("display_id", "contains", "1")) == {1, 10, 11, 12}
    assert await filtered(office, row("display_id", "does_not_contain", "1", 2)) == {3, 4, 5, 6, 7, 8, 9}


async def test_what_the_channel_told(office: Office) -> None:
    one = await office.conversation(origin_attrs={"browser_language": "de", "referer": "https://Shop.example/50%_off"})
    two = await office.conversation(origin_attrs={"browser_language": "en"})
    three = await office.conversation()
    assert await filtered(office, row("browser_language", "equal_to", "de", "fr")) == {one}
    assert await filtered(office, row("browser_language", "not_equal_to", "de")) == {two}
    assert await filtered(office, row("referer", "contains", " shop.EXAMPLE ")) == {one}
    assert await filtered(office, row("referer", "contains", "%")) == {one}
    assert await filtered(office, row("referer", "does_not_contain", "shop")) == set()
    assert await filtered(office, row("mail_subject", "equal_to", "Conversation")) == set()  # no mail
    assert three not in await filtered(office, row("conversation_language", "not_equal_to", "de"))
    await office.world.conversation("Where is it?")
    (mail,) = await filtered(office, row("mail_subject", "contains", "where is"))
    assert mail not in (one, two, three)


async def test_statement_88_89_attributes_of_the_account(office: Office) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await define(tx, plan="text", seats="number", due="date", paid="checkbox")
    gold = await office.conversation(custom_attrs={"plan": "Gold", "seats": 5, "due": "2024-05-01", "paid": True})
    tin = await office.conversation(custom_attrs={"plan": "tin", "seats": 70, "due": "2024-06-01T10:00:00Z"})
    bare = await office.conversation()
    assert await filtered(office, row("plan", "equal_to", "GOLD")) == {gold}
    assert await filtered(office, row("plan", "not_equal_to", "gold")) == {tin, bare}
    assert await filtered(office, row("plan", "contains", "ol")) == {gold}
    assert await filtered(office, row("plan", "is_present")) == {gold, tin}
    assert await filtered(office, row("plan", "is_not_present")) == {bare}
    assert await filtered(office, row("seats", "equal_to", "5.0")) == {gold}
    assert await filtered(office, row("seats", "is_greater_than", 5)) == {tin}
    assert await filtered(office, row("seats", "is_less_than", "70")) == {gold}
    assert await filtered(office, row("due", "equal_to", "2024-06-01")) == {tin}
    assert await filtered(office, row("due", "not_equal_to", "2024-06-01")) == {gold, bare}
    assert await filtered(office, row("due", "is_greater_than", "2024-05-01")) == {tin}
    assert await filtered(office, row("due", "is_less_than", "2024-06-01")) == {gold}
    assert await filtered(office, row("paid", "equal_to", True)) == {gold}
    assert await filtered(office, row("paid", "equal_to", "false")) == set()
    # What changes is followed, and not read again.
    await edit(office, bare, custom_attrs={"plan": "Gold"})
    late = await office.conversation(custom_attrs={"plan": "gold"})
    assert await filtered(office, row("plan", "equal_to", "gold")) == {gold, bare, late}
    joined = (row("plan", "not_equal_to", "gold", joint="AND"), row("status", "equal_to", "open"))
    assert await filtered(office, *joined) == {tin}
    for bad in (row("seats", "equal_to", "many"), row("seats", "contains", "5"), row("paid", "equal_to", "maybe")):
        assert bad["attribute_key"] in await refused(office, bad)


async def test_statement_90_and_binds_tighter(office: Office) -> None:
    one, two, three = [await office.conversation(tags=(tag,)) for tag in ("a", "b", "b")]
    await edit(office, three, status="resolved")
    a, b = row("labels", "equal_to", "a", joint="or"), row("labels", "equal_to", "b", joint="AND")
    assert await filtered(office, a, b, row("status", "equal_to", "resolved")) == {one, three}
    b_first = (row("status", "equal_to", "resolved", joint="AND"), row("labels", "equal_to", "b", joint="OR"))
    assert await filtered(office, *b_first, row("labels", "equal_to", "a", joint="OR")) == {one, three}
    assert two not in await filtered(office, a, b, row("status", "equal_to", "resolved"))


REFUSED = [
    pytest.param([row("colour", "equal_to", "red")], "colour", id="91"),
    pytest.param([row("status", "contains", "op")], "status", id="92"),
    pytest.param([row("status", "equal_to", "open", joint="XOR"), row("labels", "is_present")], "AND", id="93"),
    pytest.param([row("status", "equal_to", "open"), row("labels", "is_present")], "query_operator", id="93 none"),
    pytest.param([row("labels", "equal_to")], "labels", id="94"),
    pytest.param([{"attribute_key": "labels", "filter_operator": "equal_to"}], "labels", id="94 missing"),
    pytest.param([row("created_at", "is_greater_than", "soon")], "created_at", id="95"),
    pytest.param([row("created_at", "is_less_than", 5)], "created_at", id="95 number"),
    pytest.param([row("created_at", "days_before", "x")], "created_at", id="95 days"),
    pytest.param([row("created_at", "days_before", 10**14)], "created_at", id="95 too many days"),
    pytest.param([row("assignee_id", "equal_to", "bob")], "assignee_id", id="no id"),
    pytest.param([row("labels", "equal_to", {"a": 1})], "labels", id="no text"),
    pytest.param([{"filter_operator": "equal_to", "values": [1]}], "attribute_key", id="no key"),
    pytest.param([{"attribute_key": "status", "values": ["open"]}], "status", id="no operator"),
    pytest.param(["status"], "payload", id="no object"),
    pytest.param([], "payload", id="empty"),
    pytest.param([row("labels", "is_present", joint="AND")] * 51, "payload", id="too many"),
    pytest.param([row("display_id", "equal_to", *range(1001))], "display_id", id="too many values"),
]


@pytest.mark.parametrize(("rows", "named"), REFUSED)
async def test_statement_91_to_95_what_is_wrong_is_named(office: Office, rows: list[Any], named: str) -> None:
    assert named in await refused(office, *rows)


async def test_a_filter_without_a_payload_is_refused(office: Office) -> None:
    for body in ({}, {"payload": "status"}, {"payload": None}):
        response = await office.boss("POST", f"{office.base}/conversations/filter", body)
        assert (response.status_code, "payload" in response.json()["error"]) == (422, True)


async def test_statement_96_the_answer_and_its_pages(office: Office) -> None:
    numbers = [await office.conversation() for _ in range(27)]
    body = {"payload": [row("status", "equal_to", "open")]}
    path = f"{office.base}/conversations/filter"
    first = await office.agent.ok("POST", path, body)
    second = await office.agent.ok("POST", f"{path}?page=2", body)
    assert set(first) == {"meta", "payload"}
    assert set(first["meta"]) == {"mine_count", "assigned_count", "unassigned_count", "all_count"}
    assert [one["id"] for one in (*first["payload"], *second["payload"])] == numbers[::-1]
    assert first["meta"] == second["meta"]
    assert await office.agent.ok("POST", path, {**body, "page": 2}) == second
    assert (await office.outsider.ok("POST", path, body))["meta"]["all_count"] == 0


async def test_what_is_put_away_is_never_found(office: Office) -> None:
    numbers = [await office.conversation() for _ in range(4)]
    async with office.world.database.write(office.world.account_id) as tx:
        for number, away in zip(numbers, (lifecycle.archive, lifecycle.mark_spam, lifecycle.delete), strict=False):
            await away(tx, (await by_number(tx, number)).id)
    assert await filtered(office, row("status", "equal_to", "all")) == {numbers[3]}
