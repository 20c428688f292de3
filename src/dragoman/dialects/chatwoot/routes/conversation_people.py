"""Who has a conversation, who takes part in it, who has seen it (chatwoot.md 4, 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import bots
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.models import Team, User
from dragoman.core.conversations import assignment, participation, seen
from dragoman.core.errors import NotFound
from dragoman.dialects.chatwoot import parameters, present_people, words
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.dialects.chatwoot.showing import nothing, shown_reply
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import WriteTx

routes = router("/conversations/{conversation_id}", tag="Conversations")


@routes.post("/assignments", summary="Assign a conversation")
async def assign(conversation_id: str, request: Request, tx: Writer) -> Response:
    """To an agent, a bot or a team; to nobody where the id is 0, null or unknown, which is answered with null."""
    one = await conversation_of(request, tx, conversation_id)
    given = await parameters.given(request)
    if "assignee_id" in given:
        give = _to_bot if given.text("assignee_type") == "AgentBot" else _to_user
        return reply(await give(tx, one.id, given))
    return reply(await _to_team(tx, one.id, given) if "team_id" in given else None)


async def _to_user(tx: WriteTx, conversation_id: int, given: Given) -> Any:
    user = await tx.find_one(User, id=given.whole("assignee_id", 0), is_active=True)
    await assignment.give_to_user(tx, conversation_id, None if user is None else user.id)
    return None if user is None else present_people.agent(user, tx.account_id)


async def _to_bot(tx: WriteTx, conversation_id: int, given: Given) -> Any:
    try:
        bot = await bots.get(tx, given.whole("assignee_id") or 0)
    except NotFound:
        await assignment.give_to_user(tx, conversation_id, None)
        return None
    await assignment.give_to_bot(tx, conversation_id, bot.id)
    return present_people.bot(bot)


async def _to_team(tx: WriteTx, conversation_id: int, given: Given) -> Any:
    try:
        team = await accounts.team(tx, given.whole("team_id") or 0)
    except NotFound:
        await assignment.give_to_team(tx, conversation_id, None)
        return None
    await assignment.give_to_team(tx, conversation_id, team.id)
    return _record_of(team, tx.account_id)


def _record_of(team: Team, account_id: int) -> Mapping[str, Any]:
    """A team as the record that it is upstream, with times in ISO 8601."""
    return {
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "allow_auto_assign": team.assigns_members,
        "account_id": account_id,
        "created_at": words.iso(team.created_at),
        "updated_at": words.iso(team.updated_at),
    }


@routes.get("/participants", summary="Who takes part in a conversation")
async def list_participants(conversation_id: str, request: Request, tx: Reader) -> Response:
    """Agents, in a bare array."""
    one = await conversation_of(request, tx, conversation_id)
    found = await participation.of_conversation(tx, one.id)
    return reply([present_people.agent(user, tx.account_id) for user in found])


@routes.post("/participants", summary="Add participants to a conversation")
async def add_participants(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Answers those who were none before. Raises Invalid for somebody who does not see the inbox."""
    one = await conversation_of(request, tx, conversation_id)
    found = await participation.add(tx, one.id, (await parameters.given(request)).ids("user_ids"))
    return reply([present_people.agent(user, tx.account_id) for user in found])


@routes.put("/participants", summary="Replace the participants of a conversation")
@routes.patch("/participants", summary="Replace the participants of a conversation")
async def replace_participants(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Answers all of them."""
    one = await conversation_of(request, tx, conversation_id)
    found = await participation.replace(tx, one.id, (await parameters.given(request)).ids("user_ids"))
    return reply([present_people.agent(user, tx.account_id) for user in found])


@routes.delete("/participants", summary="Remove participants from a conversation")
async def remove_participants(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Those who are none are passed over."""
    one = await conversation_of(request, tx, conversation_id)
    await participation.remove(tx, one.id, (await parameters.given(request)).ids("user_ids"))
    return nothing()


@routes.post("/update_last_seen", summary="I have seen the conversation")
async def update_last_seen(conversation_id: str, request: Request, tx: Writer) -> Response:
    """Nothing in it is unread any more."""
    one, who = await conversation_of(request, tx, conversation_id), principal(request)
    await seen.see(tx, one.id, reader_id=who.reader_id, user_id=who.user_id)
    return await shown_reply(request, tx, one.id)


@routes.post("/unread", summary="Mark a conversation as unread")
async def mark_unread(conversation_id: str, request: Request, tx: Writer) -> Response:
    """From the last message of the contact on."""
    one = await conversation_of(request, tx, conversation_id)
    await seen.unsee(tx, one.id)
    return await shown_reply(request, tx, one.id)
