"""Webhook subscriptions (aurion.md 5.5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from dragoman.config import networks
from dragoman.core.accounts import webhooks
from dragoman.core.errors import Refused
from dragoman.dialects.aurion import present_account as present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.wire.account import NewWebhookOut, WebhooksOut
from dragoman.dialects.aurion.wire.account_inputs import WebhookIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply, reply_once
from dragoman.edge.services import services
from dragoman.edge.targets import safe_target

routes = router("/api/v1/webhooks", "Webhooks")
EVENT_NAMES = (
    "conversation.created",
    "conversation.updated",
    "conversation.resolved",
    "conversation.assigned",
    "conversation.reply",
    "user.created",
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.reopened",
    "ticket.note_added",
    "call.started",
    "call.completed",
    "call.escalated",
)


async def checked(body: WebhookIn, request: Request) -> WebhookIn:
    """Looks the host up before the transaction opens: nobody waits for a slow name server. Raises Refused."""
    unknown = [one for one in body.events if one not in EVENT_NAMES]
    if unknown:
        raise Refused(f"Unknown event {unknown[0]!r}: valid events are {', '.join(EVENT_NAMES)}")
    await safe_target(body.url, networks(services(request).settings.allow_targets))
    return body


@routes.post("", status_code=201, responses=returns(NewWebhookOut, 201), summary="Create a webhook")
async def create_webhook(body: Annotated[WebhookIn, Depends(checked)], tx: Writer) -> Response:
    """The secret that signs what is sent is shown this once."""
    webhook = await webhooks.subscribe(tx, url=body.url, dialect="aurion", events=body.events, secret=body.secret)
    return reply_once(present.new_webhook(webhook))


@routes.get("", responses=returns(WebhooksOut), summary="List webhooks")
async def list_webhooks(tx: Reader) -> Response:
    """Never their secrets."""
    return reply(WebhooksOut([present.webhook(one) for one in await webhooks.subscriptions(tx)]))


@routes.delete("/{webhook_id}", status_code=204, summary="Delete a webhook")
async def delete_webhook(webhook_id: Annotated[str, Path(max_length=200)], tx: Writer) -> Response:
    await webhooks.unsubscribe(tx, read(Prefix.WEBHOOK, webhook_id))
    return Response(status_code=204)
