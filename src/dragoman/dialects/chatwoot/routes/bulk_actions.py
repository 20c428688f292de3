"""The same change to many conversations (chatwoot.md 4: bulk_actions)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import queries as accounts
from dragoman.core.conversations import assignment, editing, queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.tags import fold_tag
from dragoman.dialects.chatwoot import parameters
from dragoman.dialects.chatwoot.auth import NotYours, router
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.turns import turn
from dragoman.edge.doors import Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import WriteTx

routes = router("/bulk_actions", tag="Conversations")
MOST = 1000


@routes.post("", summary="Change many conversations")
async def change_many(request: Request, tx: Writer) -> Response:
    """All in one transaction; conversations that the caller does not see are passed over."""
    given = await parameters.given(request)
    if given.text("type") != "Conversation":
        return reply({"success": False}, 422)
    fields, labels = Given(given.object("fields") or {}), Given(given.object("labels") or {})
    numbers = given.ids("ids")
    if len(numbers) > MOST:
        raise Invalid("ids", f"ids takes at most {MOST} conversations")
    # First all are locked, in one order, lest two such requests wait for each other.
    seen = [await _seen(request, tx, number) for number in sorted(numbers)]
    for one in seen:
        if one is not None:
            await _change(request, tx, one, fields, given)
            await _label(tx, one.id, labels)
    return nothing()


async def _seen(request: Request, tx: WriteTx, number: int) -> Conversation | None:
    try:
        return await queries.lock(tx, (await conversation_of(request, tx, str(number))).id)
    except (NotFound, NotYours):
        return None


async def _change(request: Request, tx: WriteTx, one: Conversation, fields: Given, given: Given) -> None:
    if "assignee_id" in fields:
        user_id = fields.whole("assignee_id") or None
        await assignment.give_to_user(tx, one.id, await _known(accounts.active_user, tx, user_id))
    if "team_id" in fields:
        team_id = fields.whole("team_id") or None
        await assignment.give_to_team(tx, one.id, await _known(accounts.team, tx, team_id))
    if word := fields.text("status"):
        await turn(tx, principal(request), one, word, given)


async def _known(find: Any, tx: WriteTx, of_id: int | None) -> int | None:
    """The id, or none for an unknown one: that takes away (4.3)."""
    try:
        return None if of_id is None else (await find(tx, of_id)).id
    except NotFound:
        return None


async def _label(tx: WriteTx, conversation_id: int, labels: Given) -> None:
    added, removed = labels.texts("add"), {fold_tag(one) for one in labels.texts("remove")}
    if added:
        await editing.add_tags(tx, conversation_id, added)
    if removed:
        before = await queries.lock(tx, conversation_id)
        kept = [one for one in before.tags if fold_tag(one) not in removed]
        await editing.edit(tx, conversation_id, {"tags": kept})
