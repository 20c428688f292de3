"""Inboxes (chatwoot.md 6.2)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import bots
from dragoman.core.channels import actions, members, queries
from dragoman.core.channels.actions import NewInbox
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.conversations.models import Channel
from dragoman.dialects.chatwoot import inbox_fields, present_bots, present_inboxes, present_people
from dragoman.dialects.chatwoot.auth import NotYours, reach, require_administrator, router
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.errors import SwitchedOff
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.dialects.chatwoot.wire.inboxes import InboxForm
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/inboxes", tag="Inboxes")


def shown(request: Request, one: Inbox) -> InboxForm:
    who = principal(request)
    base = addresses(request, who.account_id).base
    return present_inboxes.inbox(one, base=base, is_administrator=who.is_administrator)


async def _seen(request: Request, tx: Tx, inbox_id: str) -> Inbox:
    """Raises NotFound, and NotYours for one that the caller does not belong to."""
    found = await queries.get(tx, number(inbox_id, "Inbox"))
    if not (await reach(tx, request)).has(found.id):
        raise NotYours
    return found


@routes.get("", summary="List inboxes")
async def list_inboxes(request: Request, tx: Reader) -> Response:
    """By name; agents see their own."""
    found = await queries.seen(tx, await reach(tx, request))
    return reply({"payload": [shown(request, one) for one in found]})


@routes.post("", summary="Create an inbox")
async def create_inbox(request: Request, tx: Writer) -> Response:
    """Administrators. `channel.type`: api, web_widget, email, whatsapp or sms."""
    require_administrator(principal(request))
    wanted = await given(request)
    channel, own = inbox_fields.channel_of(wanted)
    name = wanted.text("name") or own.text("website_url") or own.text("email") or channel
    fields = {"address": None, "settings": {}, **inbox_fields.fields(channel, Given({**wanted, "name": name}), own)}
    if channel == Channel.EMAIL and fields["address"] is None:
        fields["address"] = own.needed("email")
    return reply(shown(request, await actions.add(tx, NewInbox(channel=channel, provider=channel, **fields))))


@routes.get("/{inbox_id}", summary="Show an inbox")
async def show_inbox(inbox_id: str, request: Request, tx: Reader) -> Response:
    return reply(shown(request, await _seen(request, tx, inbox_id)))


@updates(routes, "/{inbox_id}", summary="Update an inbox")
async def update_inbox(inbox_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. What is not given stays."""
    require_administrator(principal(request))
    before = await queries.get(tx, number(inbox_id, "Inbox"))
    wanted = await given(request)
    fields = inbox_fields.fields(before.channel, wanted, Given(wanted.object("channel") or {}))
    return reply(shown(request, await actions.edit(tx, before.channel, before.id, fields)))


@routes.delete("/{inbox_id}", summary="Delete an inbox")
async def delete_inbox(inbox_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. 422 while conversations that came through it are kept."""
    require_administrator(principal(request))
    await actions.discard(tx, number(inbox_id, "Inbox"))
    return reply({"message": "The inbox has been deleted"})


@routes.get("/{inbox_id}/agent_bot", summary="Show an inbox's bot")
async def show_inbox_bot(inbox_id: str, request: Request, tx: Reader) -> Response:
    one = await _seen(request, tx, inbox_id)
    bot = await bots.get(tx, one.bot_id) if one.bot_id is not None else None
    return reply({"agent_bot": present_bots.bot(bot, tx.account_id) if bot else {}})


@routes.post("/{inbox_id}/set_agent_bot", summary="Set or remove an inbox's bot")
async def set_inbox_bot(inbox_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. `agent_bot` is a bot's id, or null."""
    require_administrator(principal(request))
    known, wanted = number(inbox_id, "Inbox"), await given(request)
    await actions.set_bot(tx, known, wanted.whole("agent_bot"))
    return nothing()


@routes.post("/{inbox_id}/reset_secret", summary="Renew an inbox's secret")
async def reset_inbox_secret(inbox_id: str, request: Request, tx: Writer) -> Response:
    """Administrators, for API inboxes."""
    require_administrator(principal(request))
    one = await queries.get(tx, number(inbox_id, "Inbox"))
    if one.channel not in present_inboxes.APIS:
        raise SwitchedOff("Only API inboxes have a secret")
    return reply(shown(request, await actions.renew_secret(tx, one.id)))


@routes.get("/{inbox_id}/assignable_agents", summary="List whom an inbox's conversations can be given to")
async def list_assignable_of_inbox(inbox_id: str, request: Request, tx: Reader) -> Response:
    """Members of the inbox, and administrators."""
    one = await _seen(request, tx, inbox_id)
    found = await members.assignable(tx, [one.id])
    return reply({"payload": [present_people.agent(user, tx.account_id) for user in found]})
