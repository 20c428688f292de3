"""Teams and who belongs to them (chatwoot.md 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import actions, queries
from dragoman.core.accounts.models import Team, TeamRole, User
from dragoman.core.conversations import leaving
from dragoman.core.errors import NotFound, Taken
from dragoman.dialects.chatwoot import present_people
from dragoman.dialects.chatwoot.auth import NotYours, require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.shown import teams_of
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/teams", tag="Teams")
MEMBERS = "/{team_id}/team_members"


async def _shown(request: Request, tx: Tx, several: Sequence[Team]) -> list[Any]:
    mine = await teams_of(tx, principal(request).user_id)
    return [present_people.team(one, tx.account_id, is_member=one.id in mine) for one in several]


async def _reply(request: Request, tx: Tx, team: Team) -> Response:
    return reply((await _shown(request, tx, [team]))[0])


async def _fields(tx: Tx, wanted: Given, known: int | None = None) -> dict[str, Any]:
    """Those that are given. Raises Invalid, and Taken for another team's name."""
    found: dict[str, Any] = {"description": wanted.text("description")} if "description" in wanted else {}
    if "allow_auto_assign" in wanted:
        found["assigns_members"] = wanted.truth("allow_auto_assign", True)
    if "name" in wanted or known is None:
        found["name"] = wanted.needed("name", most=255).lower()
        if any(one.name.lower() == found["name"] and one.id != known for one in await queries.all_teams(tx)):
            raise Taken("name", "Another team has this name")
    return found


@routes.get("", summary="List teams")
async def list_account_teams(request: Request, tx: Reader) -> Response:
    """By name."""
    return reply(await _shown(request, tx, await queries.all_teams(tx)))


@routes.post("", summary="Create a team")
async def create_account_team(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    fields = await _fields(tx, await given(request, "team"))
    return await _reply(request, tx, await actions.add_team(tx, {"assigns_members": True, **fields}))


@routes.get("/{team_id}", summary="Show a team")
async def show_account_team(team_id: str, request: Request, tx: Reader) -> Response:
    return await _reply(request, tx, await queries.team(tx, number(team_id, "Team")))


@updates(routes, "/{team_id}", summary="Update a team")
async def update_account_team(team_id: str, request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    known = await queries.team(tx, number(team_id, "Team"))
    fields = await _fields(tx, await given(request, "team"), known.id)
    return await _reply(request, tx, await actions.edit_team(tx, known.id, fields))


@routes.delete("/{team_id}", summary="Delete a team")
async def delete_account_team(team_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Conversations lose the team."""
    require_administrator(principal(request))
    await leaving.dissolve_team(tx, number(team_id, "Team"))
    return nothing()


async def _people(tx: Tx, wanted: Given) -> list[User]:
    """Raises NotYours for an id outside the account (chatwoot.md 6.5)."""
    try:
        return [await queries.active_user(tx, one) for one in wanted.ids("user_ids")]
    except NotFound:
        raise NotYours from None


async def _members(tx: Tx, team_id: int) -> list[User]:
    await queries.team(tx, team_id)
    return [one.user for one in await queries.members(tx, team_id) if one.user.is_active]


def _agents(tx: Tx, several: Sequence[User]) -> Response:
    return reply([present_people.agent(one, tx.account_id) for one in several])


@routes.get(MEMBERS, summary="List a team's members")
async def list_account_team_members(team_id: str, tx: Reader) -> Response:
    return _agents(tx, await _members(tx, number(team_id, "Team")))


@routes.post(MEMBERS, summary="Add members to a team")
async def add_account_team_members(team_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Answers those that were not members before."""
    require_administrator(principal(request))
    known = number(team_id, "Team")
    before = {one.id for one in await _members(tx, known)}
    added = [one for one in await _people(tx, await given(request)) if one.id not in before]
    for one in added:
        await actions.put_member(tx, known, one.id, TeamRole.MEMBER)
    return _agents(tx, added)


@updates(routes, MEMBERS, summary="Replace a team's members")
async def replace_account_team_members(team_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Answers all."""
    require_administrator(principal(request))
    known = number(team_id, "Team")
    before = {one.id for one in await _members(tx, known)}
    wanted = {one.id for one in await _people(tx, await given(request))}
    for user_id in sorted(wanted - before):
        await actions.put_member(tx, known, user_id, TeamRole.MEMBER)
    for user_id in sorted(before - wanted):
        await actions.remove_member(tx, known, user_id)
    return _agents(tx, await _members(tx, known))


@routes.delete(MEMBERS, summary="Take members out of a team")
async def remove_account_team_members(team_id: str, request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    known = number(team_id, "Team")
    before = {one.id for one in await _members(tx, known)}
    for one in await _people(tx, await given(request)):
        if one.id in before:
            await actions.remove_member(tx, known, one.id)
    return nothing()
