"""Teams and their members (aurion.md 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query, Request
from starlette.responses import Response

from dragoman.core.accounts import actions, queries
from dragoman.core.accounts.models import Team
from dragoman.dialects.aurion import present_people as present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import known, router
from dragoman.dialects.aurion.routes.listing import usual_limit
from dragoman.dialects.aurion.routes.paging import Envelope, Offset, Text, page_reply, words
from dragoman.dialects.aurion.wire.people import MemberOut, MembersOut, TeamOut, TeamPageOut
from dragoman.dialects.aurion.wire.people_inputs import MemberIn, TeamIn, TeamPatchIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/api/v2/teams", "Teams")
TeamId = Annotated[str, Path(max_length=200)]
UserId = Annotated[str, Path(max_length=200)]


@routes.get("", responses=returns(TeamPageOut), summary="List teams")
async def list_teams_v2(
    request: Request,
    tx: Reader,
    limit: Annotated[int | None, Query(ge=1, le=100, description="25 with X-API-Key, 50 otherwise")] = None,
    offset: Offset = 0,
    search: Annotated[Text, Query(description="A part of the name")] = None,
    department: Text = None,
    location: Text = None,
    envelope: Envelope = None,
) -> Response:
    """By name."""
    limit = limit or usual_limit(request)
    wanted = {"search": words(search), "department": words(department), "location": words(location)}
    found, total = await queries.list_teams(tx, **wanted, limit=limit, offset=offset)
    return page_reply(TeamPageOut, await _shown(tx, found), envelope, total=total, limit=limit, offset=offset)


async def _shown(tx: Tx, found: Sequence[Team]) -> list[TeamOut]:
    counts = await queries.member_counts(tx, {one.id for one in found})
    return [present.team(one, member_count=counts.get(one.id, 0)) for one in found]


async def _reply(tx: Tx, team: Team, status_code: int = 200) -> Response:
    return reply((await _shown(tx, [team]))[0], status_code)


def _core_words(given: dict[str, Any]) -> dict[str, Any]:
    if "escalate_to_user_id" in given:
        given["escalate_to_user_id"] = known(Prefix.USER, given["escalate_to_user_id"])
    return given


@routes.post("", status_code=201, responses=returns(TeamOut, 201), summary="Create a team")
async def create_team_v2(body: TeamIn, tx: Writer) -> Response:
    return await _reply(tx, await actions.add_team(tx, _core_words(body.model_dump())), 201)


@routes.get("/{team_id}", responses=returns(TeamOut), summary="Get a team")
async def get_team_v2(team_id: TeamId, tx: Reader) -> Response:
    return await _reply(tx, await queries.team(tx, read(Prefix.TEAM, team_id)))


@routes.patch("/{team_id}", responses=returns(TeamOut), summary="Update a team")
async def update_team_v2(team_id: TeamId, body: TeamPatchIn, tx: Writer) -> Response:
    """Changes what is sent and nothing else."""
    sent = _core_words(body.model_dump(exclude_unset=True))
    return await _reply(tx, await actions.edit_team(tx, read(Prefix.TEAM, team_id), sent))


@routes.get("/{team_id}/members", responses=returns(MembersOut), summary="List a team's members")
async def list_team_members_v2(team_id: TeamId, tx: Reader, envelope: Envelope = None) -> Response:
    """In the order in which they take their turns."""
    team = await queries.team(tx, read(Prefix.TEAM, team_id))
    shown = [present.member(one) for one in await queries.members(tx, team.id)]
    return page_reply(MembersOut, shown, envelope, total=len(shown))


@routes.put("/{team_id}/members/{user_id}", responses=returns(MemberOut), summary="Add or change a team's member")
async def put_team_member_v2(team_id: TeamId, user_id: UserId, tx: Writer, body: MemberIn | None = None) -> Response:
    """`lead` or `member`."""
    team, user = read(Prefix.TEAM, team_id), read(Prefix.USER, user_id)
    await actions.put_member(tx, team, user, (body or MemberIn()).role)
    return reply(present.member(await queries.member(tx, team, user)))


@routes.delete("/{team_id}/members/{user_id}", status_code=204, summary="Remove a team's member")
async def remove_team_member_v2(team_id: TeamId, user_id: UserId, tx: Writer) -> Response:
    await actions.remove_member(tx, read(Prefix.TEAM, team_id), read(Prefix.USER, user_id))
    return Response(status_code=204)
