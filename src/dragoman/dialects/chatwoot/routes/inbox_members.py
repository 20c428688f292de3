"""Who belongs to an inbox, and whom conversations can be given to (chatwoot.md 6.2)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.core.channels import members, queries
from dragoman.dialects.chatwoot import present_people
from dragoman.dialects.chatwoot.auth import NotYours, reach, require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, asked, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router(tag="Inboxes")


async def _members(tx: Tx, inbox_id: int) -> Response:
    found = await members.members_of(tx, inbox_id)
    return reply({"payload": [present_people.agent(one, tx.account_id) for one in found]})


async def _inbox(tx: Tx, wanted: Given) -> int:
    """Raises NotFound, and Invalid for none."""
    wanted.needed("inbox_id")
    return (await queries.get(tx, wanted.whole("inbox_id") or 0)).id


@routes.get("/inbox_members/{inbox_id}", summary="List an inbox's members")
async def list_inbox_members(inbox_id: str, request: Request, tx: Reader) -> Response:
    known = await queries.get(tx, number(inbox_id, "Inbox"))
    if not (await reach(tx, request)).has(known.id):
        raise NotYours
    return await _members(tx, known.id)


@routes.post("/inbox_members", summary="Add members to an inbox")
async def add_inbox_members(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    wanted = await given(request)
    inbox_id = await _inbox(tx, wanted)
    await members.add(tx, inbox_id, wanted.ids("user_ids"))
    return await _members(tx, inbox_id)


@updates(routes, "/inbox_members", summary="Replace an inbox's members")
async def replace_inbox_members(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    wanted = await given(request)
    inbox_id = await _inbox(tx, wanted)
    await members.put(tx, inbox_id, wanted.ids("user_ids"))
    return await _members(tx, inbox_id)


@routes.delete("/inbox_members", summary="Take members out of an inbox")
async def remove_inbox_members(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    wanted = await given(request)
    await members.remove(tx, await _inbox(tx, wanted), wanted.ids("user_ids"))
    return nothing()


@routes.get("/assignable_agents", summary="List whom conversations of some inboxes can be given to")
async def list_assignable_agents(request: Request, tx: Reader) -> Response:
    """Members of all of `inbox_ids`, and administrators."""
    mine, wanted = await reach(tx, request), asked(request).ids("inbox_ids")
    for one in wanted:
        await queries.get(tx, one)
        if not mine.has(one):
            raise NotYours
    found = await members.assignable(tx, wanted)
    return reply({"payload": [present_people.agent(one, tx.account_id) for one in found]})
