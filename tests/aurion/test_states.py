"""The code of each action in each state: the table of aurion.md 4.4, cell by cell.

A is active, R archived, S spam, D deleted and M a merged source.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from aurion.checklist import of
from dragoman.dialects.aurion.ids import Prefix, show
from world import BASE, World

STATES = "ARSDM"


@dataclass
class Subject:
    """A conversation in some state, and what it takes to act on it."""

    world: World
    address: str
    id: str
    other: str
    agent: str
    link: str
    attachment: str
    token: str

    async def __call__(self, method: str, path: str = "", body: Any = None, **more: Any) -> int:
        response = await self.world.boss(method, f"{self.address}{path}", body, **more)
        return response.status_code


Act = Callable[[Subject], Awaitable[int]]


async def share_get(on: Subject) -> int:
    return (await on.world.stranger("GET", f"{BASE}/share/{on.token}")).status_code


async def as_source(on: Subject) -> int:
    body = {"source_conversation_ids": [on.id]}
    return (await on.world.boss("POST", f"{BASE}/{on.other}/merge", body)).status_code


ACTIONS: dict[str, tuple[Act, tuple[int, int, int, int, int]]] = {
    "detail": (lambda on: on("GET"), (200, 200, 200, 404, 200)),
    "detail with deleted": (lambda on: on("GET", "?include_deleted=true"), (200, 200, 200, 200, 200)),
    "children": (lambda on: on("GET", "/children"), (200, 200, 200, 404, 200)),
    "links": (lambda on: on("GET", "/links"), (200, 200, 200, 404, 200)),
    "resolution": (lambda on: on("GET", "/resolution"), (200, 200, 200, 404, 200)),
    "export": (lambda on: on("GET", "/activities/export"), (200, 200, 200, 404, 200)),
    # The files of a merged source have gone to its primary.
    "download": (lambda on: on("GET", f"/attachments/{on.attachment}/download"), (200, 200, 200, 404, 404)),
    "patch": (lambda on: on("PATCH", "", {"priority": "high"}), (200, 200, 200, 404, 409)),
    "assign": (lambda on: on("POST", "/assign", {"agent_id": on.agent}), (200, 200, 200, 404, 409)),
    "reassign": (lambda on: on("POST", "/reassign", {"user_id": on.agent}), (200, 200, 200, 404, 409)),
    "unassign": (lambda on: on("POST", "/unassign"), (200, 200, 200, 404, 409)),
    "parent": (lambda on: on("POST", "/parent", {"parent_id": on.other}), (200, 200, 200, 404, 409)),
    "put resolution": (lambda on: on("PUT", "/resolution", {"resolution": "x"}), (200, 200, 200, 404, 409)),
    "reply": (lambda on: on("POST", "/reply", {"body": "x"}), (201, 201, 409, 404, 409)),
    "messages": (lambda on: on("POST", "/messages", {"body": "x"}), (201, 201, 409, 404, 409)),
    "children post": (lambda on: on("POST", "/children", {"subject": "x"}), (201, 201, 409, 404, 409)),
    "archive": (lambda on: on("POST", "/archive"), (200, 409, 409, 409, 409)),
    "unarchive": (lambda on: on("POST", "/unarchive"), (409, 200, 409, 404, 409)),
    "spam": (lambda on: on("POST", "/spam"), (200, 200, 200, 404, 409)),
    "unspam": (lambda on: on("POST", "/unspam"), (200, 200, 200, 404, 409)),
    "delete": (lambda on: on("DELETE"), (200, 200, 200, 404, 200)),
    "restore": (lambda on: on("POST", "/restore"), (409, 409, 409, 200, 409)),
    "read": (lambda on: on("PATCH", "/read"), (200, 200, 200, 404, 200)),
    "merge as primary": (
        lambda on: on("POST", "/merge", {"source_conversation_ids": [on.other]}),
        (200, 200, 409, 404, 409),
    ),
    "merge as source": (as_source, (200, 200, 200, 404, 409)),
    "share get": (share_get, (200, 200, 200, 404, 200)),
    "delete link": (lambda on: on("DELETE", f"/links/{on.link}"), (200, 200, 200, 404, 404)),
    "delete attachment": (lambda on: on("DELETE", f"/attachments/{on.attachment}"), (200, 200, 200, 404, 404)),
    # Not in the table; as the actions they are most like.
    "share post": (lambda on: on("POST", "/share", {}), (201, 201, 201, 404, 409)),
    "link post": (lambda on: on("POST", "/links", {"linked_conversation_id": on.other}), (201, 201, 201, 404, 409)),
    "snooze": (lambda on: on("POST", "/snooze", {"snoozed_until": "2027-01-01"}), (200, 200, 200, 404, 409)),
    "upload": (lambda on: on("POST", "/attachments", files={"file": ("a", b"a")}), (201, 201, 409, 404, 409)),
    "bulk archive": (lambda on: bulk(on), (200, 409, 409, 409, 409)),
}


READING = {"detail", "detail with deleted", "children", "links", "resolution", "export", "download", "share get"}


async def bulk(on: Subject) -> int:
    """The code that the one item stands for."""
    found = await on.world.boss.ok("POST", "/api/v2/bulk/conversations/archive", {"conversation_ids": [on.id]})
    return 200 if found["items"][0]["status"] == "success" else 409


async def subject(world: World, state: str) -> Subject:
    one = await world.conversation()
    other, third = [await world.conversation(contact_id=one["contact_id"]) for _ in range(2)]
    agent = show(Prefix.USER, world.admin.id)
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": third["id"]})
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    share = await world.boss.ok("POST", of(one, "share"), {})
    await world.boss.ok("PUT", of(one, "resolution"), {"resolution": "Done"})
    if state in "RS":
        await world.boss.ok("POST", of(one, {"R": "archive", "S": "spam"}[state]))
    if state == "D":
        await world.boss.ok("DELETE", of(one))
    if state == "M":
        await world.boss.ok("POST", of(third, "merge"), {"source_conversation_ids": [one["id"]]})
    return Subject(world, of(one), one["id"], other["id"], agent, link["id"], file["id"], share["token"])


@pytest.mark.parametrize("state", STATES)
async def test_every_action_in_this_state(world: World, state: str) -> None:
    codes, on = {}, await subject(world, state)
    for name, (act, expected) in ACTIONS.items():
        codes[name] = await act(on)
        if name not in READING and expected[STATES.index(state)] < 400:
            on = await subject(world, state)  # it has changed
    assert codes == {name: expected[STATES.index(state)] for name, (_, expected) in ACTIONS.items()}


async def test_a_reply_brings_an_archived_conversation_back(world: World) -> None:
    on = await subject(world, "R")
    await on("POST", "/reply", {"body": "x"})
    assert (await world.detail(on.id))["archived_at"] is None


async def test_a_line_of_the_system_leaves_an_archived_conversation_there(world: World) -> None:
    on = await subject(world, "R")
    await on("POST", "/merge", {"source_conversation_ids": [on.other]})
    assert (await world.detail(on.id))["archived_at"] is not None


async def test_spam_that_is_also_archived_can_be_unarchived(world: World) -> None:
    on = await subject(world, "R")
    assert await on("POST", "/spam") == 200
    assert await on("POST", "/unarchive") == 200
    assert (await world.detail(on.id))["is_spam"] is True


async def test_a_merged_sources_links_to_family_can_be_deleted(world: World) -> None:
    on = await subject(world, "A")
    await on("POST", "/parent", {"parent_id": on.other})
    third = await world.conversation()
    await world.boss.ok("POST", of(third, "merge"), {"source_conversation_ids": [on.id]})
    family = [one for one in await world.boss.ok("GET", f"{on.address}/links") if one["link_type"] == "parent"]
    assert [await on("DELETE", f"/links/{one['id']}") for one in family] == [200]
