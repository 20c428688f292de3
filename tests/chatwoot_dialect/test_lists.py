"""`GET conversations` and its counts (chatwoot.md 2 and 3.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.core.accounts import actions as accounts
from dragoman.core.channels import actions as channels
from dragoman.core.channels import members
from dragoman.core.conversations import assignment, editing, lifecycle
from dragoman.core.conversations.queries import by_number
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.store import schema
from world import Caller


async def listed(office: Office, caller: Caller | None = None, query: str = "") -> list[int]:
    body = await (caller or office.boss).ok("GET", f"{office.base}/conversations?{query}")
    return [one["id"] for one in body["data"]["payload"]]


async def counts(office: Office, caller: Caller | None = None, query: str = "") -> dict[str, int]:
    """The list's, which must be what `meta` says (statement 81) and add up (28)."""
    who = caller or office.boss
    meta: dict[str, int] = (await who.ok("GET", f"{office.base}/conversations?{query}"))["data"]["meta"]
    assert await who.ok("GET", f"{office.base}/conversations/meta?{query}") == {"meta": meta}
    assert all(type(one) is int for one in meta.values())
    assert meta["assigned_count"] + meta["unassigned_count"] == meta["all_count"]
    return meta


async def edit(office: Office, number: int, **changes: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await editing.edit(tx, (await by_number(tx, number)).id, changes)


async def say(office: Office, number: int, text: str, sender: Sender = Sender.AGENT, **more: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        one = await by_number(tx, number)
        sender_id = one.contact_id if sender is Sender.CONTACT else office.bob.id
        await posting.post(tx, one.id, NewMessage(body=text, sender=sender, sender_id=sender_id, **more))


async def assign(office: Office, number: int, **to: Any) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await assignment.assign(tx, (await by_number(tx, number)).id, **{"user_id": None, "team_id": None, **to})


async def test_statement_12_18_to_22_statuses(office: Office) -> None:
    one, two, three, four = [await office.conversation() for _ in range(4)]
    await edit(office, two, status="resolved")
    await edit(office, three, status="pending")
    async with office.world.database.write(office.world.account_id) as tx:
        until = tx.now + timedelta(days=1)
        await lifecycle.snooze(tx, (await by_number(tx, four)).id, until=until)
    body = await office.boss.ok("GET", f"{office.base}/conversations")
    assert (list(body), sorted(body["data"])) == (["data"], ["meta", "payload"])
    assert await listed(office) == await listed(office, query="nothing=1&status=") == [one]
    assert sorted(await listed(office, query="status=all")) == [one, two, three, four]
    assert await listed(office, query="status=resolved") == [two]
    assert await listed(office, query="status=pending") == [three]
    assert await listed(office, query="status=snoozed") == [four]
    assert sorted(await listed(office, query="status[]=pending&status[]=snoozed")) == [three, four]
    assert await listed(office, query="status=nothing") == []
    assert (await counts(office, query="status=all"))["all_count"] == 4
    assert (await counts(office, query="status=nothing"))["all_count"] == 0


async def test_statement_23_to_32_assignees_and_counts(office: Office) -> None:
    mine, others, nobodys, bots = [await office.conversation() for _ in range(4)]
    await assign(office, mine, user_id=office.bob.id)
    await assign(office, others, user_id=office.ann.id)
    async with office.world.database.write(office.world.account_id) as tx:
        one = await by_number(tx, bots)
        await tx.alter(schema.conversations, one.id, {"assignee_bot_id": 77})
    bob = office.agent
    assert await listed(office, bob, "assignee_type=me") == [mine]
    assert sorted(await listed(office, bob, "assignee_type=unassigned")) == [nobodys, bots]
    assert sorted(await listed(office, bob, "assignee_type=assigned")) == [mine, others]
    assert len(await listed(office, bob, "assignee_type=whoever")) == 4
    wanted = {"mine_count": 1, "assigned_count": 2, "unassigned_count": 2, "all_count": 4}
    for kind in ("me", "unassigned", "assigned", "all", "whoever"):
        assert await counts(office, bob, f"assignee_type={kind}&page=9&sort_by=created_at_asc") == wanted
    assert (await counts(office, office.boss))["mine_count"] == 1
    await assign(office, others, user_id=office.bob.id)
    assert (await counts(office, office.boss))["mine_count"] == 0


async def test_statement_33_to_38_pages(office: Office) -> None:
    numbers = []
    for _ in range(27):
        office.world.clock.now += timedelta(seconds=1)
        numbers.append(await office.conversation())
    pages = [await listed(office, query=f"page={page}") for page in (1, 2, 3)]
    assert (pages[0] + pages[1], pages[2]) == (numbers[::-1], [])
    assert [len(one) for one in pages] == [25, 2, 0]
    assert await counts(office) == await counts(office, query="page=3")
    for odd in ("0", "x", "-1", ""):
        assert await listed(office, query=f"page={odd}") == pages[0]
    assert await listed(office, query=f"page={10**30}") == []
    office.world.clock.now += timedelta(seconds=1)
    await say(office, numbers[0], "Here")
    assert (await listed(office))[0] == numbers[0]
    assert len(await listed(office, query="updated_within=3600")) == 27  # statement 54
    assert await listed(office, query="updated_within=1") == [numbers[0]]


async def test_statement_39_to_43_orders(office: Office) -> None:
    numbers = []
    for priority in ("low", "none", "urgent", "high", "medium"):
        office.world.clock.now += timedelta(seconds=1)
        number = await office.conversation()
        await edit(office, number, priority=priority)
        numbers.append(number)
    low, none, urgent, high, medium = numbers
    up, down = (
        await listed(office, query="sort_by=created_at_asc"),
        await listed(office, query="sort_by=created_at_desc"),
    )
    assert up == down[::-1] == numbers == await listed(office, query="sort_by=sort_on_created_at")
    falling = [urgent, high, medium, low, none]
    for name in ("priority_desc", "sort_on_priority", "priority_desc_created_at_asc"):
        assert await listed(office, query=f"sort_by={name}") == falling
    assert await listed(office, query="sort_by=priority_asc") == [low, medium, high, urgent, none]
    await say(office, low, "An answer")  # nobody waits there any more
    assert await listed(office, query="sort_by=waiting_since_asc") == [none, urgent, high, medium, low]
    assert await listed(office, query="sort_by=waiting_since_desc") == [medium, high, urgent, none, low]
    await say(office, high, "Well?", Sender.CONTACT)
    assert (await listed(office, query="sort_by=unread"))[0] == high
    usual = await listed(office)
    assert usual == await listed(office, query="sort_by=whatever") == await listed(office, query="sort_by=latest")


async def test_statement_15_30_45_46_teams_and_labels(office: Office) -> None:
    one, two = await office.conversation(tags=("a",)), await office.conversation(tags=("b", "a"))
    three, four = await office.conversation(tags=("c",)), await office.conversation()
    for spelled in ("labels[]=b&labels[]=c", "labels=b&labels=c", "labels=b,c"):
        assert sorted(await listed(office, query=spelled)) == [two, three]
        assert (await counts(office, query=spelled))["all_count"] == 2
    assert sorted(await listed(office, query="labels=a")) == [one, two]
    async with office.world.database.write(office.world.account_id) as tx:
        team = await accounts.add_team(tx, {"name": "Second level"})
    await assign(office, four, team_id=team.id)
    assert await listed(office, query=f"team_id={team.id}") == [four]
    assert (await counts(office, query=f"team_id={team.id}"))["all_count"] == 1
    assert (await office.boss("GET", f"{office.base}/conversations?team_id=1")).status_code == 404


async def test_statement_44_47_an_agent_sees_own_inboxes(office: Office) -> None:
    world = office.world
    number = await office.conversation()
    async with world.database.write(world.account_id) as tx:
        other = await channels.add(tx, channels.NewInbox(name="Other", channel="api", address=None, provider="api"))
        await members.add(tx, other.id, [office.eve.id])
    assert await listed(office) == await listed(office, office.agent) == [number]
    assert await listed(office, office.outsider) == []
    assert (await counts(office, office.outsider))["all_count"] == 0
    inbox = f"inbox_id={office.inbox.id}"
    assert await listed(office, query=inbox) == [number]
    assert await listed(office, office.outsider, inbox) == []
    assert await listed(office, query=f"inbox_id={other.id}") == await listed(office, query="inbox_id=99") == []
    assert (await counts(office, query=inbox))["all_count"] == 1


async def test_statement_48_to_53_text(office: Office) -> None:
    one = await office.conversation("The Invoice is 50% wrong", "invoice again", contact="Invoicer")
    two, three = await office.conversation("log_in fails"), await office.conversation("logXin works", contact="Zed")
    await say(office, three, "a private INVOICE", is_internal=True)
    await edit(office, one, status="resolved")
    for text in ("invoice", "VOIC", "nvoic"):
        assert sorted(await listed(office, query=f"q={text}")) == [one, three], text
    assert await listed(office, query="q=invoice%20is%2050%25&status=open") == [one]
    assert await listed(office, query="q=50%25") == [one]
    assert await listed(office, query="q=g_in") == [two]
    assert await listed(office, query="q=invoicer") == await listed(office, query="q=zed") == []
    assert await listed(office, query="q=marked%20resolved") == await listed(office, query="q=%25%25") == []
    assert sorted(await listed(office, query="q=")) == [two, three]
    for _ in range(26):
        await office.conversation("another invoice")
    assert len(await listed(office, query="q=invoice")) == 25
    assert (await counts(office, query="q=invoice"))["all_count"] == 28
    assert await listed(office, office.outsider, "q=invoice") == []
    assert (await office.boss("GET", f"{office.base}/conversations?q={'%00' * 3}")).status_code == 200


async def test_statement_55_to_58_links_and_kinds(office: Office) -> None:
    one, two = await office.conversation("Hello"), await office.conversation("Hello")
    world = office.world
    async with world.database.write(world.account_id) as tx:
        first, second = await by_number(tx, one), await by_number(tx, two)
        for table, conversation in ((schema.participants, first), (schema.mentions, second)):
            row = {"conversation_id": conversation.id, "user_id": office.bob.id, "created_at": tx.now}
            await tx.insert(table, row)
    assert await listed(office, query=f"source_id=source-{first.contact_id}") == [one]
    assert await listed(office, query="source_id=nobody") == []
    assert await listed(office, office.agent, "conversation_type=participating") == [one]
    assert await listed(office, office.agent, "conversation_type=mention") == [two]
    assert await listed(office, query="conversation_type=mention") == []
    await say(office, one, "An answer")
    assert await listed(office, query="conversation_type=unattended") == [two]
    await say(office, one, "And?", Sender.CONTACT)
    assert sorted(await listed(office, query="conversation_type=unattended")) == [one, two]


@pytest.mark.parametrize("away", ["archive", "mark_spam", "delete"])
async def test_what_is_put_away_is_never_listed(office: Office, away: str) -> None:
    kept, gone = await office.conversation("Hello"), await office.conversation("Hello")
    async with office.world.database.write(office.world.account_id) as tx:
        await getattr(lifecycle, away)(tx, (await by_number(tx, gone)).id)
    assert await listed(office, query="status=all") == await listed(office, query="q=hello") == [kept]


async def test_the_address_of_a_file_is_that_by_which_each_came(office: Office) -> None:
    number = await office.conversation("Hello")
    files = {"attachments[]": ("note.txt", b"some bytes", "text/plain")}
    path = f"{office.base}/conversations"
    assert (await office.agent("POST", f"{path}/{number}/messages", files=files)).status_code == 200
    for host in ("evil.example", "dragoman.test"):
        (one,) = (await office.agent.ok("GET", path, headers={"Host": host}))["data"]["payload"]
        address = one["messages"][0]["attachments"][0]["data_url"]
        assert address.startswith(f"http://{host}/attachments/")
    assert (await office.world.stranger("GET", address)).content == b"some bytes"


async def test_a_list_shows_what_one_conversation_shows(office: Office) -> None:
    number = await office.conversation("Hello")
    for _ in range(2):  # rendered, and from what was rendered
        body = await office.boss.ok("GET", f"{office.base}/conversations")
        assert body["data"]["payload"] == [await office.boss.ok("GET", f"{office.base}/conversations/{number}")]
