"""Bots of the account (chatwoot.md 1.3, 6.2)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import bots
from dragoman.core.accounts.bots import Bot
from dragoman.dialects.chatwoot import present_bots
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply, reply_once
from dragoman.edge.services import services
from dragoman.store.tx import WriteTx

routes = router("/agent_bots", tag="Agent bots")
TEXTS = {"name": "name", "description": "description", "outgoing_url": "url"}


def _shown(request: Request, one: Bot) -> dict[str, Any]:
    who = principal(request)
    return present_bots.bot(one, who.account_id, secret=one.secret if who.is_administrator else None)


def _fields(wanted: Given) -> dict[str, Any]:
    found: dict[str, Any] = {ours: wanted.text(name, most=2000) for name, ours in TEXTS.items() if name in wanted}
    return found | ({"name": wanted.needed("name", most=255)} if "name" in wanted else {})


async def _with_token(request: Request, tx: WriteTx, one: Bot) -> Response:
    issued = await bots.issue_token(tx, one, services(request).pepper)
    return reply_once(present_bots.bot(one, tx.account_id, secret=one.secret, access_token=issued.secret), 200)


@routes.get("", summary="List agent bots")
async def list_agent_bots(request: Request, tx: Reader) -> Response:
    return reply([_shown(request, one) for one in await bots.all_bots(tx)])


@routes.post("", summary="Create an agent bot")
async def create_agent_bot(request: Request, tx: Writer) -> Response:
    """Administrators. The token by which it acts is shown this once."""
    require_administrator(principal(request))
    fields = _fields(await given(request, "agent_bot"))
    return await _with_token(request, tx, await bots.add(tx, **{**fields, "name": fields.get("name", "")}))


@routes.get("/{agent_bot_id}", summary="Show an agent bot")
async def show_agent_bot(agent_bot_id: str, request: Request, tx: Reader) -> Response:
    return reply(_shown(request, await bots.get(tx, number(agent_bot_id, "Bot"))))


@updates(routes, "/{agent_bot_id}", summary="Update an agent bot")
async def update_agent_bot(agent_bot_id: str, request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    fields = _fields(await given(request, "agent_bot"))
    return reply(_shown(request, await bots.edit(tx, number(agent_bot_id, "Bot"), **fields)))


@routes.delete("/{agent_bot_id}", summary="Delete an agent bot")
async def delete_agent_bot(agent_bot_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Its tokens open nothing any more."""
    require_administrator(principal(request))
    await bots.remove(tx, number(agent_bot_id, "Bot"))
    return nothing()


@routes.post("/{agent_bot_id}/reset_access_token", summary="Renew an agent bot's token")
async def reset_agent_bot_token(agent_bot_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. The former token opens nothing any more; the new one is shown this once."""
    require_administrator(principal(request))
    one = await bots.get(tx, number(agent_bot_id, "Bot"))
    await bots.revoke_tokens(tx, one.id)
    return await _with_token(request, tx, one)
