"""Who has a conversation: assigning, reassigning, unassigning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    return await _place(tx, before, user_id, team_id, MANUAL)


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
    if before.assignee_user_id is None and before.assignee_team_id is None:
        return before
    return await _place(tx, before, None, None, None)


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
    return _placed(tx, user_id, team_id, MANUAL)


async def _to_change(tx: WriteTx, conversation_id: int) -> Conversation:
    found = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, found)
    return found


async def _active_user(tx: WriteTx, user_id: int) -> int:
    return (await accounts.active_user(tx, user_id)).id


async def _team(tx: WriteTx, team_id: int) -> int:
    return (await accounts.team(tx, team_id)).id


def _placed(tx: WriteTx, user_id: int | None, team_id: int | None, reason: str | None) -> dict[str, Any]:
    is_assigned = user_id is not None or team_id is not None
    return {
        "assignee_user_id": user_id,
        "assignee_team_id": team_id,
        "assigned_at": tx.now if is_assigned else None,
        "assignment_reason": reason if is_assigned else None,
    }


async def _place(
    tx: WriteTx, before: Conversation, user_id: int | None, team_id: int | None, reason: str | None
) -> Conversation:
    after = await change.apply(tx, before, **_placed(tx, user_id, team_id, reason))
    tell(tx, before, after)
    return after


def tell(tx: WriteTx, before: Conversation, after: Conversation) -> None:
    """Say whether it was assigned, reassigned or unassigned."""
    had = before.assignee_user_id is not None or before.assignee_team_id is not None
    has = after.assignee_user_id is not None or after.assignee_team_id is not None
    kind = (Happened.REASSIGNED if had else Happened.ASSIGNED) if has else Happened.UNASSIGNED
    tx.emit(
        kind,
        after.id,
        reason=after.assignment_reason,
        changes={
            "assignee_user_id": [before.assignee_user_id, after.assignee_user_id],
            "assignee_team_id": [before.assignee_team_id, after.assignee_team_id],
        },
    )
