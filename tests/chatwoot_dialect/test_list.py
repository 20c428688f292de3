"""The list and its four counts (chatwoot.md 2, statements 18 to 58)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.core.conversations import assignment, editing, lifecycle, queries
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.store import schema
from world import Caller

COUNTS = ("mine_count", "unassigned_count", "assigned_count", "all_count")


async def listed(who: Caller, office: Office, query: str = "") -> tuple[list[int], dict[str, int]]:
    """The display ids of a page, and the counts."""
    found = (await who.ok("GET", f"{office.base}/conversations?{query}"))["data"]
    return [one["id"] for one in found["payload"]], found["meta"]


async def edit(office: Office, number: int, **wanted: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await editing.edit(tx, (await queries.by_number(tx, number)).id, wanted)


async def give(office: Office, number: int, user_id: int) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await assignment.assign(tx, (await queries.by_number(tx, number)).id, user_id=user_id, team_id=None)


async def say(office: Office, number: int, body: str, **more: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        one = await queries.by_number(tx, number)
        new = NewMessage(body=body, **{"sender": Sender.AGENT, "sender_id": office.bob.id, **more})
        await posting.post(tx, one.id, new)


@pytest.fixture
async def four(office: Office) -> list[int]:
    """One of each status, a second apart: open, resolved, pending, snoozed."""
    made = []
    for at in range(4):
        office.world.clock.advance(seconds=1)
        made.append(await office.conversation(f"Message {at}"))
    await edit(office, made[1], status="resolved")
    await edit(office, made[2], status="pending")
    await edit(office, made[3], snoozed_until=office.world.clock().replace(year=2030))
    return made


async def test_statements_18_19_open_ones_come_with_four_counts(office: Office, four: list[int]) -> None:
    ids, counts = await listed(office.boss, office)
    assert ids == [four[0]]
    assert counts == {"mine_count": 0, "assigned_count": 0, "unassigned_count": 1, "all_count": 1}


async def test_statements_20_22_status(office: Office, four: list[int]) -> None:
    assert set((await listed(office.boss, office, "status=all"))[0]) == set(four)
    for number, word in zip(four, ("open", "resolved", "pending", "snoozed"), strict=True):
        assert (await listed(office.boss, office, f"status={word}"))[0] == [number]
    assert (await listed(office.boss, office, "status=closed")) == ([], dict.fromkeys(COUNTS, 0))
    assert set((await listed(office.boss, office, "status[]=open&status[]=pending"))[0]) == {four[0], four[2]}


async def test_statements_23_29_whose_they_are(office: Office) -> None:
    mine, hers, nobodys = [await office.conversation() for _ in range(3)]
    await give(office, mine, office.bob.id)
    await give(office, hers, office.ann.id)
    wanted = {"me": {mine}, "unassigned": {nobodys}, "assigned": {mine, hers}, "all": {mine, hers, nobodys}, "x": None}
    for word, right in wanted.items():
        ids, counts = await listed(office.agent, office, f"assignee_type={word}")
        assert set(ids) == (right or {mine, hers, nobodys}), word
        assert counts == {"mine_count": 1, "assigned_count": 2, "unassigned_count": 1, "all_count": 3}
    _, theirs = await listed(office.outsider, office)
    assert theirs == dict.fromkeys(COUNTS, 0)


async def test_statement_30_the_counts_follow_the_filters(office: Office) -> None:
    first, second = [await office.conversation() for _ in range(2)]
    await edit(office, first, tags=["vip"])
    await edit(office, second, status="resolved")
    assert (await listed(office.boss, office, "labels=vip"))[1]["all_count"] == 1
    assert (await listed(office.boss, office, "labels=none"))[1]["all_count"] == 0
    assert (await listed(office.boss, office, f"inbox_id={office.inbox.id}&status=all"))[1]["all_count"] == 2
    assert (await listed(office.boss, office, "inbox_id=99&status=all")) == ([], dict.fromkeys(COUNTS, 0))


async def test_statements_31_37_pages(office: Office) -> None:
    made = []
    for _ in range(26):
        office.world.clock.advance(seconds=1)
        made.append(await office.conversation())
    first, counts = await listed(office.agent, office)
    second, also = await listed(office.agent, office, "page=2")
    assert (len(first), len(second), counts) == (25, 1, also)
    assert first + second == made[::-1]
    assert await listed(office.agent, office, "page=3") == ([], counts)
    for page in ("0", "x", "-1", ""):
        assert (await listed(office.agent, office, f"page={page}"))[0] == first
    everything, same = await listed(office.agent, office, "updated_within=100000")
    assert (len(everything), same) == (26, counts)
    assert (await listed(office.agent, office, "updated_within=5"))[0] == made[:-7:-1]


async def test_statement_38_a_message_moves_it_to_the_top(office: Office) -> None:
    first = await office.conversation("One")
    office.world.clock.advance(seconds=5)
    second = await office.conversation("Two")
    assert (await listed(office.boss, office))[0] == [second, first]
    office.world.clock.advance(seconds=5)
    await say(office, first, "Hello")
    assert (await listed(office.boss, office))[0] == [first, second]


async def test_statements_39_43_orders(office: Office) -> None:
    made = []
    for word in ("low", "none", "urgent", "medium"):
        office.world.clock.advance(seconds=1)
        made.append(await office.conversation("Hello"))
        await edit(office, made[-1], priority=word)
    low, none, urgent, medium = made
    office.world.clock.advance(seconds=1)
    await say(office, none, "Answered")
    for sort, right in {
        "created_at_asc": made,
        "created_at_desc": made[::-1],
        "priority_desc": [urgent, medium, low, none],
        "priority_asc": [low, medium, urgent, none],
        "priority_desc_created_at_asc": [urgent, medium, low, none],
        "waiting_since_asc": [low, urgent, medium, none],
        "waiting_since_desc": [medium, urgent, low, none],
        "sort_on_created_at": made,
        "latest": [none, medium, urgent, low],
        "nonsense": [none, medium, urgent, low],
    }.items():
        assert (await listed(office.boss, office, f"sort_by={sort}"))[0] == right, sort


async def test_statements_44_47_inboxes_and_teams(office: Office) -> None:
    number = await office.conversation()
    assert (await listed(office.outsider, office, f"inbox_id={office.inbox.id}"))[0] == []
    assert (await listed(office.boss, office, f"inbox_id={office.inbox.id}"))[0] == [number]
    assert (await office.boss("GET", f"{office.base}/conversations?team_id=99")).status_code == 404
    await office.world.conversation()  # by Aurion's way, through no inbox
    assert len((await listed(office.boss, office))[0]) == 2
    assert (await listed(office.agent, office))[0] == [number]


async def test_statements_15_46_labels_in_every_form(office: Office) -> None:
    first, second, third = [await office.conversation() for _ in range(3)]
    await edit(office, first, tags=["a"])
    await edit(office, second, tags=["b"])
    await edit(office, third, tags=["c"])
    for query in ("labels[]=a&labels[]=b", "labels=a&labels=b", "labels=a,b", "labels%5B%5D=a&labels%5B%5D=b"):
        assert set((await listed(office.boss, office, query))[0]) == {first, second}, query


async def test_statements_48_53_text(office: Office) -> None:
    first = await office.conversation("Please REFUND the parcel", contact="Zacharias")
    second = await office.conversation("Nothing", "50% off_now?", contact="Refundo")
    await say(office, second, "an Öffnung inside", is_internal=True)
    await edit(office, first, status="resolved")
    for piece, right in {
        "refund": {first},
        "fun": {first},
        "fund the par": {first},
        "und  the": set(),
        "zacharias": set(),
        "öffnung": {second},
        "50%": {second},
        "off_n": {second},
        "%": {second},
        "now?": {second},
        "resolved": set(),
        "e": {first, second},
        "1": set(),
    }.items():
        ids, counts = await listed(office.boss, office, f"status=open&q={piece.replace('%', '%25')}")
        assert (set(ids), counts["all_count"]) == (right, len(right)), piece
        assert len(ids) == len(right)
    assert (await listed(office.boss, office, "q="))[0] == [second]


async def test_statements_55_58_links_and_kinds(office: Office) -> None:
    world = office.world
    made = [await office.conversation("Hello") for _ in range(3)]
    async with world.database.write(world.account_id) as tx:
        one = await queries.by_number(tx, made[0])
        for table in (schema.participants, schema.mentions):
            row = {"conversation_id": one.id, "user_id": office.bob.id, "created_at": tx.now}
            await tx.insert(table, row)
        source = f"source-{one.contact_id}"
    assert (await listed(office.boss, office, f"source_id={source}"))[0] == [made[0]]
    assert (await listed(office.boss, office, "source_id=nobody"))[0] == []
    for kind in ("participating", "mention"):
        assert (await listed(office.agent, office, f"conversation_type={kind}"))[0] == [made[0]]
        assert (await listed(office.boss, office, f"conversation_type={kind}"))[0] == []
    await say(office, made[1], "Answered")
    unattended = set((await listed(office.agent, office, "conversation_type=unattended"))[0])
    assert unattended == {made[0], made[2]}
    world.clock.advance(seconds=1)
    await say(office, made[1], "Again", sender=Sender.CONTACT, sender_id=None)
    assert set((await listed(office.agent, office, "conversation_type=unattended"))[0]) == set(made)


async def test_statement_81_meta_is_the_lists_counts(office: Office, four: list[int]) -> None:
    for query in ("", "status=all", "status=resolved&labels=x", f"inbox_id={office.inbox.id}"):
        meta = await office.agent.ok("GET", f"{office.base}/conversations/meta?{query}")
        assert meta == {"meta": (await listed(office.agent, office, query))[1]}


async def test_statement_12_what_is_unknown_changes_nothing(office: Office, four: list[int]) -> None:
    assert await listed(office.boss, office, "nonsense=1&x[y]=2") == await listed(office.boss, office)


async def test_a_card_shows_people_as_they_are_now(office: Office) -> None:
    number = await office.conversation("Hello")
    await give(office, number, office.bob.id)
    path = f"{office.base}/conversations"
    before = (await office.boss.ok("GET", path))["data"]["payload"][0]
    assert before == await office.boss.ok("GET", f"{path}/{number}")
    async with office.world.database.write(office.world.account_id) as tx:
        await tx.alter(schema.users, office.bob.id, {"availability": "busy"})
        await tx.alter(schema.contacts, before["meta"]["sender"]["id"], {"last_seen_at": tx.now})
    after = (await office.boss.ok("GET", path))["data"]["payload"][0]
    assert after["meta"]["assignee"]["availability_status"] == "busy"
    assert after["meta"]["sender"]["last_activity_at"] == int(office.world.clock().timestamp())
    assert after == await office.boss.ok("GET", f"{path}/{number}")


async def test_what_is_away_is_not_listed(office: Office) -> None:
    made = [await office.conversation() for _ in range(4)]
    async with office.world.database.write(office.world.account_id) as tx:
        for number, change in zip(made, ("deleted_at", "archived_at", "is_spam"), strict=False):
            key = (await queries.by_number(tx, number)).id

            await {"deleted_at": lifecycle.delete, "archived_at": lifecycle.archive, "is_spam": lifecycle.mark_spam}[
                change
            ](tx, key)
    assert (await listed(office.boss, office, "status=all"))[0] == [made[3]]
