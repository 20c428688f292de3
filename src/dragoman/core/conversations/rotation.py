"""Choosing a member of a team: in turn, or whoever has least to do (aurion.md E11, 5.2, 6.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func

from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.models import RoutingMethod
from dragoman.core.conversations.models import Status
from dragoman.core.errors import NotFound
from dragoman.store import schema
from dragoman.store.tx import WriteTx

teams, conversations = schema.teams, schema.conversations
LEAST_ACTIVE = (RoutingMethod.LEAST_ACTIVE, RoutingMethod.BALANCED)


async def choose(tx: WriteTx, team_id: int, *, but_not: int | None) -> tuple[int | None, str | None]:
    """A member who can take work and why it is them; (None, None) when there is nobody.

    The team's row is locked and its pointer moved in the same transaction, so that two calls never pick by the
    same pointer.
    """
    row = await tx.row(
        tx.lock(tx.select(teams.c.routing_method, teams.c.last_routed_user_id).where(teams.c.id == team_id))
    )
    if row is None:
        raise NotFound("Team")
    able = [one.user.id for one in await accounts.members(tx, team_id) if one.user.is_active and one.user.is_available]
    if row[0] in LEAST_ACTIVE:
        chosen = least_busy(able, await _open_counts(tx, able), but_not=but_not)
        return chosen, "least_active" if chosen else None
    chosen = next_in_turn(able, last=row[1], but_not=but_not)
    if chosen is not None:
        await tx.execute(tx.update(teams).where(teams.c.id == team_id).values(last_routed_user_id=chosen))
    return chosen, "round_robin" if chosen else None


def next_in_turn(able: Sequence[int], *, last: int | None, but_not: int | None) -> int | None:
    """The first after the last one, skipping the current assignee where there is anybody else."""
    behind = [one for one in able if last is None or one > last]
    queue = [*behind, *(one for one in able if one not in behind)]
    return next((one for one in queue if one != but_not), queue[0] if queue else None)


def least_busy(able: Sequence[int], busy: Mapping[int, int], *, but_not: int | None) -> int | None:
    candidates = [one for one in able if one != but_not] or list(able)
    return min(candidates, key=lambda one: (busy[one], one), default=None)


async def _open_counts(tx: WriteTx, user_ids: Sequence[int]) -> dict[int, int]:
    """How many open conversations each has, counted within an index that holds just these."""
    theirs = conversations.c.assignee_user_id
    query = tx.select(theirs).add_columns(func.count()).where(theirs.in_(user_ids), conversations.c.visibility == 0)
    counted = await tx.rows(query.where(conversations.c.status == Status.OPEN.value).group_by(theirs))
    return {**dict.fromkeys(user_ids, 0), **{row[0]: row[1] for row in counted}}
