"""What webhooks, inboxes of programs and bots were told, and telling it again (chatwoot.md 8.4)."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts.models import Webhook
from dragoman.core.errors import Invalid, NotFound
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, asked
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store import deliveries
from dragoman.store.deliveries import STATES, Delivery
from dragoman.store.tx import Tx

routes = router(tag="Webhooks")
A_PAGE = 25


@routes.get("/deliveries", summary="List deliveries")
async def list_deliveries(request: Request, tx: Reader) -> Response:
    """To all targets, the newest first; `before` an id, `status` pending, delivered or failed. Administrators only."""
    require_administrator(principal(request))
    return await _page(tx, asked(request), None)


@routes.get("/webhooks/{webhook_id}/deliveries", summary="List the deliveries of a webhook")
async def list_webhook_deliveries(webhook_id: str, request: Request, tx: Reader) -> Response:
    """Raises NotFound for an unknown webhook."""
    require_administrator(principal(request))
    found = await tx.find_one(Webhook, id=number(webhook_id, "Webhook"))
    if found is None:
        raise NotFound("Webhook")
    return await _page(tx, asked(request), found.id)


@routes.post("/deliveries/{delivery_id}/retry", summary="Deliver again")
async def retry_delivery(delivery_id: str, request: Request, tx: Writer) -> Response:
    """At once, whatever became of it before, with the same body and a new signature. Raises NotFound."""
    require_administrator(principal(request))
    found = await deliveries.again(tx, number(delivery_id, "Delivery"))
    if found is None:
        raise NotFound("Delivery")
    return reply(delivery(found))


async def _page(tx: Tx, given: Given, target_id: int | None) -> Response:
    """With the id to go on before, where there are more."""
    state = given.text("status")
    if state is not None and state not in STATES:
        raise Invalid("status", f"status takes {', '.join(STATES)}")
    before = given.whole("before")
    found = await deliveries.page(tx, target_id=target_id, state=state, before_id=before, limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    more = shown[-1].id if len(found) > A_PAGE else None
    return reply({"meta": {"before": more}, "payload": [delivery(one) for one in shown]})


def delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "target_type": one.target,
        "target_id": one.target_id,
        "event": one.word,
        "url": one.url,
        "status": one.state,
        "attempts": one.attempts,
        "response_status": one.status_code,
        "response_body": one.response,
        "error": one.error,
        "payload": msgspec.Raw(one.body.encode()),
        "created_at": words.iso(one.created_at),
        "attempted_at": words.iso(one.attempted_at),
        "next_attempt_at": words.iso(one.next_at),
    }
