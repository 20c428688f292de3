"""The same story through two dialects is the same event log, and each shows what the other did (chatwoot.md 10)."""

from __future__ import annotations

from typing import Any

from chatwoot_dialect.conftest import Office, token
from dragoman.core.conversations import activities, creation, queries
from dragoman.dialects.aurion.ids import Prefix, show
from world import BASE, Caller


async def begun(office: Office, contact: str) -> creation.Conversation:
    world = office.world
    number = await office.conversation("Where is my parcel?", contact=contact)
    async with world.database.read(world.account_id) as tx:
        return await queries.by_number(tx, number)


async def by_chatwoot(office: Office, who: Caller, one: creation.Conversation, team_id: int) -> None:
    path = f"{office.base}/conversations/{one.number}"
    await who.ok("POST", f"{path}/messages", {"content": "Let me look."})
    await who.ok("POST", f"{path}/messages", {"content": "She is a regular.", "private": True})
    await who.ok("POST", f"{path}/labels", {"labels": ["parcel"]})
    await who.ok("POST", f"{path}/toggle_priority", {"priority": "urgent"})
    await who.ok("POST", f"{path}/assignments", {"assignee_id": office.bob.id})
    await who.ok("POST", f"{path}/assignments", {"team_id": team_id})
    until = int(office.world.clock().timestamp()) + 3600
    await who.ok("POST", f"{path}/toggle_status", {"status": "snoozed", "snoozed_until": until})
    await who.ok("POST", f"{path}/toggle_status", {"status": "open"})
    await who.ok("POST", f"{path}/toggle_status", {"status": "pending"})
    await who.ok("POST", f"{path}/toggle_status", {"status": "resolved"})
    await who.ok("POST", f"{path}/toggle_status", {"status": "open"})


async def by_aurion(office: Office, who: Caller, one: creation.Conversation, team_id: int) -> None:
    path = f"{BASE}/{show(Prefix.CONVERSATION, one.id)}"
    await who.ok("POST", f"{path}/reply", {"body": "Let me look.", "type": "reply"})
    await who.ok("POST", f"{path}/reply", {"body": "She is a regular.", "type": "note"})
    await who.ok("PATCH", path, {"tags": ["parcel"]})
    await who.ok("PATCH", path, {"priority": "urgent"})
    await who.ok("POST", f"{path}/assign", {"agent_id": show(Prefix.USER, office.bob.id)})
    await who.ok("POST", f"{path}/assign", {"team_id": show(Prefix.TEAM, team_id)})
    until = office.world.clock().replace(hour=office.world.clock().hour + 1)
    await who.ok("PATCH", path, {"snoozed_until": until.isoformat()})
    await who.ok("PATCH", path, {"snoozed_until": None})
    await who.ok("PATCH", path, {"status": "pending"})
    await who.ok("PATCH", path, {"status": "resolved"})
    await who.ok("PATCH", path, {"status": "open"})


async def log_of(office: Office, one: creation.Conversation) -> list[tuple[str, Any]]:
    """What happened, without what names this conversation's own rows."""
    world = office.world
    own = ("message_id", "number", "reason")
    async with world.database.read(world.account_id) as tx:
        found = await activities.activities_of(tx, one.id)
    return [
        (event.kind, {name: value for name, value in event.data.items() if name not in own and name != "sender_id"})
        for event in found
    ]


async def test_the_same_story_is_the_same_log(office: Office) -> None:
    team = await office.boss.ok("POST", f"{office.base}/teams", {"name": "sales", "allow_auto_assign": False})
    who = await token(office.world, office.ann)
    first, second = await begun(office, "Jane"), await begun(office, "Joan")
    await by_chatwoot(office, who, first, team["id"])
    await by_aurion(office, who, second, team["id"])
    assert await log_of(office, first) == await log_of(office, second)


async def test_each_shows_what_was_done_through_the_other(office: Office) -> None:
    team = await office.boss.ok("POST", f"{office.base}/teams", {"name": "sales", "allow_auto_assign": False})
    who = await token(office.world, office.ann)
    first, second = await begun(office, "Jane"), await begun(office, "Joan")
    await by_chatwoot(office, who, first, team["id"])
    await by_aurion(office, who, second, team["id"])
    theirs, ours = [await who.ok("GET", f"{BASE}/{show(Prefix.CONVERSATION, one.id)}") for one in (first, second)]
    for name in ("status", "priority", "tags", "assignee_user_name", "assignee_team_name", "snoozed_until"):
        assert theirs[name] == ours[name], name
    shown = [await who.ok("GET", f"{office.base}/conversations/{one.number}") for one in (second, first)]
    for name in ("status", "priority", "labels", "snoozed_until", "unread_count", "waiting_since"):
        assert shown[0][name] == shown[1][name], name
    threads = []
    for one in (second, first):
        path = f"{office.base}/conversations/{one.number}/messages"
        threads.append((await who.ok("GET", path))["payload"])
    told = [[(one["content"], one["message_type"], one["private"]) for one in thread] for thread in threads]
    assert told[0] == told[1]
