"""Users and teams that go: nobody's work stays with them."""

from __future__ import annotations

from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts import queries as people
from dragoman.core.channels import members
from dragoman.core.conversations import assignment, change, queries
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import WriteTx

conversations, team_members = schema.conversations, schema.team_members


async def let_user_go(tx: WriteTx, user_id: int) -> None:
    """Out of all inboxes and teams, and no longer active; what the user said stays said.

    Raises NotFound, and Conflict for the last active administrator.
    """
    await people.active_user(tx, user_id)
    await accounts.edit_user(tx, user_id, {"is_active": False, "is_available": False})
    await members.leave_all(tx, user_id)
    await tx.execute(tx.delete(team_members).where(team_members.c.user_id == user_id))
    await _take_away(tx, "assignee_user_id", user_id)


async def dissolve_team(tx: WriteTx, team_id: int) -> None:
    """Raises NotFound."""
    await people.team(tx, team_id)
    await _take_away(tx, "assignee_team_id", team_id)
    await tx.execute(tx.delete(team_members).where(team_members.c.team_id == team_id))
    await tx.execute(tx.delete(schema.teams).where(schema.teams.c.id == team_id))
    tx.emit(Happened.TEAM_DELETED, team_id=team_id)


async def _take_away(tx: WriteTx, column: str, of_id: int) -> None:
    """From all conversations, deleted ones too, in the order in which they are locked."""
    theirs = tx.select(conversations.c.id).where(conversations.c[column] == of_id).order_by(conversations.c.id)
    for conversation_id in await tx.scalars(theirs):
        before = await queries.lock(tx, conversation_id)
        after = await change.apply(tx, before, **{column: None})
        assignment.tell(tx, before, after)
