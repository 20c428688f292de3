"""What the checklist's tests share: the documented field names, and short ways to ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.models import TeamRole
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import change, queries
from dragoman.dialects.aurion.ids import Prefix, read, show
from world import BASE, Caller, World

REFERENCE = Path(__file__).parent / "reference"
FIELDS: dict[str, list[str]] = json.loads((REFERENCE / "fields.json").read_text())
UNKNOWN = "conv_unknown"


def of(conversation: dict[str, Any], *more: str) -> str:
    """The address of a conversation, or of something below it."""
    return "/".join([BASE, conversation["id"], *more])


async def listed(caller: Caller, **query: Any) -> list[str]:
    """The ids that a list shows."""
    return ids(await caller.ok("GET", BASE, params=query))


async def searched(caller: Caller, *conditions: dict[str, Any], **body: Any) -> list[str]:
    """The ids that a search finds."""
    return ids(await caller.ok("POST", f"{BASE}/search", {"conditions": list(conditions), **body}))


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["items"]]


def refusal(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of a refusal, whose body must be complete."""
    body = response.json()
    assert isinstance(body["message"], str), body
    assert body["message"], body
    assert isinstance(body["detail"], list if response.status_code == 422 else str), body
    return response.status_code, body["error"]


def faulty_fields(response: httpx.Response) -> list[str]:
    """The fields that a 422 names."""
    assert response.status_code == 422, response.text
    return [one["field"] for one in response.json()["details"]]


async def team_of(world: World, *names: str, **more: Any) -> tuple[str, list[str]]:
    """A team with these new members: its id and theirs, as Aurion shows them, in the order of rotation."""
    users = [await world.user(name) for name in names]
    async with world.database.write(world.account_id) as tx:
        team = await accounts.add_team(tx, {"name": more.pop("name", "Support"), **more})
        for user in users:
            await accounts.put_member(tx, team.id, user.id, TeamRole.MEMBER)
    return show(Prefix.TEAM, team.id), [show(Prefix.USER, user.id) for user in users]


async def edit_core(world: World, conversation: dict[str, Any], **wanted: Any) -> None:
    """Change fields that no request can set, as channels and later work will."""
    async with world.database.write(world.account_id) as tx:
        before = await queries.lock(tx, read(Prefix.CONVERSATION, conversation["id"]))
        await change.apply(tx, before, **wanted)


async def company(world: World, name: str) -> str:
    """The id of a new company."""
    async with world.database.write(world.account_id) as tx:
        made = await contacts.add_company(tx, name=name, domain=None, tags=(), custom_attrs={})
    return show(Prefix.COMPANY, made.id)
