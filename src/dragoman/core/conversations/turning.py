"""Whose turn it is, set by hand: open, pending, snoozed or over, in one step (chatwoot.md 4.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dragoman.core.conversations import queries
from dragoman.core.conversations.editing import edit
from dragoman.core.conversations.models import Conversation, State, Status
from dragoman.core.conversations.rules import FOREVER, Action, require_allowed
from dragoman.store.tx import WriteTx

_STATUSES = {State.OPEN: Status.OPEN, State.PENDING: Status.PENDING, State.SNOOZED: Status.OPEN}


def toggled(state: str) -> State:
    """What becomes of it when nobody says what."""
    return State.OVER if state == State.OPEN else State.OPEN


async def turn(
    tx: WriteTx, conversation_id: int, state: State, *, until: datetime | None = None, taker_id: int | None = None
) -> Conversation:
    """Make it so; `until` ends a snooze, else the customer does. Whoever opens it, `taker_id`, gets it.

    Raises NotFound, Conflict, and Invalid for a time in the past.
    """
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    wanted: dict[str, Any] = {"status": status_for(before, state).value, "snoozed_until": None}
    if state is State.SNOOZED:
        wanted["snoozed_until"] = until or FOREVER
    if state is State.OPEN and taker_id is not None:
        wanted["assignee_user_id"] = taker_id
    if _is_handed_over(tx, before, state):
        wanted["waiting_since"] = tx.now
    if before.status == Status.CLOSED and wanted["status"] not in (Status.OPEN, Status.CLOSED):
        await edit(tx, conversation_id, {"status": Status.OPEN.value})  # the way out of there leads over open
    return await edit(tx, conversation_id, _but_known(before, wanted))


def status_for(before: Conversation, state: State) -> Status:
    """What is over already stays as it is over: resolved or closed."""
    if state is State.OVER:
        return Status(before.status) if before.state == State.OVER else Status.RESOLVED
    return _STATUSES[state]


def _is_handed_over(tx: WriteTx, before: Conversation, state: State) -> bool:
    """A bot gives it to people: from now on somebody waits for one."""
    is_up = before.state == State.PENDING and state is State.OPEN
    return is_up and tx.actor.kind == "bot" and before.waiting_since is None


def _but_known(before: Conversation, wanted: dict[str, Any]) -> dict[str, Any]:
    """Without a time that it has already: nobody has set it now."""
    if wanted["snoozed_until"] == before.snoozed_until:
        return {name: value for name, value in wanted.items() if name != "snoozed_until"}
    return wanted
