"""Search boxes and what is unread (chatwoot.md 3.3 to 3.5)."""

from __future__ import annotations

from datetime import timedelta

from chatwoot_dialect.conftest import Office
from dragoman.core.conversations.queries import by_number
from dragoman.store import schema


async def test_statement_97_rows_hold_matching_messages_alone(office: Office) -> None:
    number = await office.conversation("The invoice", "Something else", "INVOICE again")
    await office.conversation("Nothing")
    body = await office.agent.ok("GET", f"{office.base}/conversations/search?q=invoice")
    assert body["meta"]["all_count"] == 1
    (row,) = body["payload"]
    assert (row["id"], row["contact"]["name"], row["inbox"]["name"]) == (number, "Jane Smith", "Website")
    assert [one["content"] for one in row["messages"]] == ["The invoice", "INVOICE again"]
    assert {one["message_type"] for one in row["messages"]} == {0}
    assert (await office.outsider.ok("GET", f"{office.base}/conversations/search?q=invoice"))["payload"] == []


async def test_boxes_find_each_their_own(office: Office) -> None:
    one = await office.conversation("Zebra crossing", contact="Zoë Zimmer")
    two = await office.conversation("Other", contact="Max")
    base = f"{office.base}/search"
    by_name = (await office.agent.ok("GET", f"{base}/conversations?q=zimm"))["payload"]["conversations"]
    assert [(row["id"], row["message"]["content"]) for row in by_name] == [(one, "Zebra crossing")]
    by_number_ = (await office.agent.ok("GET", f"{base}/conversations?q={two}"))["payload"]["conversations"]
    assert [row["contact"]["name"] for row in by_number_] == ["Max"]
    people = (await office.agent.ok("GET", f"{base}/contacts?q=ZIMM"))["payload"]["contacts"]
    assert [row["name"] for row in people] == ["Zoë Zimmer"]
    said = (await office.agent.ok("GET", f"{base}/messages?q=ebra%20c"))["payload"]["messages"]
    assert [(row["content"], row["conversation_id"]) for row in said] == [("Zebra crossing", one)]
    everything = (await office.agent.ok("GET", f"{base}?q=z"))["payload"]
    assert {name: len(rows) for name, rows in everything.items()} == {
        "conversations": 1,
        "contacts": 1,
        "messages": 1,
        "articles": 0,
    }
    for empty in (await office.agent.ok("GET", base), await office.outsider.ok("GET", f"{base}?q=crossing")):
        assert not any(empty["payload"].values())


async def test_messages_are_found_for_three_months_and_by_pages(office: Office) -> None:
    await office.conversation("zebra, long ago")
    office.world.clock.now += timedelta(days=100)
    await office.conversation(*(f"zebra {number}" for number in range(17)))
    path = f"{office.base}/search/messages?q=zebra"
    first = (await office.agent.ok("GET", path))["payload"]["messages"]
    second = (await office.agent.ok("GET", f"{path}&page=2"))["payload"]["messages"]
    assert [one["content"] for one in (*first, *second)] == [f"zebra {number}" for number in reversed(range(17))]
    assert len(first) == 15


async def test_what_is_unread_is_counted_by_inbox_label_and_team(office: Office) -> None:
    path, world = f"{office.base}/conversations/unread_counts", office.world
    await office.conversation("Hello", "Hello?", tags=("vip",))
    number = await office.conversation("Hello", tags=("vip", "other"))
    await office.conversation()
    async with world.database.write(world.account_id) as tx:
        label_id = await tx.next_id()
        more = {"color": "#fff", "is_in_sidebar": True, "created_at": tx.now, "updated_at": tx.now}
        await tx.insert(schema.labels, {"id": label_id, "title": "vip", **more})
    payload = {"inboxes": {str(office.inbox.id): 2}, "labels": {str(label_id): 2}, "teams": {}, "all_count": 2}
    assert await office.agent.ok("GET", path) == {"payload": payload}
    assert (await office.outsider.ok("GET", path))["payload"]["all_count"] == 0
    async with world.database.write(world.account_id) as tx:
        await tx.alter(schema.conversations, (await by_number(tx, number)).id, {"unread_count": 0})
    assert (await office.agent.ok("GET", path))["payload"]["all_count"] == 1
