"""Who has a conversation: assigning, reassigning, unassigning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core.accounts import bots
from dragoman.core.accounts import queries as accounts
from dragoman.core.conversations import change, queries, rotation
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Invalid
from dragoman.core.events import Happened
from dragoman.store.tx import WriteTx

MANUAL, AGAIN, NOBODY = "manual_assignment", "manual_reassignment", "no_eligible_agent"


async def assign(tx: WriteTx, conversation_id: int, *, user_id: int | None, team_id: int | None) -> Conversation:
    """Give it to a user, a team, or both; what is not given stays (aurion.md E6). Raises NotFound, Invalid."""
    before = await _to_change(tx, conversation_id)
    if user_id is None and team_id is None:
        raise Invalid("agent_id", "Give a team, an agent, or both")
    user_id = await _active_user(tx, user_id) if user_id is not None else before.assignee_user_id
    team_id = await _team(tx, team_id) if team_id is not None else before.assignee_team_id
    return await _place(tx, before, user_id, team_id, MANUAL, before.assignee_bot_id if user_id is None else None)


async def reassign(tx: WriteTx, conversation_id: int, *, user_id: int | None, team_id: int | None) -> Conversation:
    """Give it to somebody else; without a user the next member of the team is chosen (aurion.md E11)."""
    before = await _to_change(tx, conversation_id)
    team_id = await _team(tx, team_id) if team_id is not None else before.assignee_team_id
    if user_id is not None:
        return await _place(tx, before, await _active_user(tx, user_id), team_id, AGAIN)
    if team_id is None:
        raise Invalid("team_id", "Give an agent or a team: the conversation has no team to choose from")
    chosen, reason = await rotation.choose(tx, team_id, but_not=before.assignee_user_id)
    return await _place(tx, before, chosen, team_id, reason or NOBODY)


async def unassign(tx: WriteTx, conversation_id: int) -> Conversation:
    """Take it from user and team; nothing to take is fine (aurion.md E10)."""
    before = await _to_change(tx, conversation_id)
    if (before.assignee_user_id, before.assignee_team_id, before.assignee_bot_id) == (None, None, None):
        return before
    return await _place(tx, before, None, None, None)


async def give_to_user(tx: WriteTx, conversation_id: int, user_id: int | None) -> Conversation:
    """To a user or to nobody; the team stays, a bot hands over (chatwoot.md 4.3). Raises NotFound."""
    before = await _to_change(tx, conversation_id)
    user_id = await _active_user(tx, user_id) if user_id is not None else None
    return await _move(tx, before, user_id, before.assignee_team_id)


async def give_to_bot(tx: WriteTx, conversation_id: int, bot_id: int) -> Conversation:
    """To a bot, from whoever has it; the team stays. Raises NotFound."""
    before = await _to_change(tx, conversation_id)
    return await _move(tx, before, None, before.assignee_team_id, (await bots.get(tx, bot_id)).id)


async def give_to_team(tx: WriteTx, conversation_id: int, team_id: int | None) -> Conversation:
    """To a team or to none; a team that assigns its members does not leave it with a stranger. Raises NotFound."""
    before = await _to_change(tx, conversation_id)
    if team_id is None:
        return await _move(tx, before, before.assignee_user_id, None, before.assignee_bot_id)
    team = await accounts.team(tx, team_id)
    user_id, bot_id = before.assignee_user_id, before.assignee_bot_id
    if team.assigns_members and user_id not in [one.user.id for one in await accounts.members(tx, team_id)]:
        user_id, _ = await rotation.choose(tx, team_id, but_not=None)
        bot_id = None if user_id is not None else bot_id
    return await _move(tx, before, user_id, team.id, bot_id)


async def _move(
    tx: WriteTx, before: Conversation, user_id: int | None, team_id: int | None, bot_id: int | None = None
) -> Conversation:
    had = (before.assignee_user_id, before.assignee_team_id, before.assignee_bot_id)
    if (user_id, team_id, bot_id) == had:
        return before
    return await _place(tx, before, user_id, team_id, MANUAL, bot_id)


async def chosen(tx: WriteTx, before: Conversation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that make an edit's assignee so. Raises NotFound for an unknown one."""
    user_id = wanted.get("assignee_user_id", before.assignee_user_id)
    team_id = wanted.get("assignee_team_id", before.assignee_team_id)
    if (user_id, team_id) == (before.assignee_user_id, before.assignee_team_id):
        return {}
    if user_id is not None and user_id != before.assignee_user_id:
        await _active_user(tx, user_id)
    if team_id is not None and team_id != before.assignee_team_id:
        await _team(tx, team_id)
    return _placed(tx, user_id, team_id, MANUAL, before.assignee_bot_id if user_id is None else None)


async def _to_change(tx: WriteTx, conversation_id: int) -> Conversation:
    found = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, found)
    return found


async def _active_user(tx: WriteTx, user_id: int) -> int:
    return (await accounts.active_user(tx, user_id)).id


async def _team(tx: WriteTx, team_id: int) -> int:
    return (await accounts.team(tx, team_id)).id


def _placed(
    tx: WriteTx, user_id: int | None, team_id: int | None, reason: str | None, bot_id: int | None
) -> dict[str, Any]:
    is_assigned = user_id is not None or team_id is not None or bot_id is not None
    return {
        "assignee_user_id": user_id,
        "assignee_team_id": team_id,
        "assignee_bot_id": bot_id,
        "assigned_at": tx.now if is_assigned else None,
        "assignment_reason": reason if is_assigned else None,
    }


async def _place(
    tx: WriteTx,
    before: Conversation,
    user_id: int | None,
    team_id: int | None,
    reason: str | None,
    bot_id: int | None = None,
) -> Conversation:
    after = await change.apply(tx, before, **_placed(tx, user_id, team_id, reason, bot_id))
    tell(tx, before, after)
    return after


def tell(tx: WriteTx, before: Conversation, after: Conversation) -> None:
    """Say whether it was assigned, reassigned or unassigned."""
    had, has = is_assigned(before), is_assigned(after)
    kind = (Happened.REASSIGNED if had else Happened.ASSIGNED) if has else Happened.UNASSIGNED
    to_bot = [before.assignee_bot_id, after.assignee_bot_id]
    tx.emit(
        kind,
        after.id,
        reason=after.assignment_reason,
        changes={
            "assignee_user_id": [before.assignee_user_id, after.assignee_user_id],
            "assignee_team_id": [before.assignee_team_id, after.assignee_team_id],
            **({"assignee_bot_id": to_bot} if to_bot[0] != to_bot[1] else {}),
        },
    )


def is_assigned(one: Conversation) -> bool:
    return (one.assignee_user_id, one.assignee_team_id, one.assignee_bot_id) != (None, None, None)
