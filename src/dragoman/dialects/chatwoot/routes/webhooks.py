"""Webhooks of the account, for administrators alone (chatwoot.md 6.7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import webhooks
from dragoman.core.accounts.models import Webhook
from dragoman.core.channels import queries as channels
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/webhooks", tag="Webhooks")
DIALECT = "chatwoot"
USUAL = (
    "conversation_status_changed",
    "conversation_updated",
    "conversation_created",
    "contact_created",
    "contact_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
)
ALLOWED = (*USUAL, "inbox_created", "inbox_updated", "conversation_typing_on", "conversation_typing_off")
MAX_URL = 2000


async def shown(tx: Tx, one: Webhook) -> dict[str, Any]:
    inbox = await channels.find(tx, one.inbox_id) if one.inbox_id is not None else None
    return {
        "id": one.id,
        "name": one.name,
        "url": one.url,
        "account_id": tx.account_id,
        "subscriptions": list(one.events),
        "secret": one.secret,
        **({"inbox": {"id": inbox.id, "name": inbox.name}} if inbox else {}),
    }


def _url(wanted: Given) -> str:
    """Raises Invalid. Whether it may be reached is seen when something is sent there."""
    url = wanted.needed("url", most=MAX_URL)
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good or any(one.isspace() for one in url):
        raise Invalid("url", "url is no http or https address")
    return url


def _subscriptions(wanted: Given) -> list[str]:
    """Raises Invalid for an unknown one, and for none."""
    found = wanted.texts("subscriptions")
    unknown = [one for one in found if one not in ALLOWED]
    if unknown or not found:
        raise Invalid("subscriptions", f"subscriptions are some of {', '.join(ALLOWED)}")
    return found


async def _fields(tx: Tx, wanted: Given) -> dict[str, Any]:
    """Those that are given. Raises Invalid, and NotFound for an unknown inbox."""
    found: dict[str, Any] = {"url": _url(wanted)} if "url" in wanted else {}
    found |= {"name": wanted.text("name", most=255)} if "name" in wanted else {}
    found |= {"events": list(dict.fromkeys(_subscriptions(wanted)))} if "subscriptions" in wanted else {}
    if "inbox_id" in wanted:
        found["inbox_id"] = wanted.whole("inbox_id")
        if found["inbox_id"] is not None:
            await channels.get(tx, found["inbox_id"])
    return found


@routes.get("", summary="List webhooks")
async def list_account_webhooks(request: Request, tx: Reader) -> Response:
    require_administrator(principal(request))
    found = [await shown(tx, one) for one in await webhooks.of_dialect(tx, DIALECT)]
    return reply({"payload": {"webhooks": found}})


@routes.post("", summary="Create a webhook")
async def create_account_webhook(request: Request, tx: Writer) -> Response:
    """Without `subscriptions`, all but those of typing and inboxes."""
    require_administrator(principal(request))
    wanted = await given(request, "webhook")
    fields = {"events": list(USUAL), **await _fields(tx, wanted), "url": _url(wanted)}
    await webhooks.require_free(tx, DIALECT, fields["url"])
    made = await webhooks.subscribe(tx, dialect=DIALECT, **fields)
    return reply({"payload": {"webhook": await shown(tx, made)}})


@updates(routes, "/{webhook_id}", summary="Update a webhook")
async def update_account_webhook(webhook_id: str, request: Request, tx: Writer) -> Response:
    require_administrator(principal(request))
    fields, known = await _fields(tx, await given(request, "webhook")), number(webhook_id, "Webhook")
    if "url" in fields:
        await webhooks.require_free(tx, DIALECT, fields["url"], but_not=known)
    after = await webhooks.edit(tx, known, DIALECT, fields)
    return reply({"payload": {"webhook": await shown(tx, after)}})


@routes.delete("/{webhook_id}", summary="Delete a webhook")
async def delete_account_webhook(webhook_id: str, request: Request, tx: Writer) -> Response:
    require_administrator(principal(request))
    known = await webhooks.get(tx, number(webhook_id, "Webhook"), DIALECT)
    await webhooks.unsubscribe(tx, known.id)
    return nothing()
