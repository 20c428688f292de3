"""Webhook subscriptions: who wants to be told what, and where. What the names of `events` mean is a dialect's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func

from dragoman.core.accounts.models import Webhook
from dragoman.core.errors import Conflict, NotFound, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import Tx, WriteTx

webhooks = schema.webhooks
MOST_WEBHOOKS = 100
PATIENCE = timedelta(days=3)  # who is not reached for so long is not told any more


async def subscribe(
    tx: WriteTx,
    *,
    url: str,
    dialect: str,
    events: Sequence[str],
    secret: str | None = None,
    name: str | None = None,
    inbox_id: int | None = None,
) -> Webhook:
    """A subscription; its secret is made where none is given. Raises Conflict when the account has 100 already."""
    if await tx.scalar(tx.select(func.count(webhooks.c.id))) >= MOST_WEBHOOKS:
        raise Conflict(f"An account takes at most {MOST_WEBHOOKS} webhooks")
    webhook = Webhook(
        id=await tx.next_id(),
        url=url,
        name=name,
        dialect=dialect,
        inbox_id=inbox_id,
        failing_since=None,
        events=list(dict.fromkeys(events)),
        secret=secret or f"whsec_{secrets.token_hex(24)}",
        is_active=True,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(webhooks, values(webhook))
    tx.emit(Happened.WEBHOOK_CREATED, webhook_id=webhook.id)
    return webhook


async def subscriptions(tx: Tx) -> list[Webhook]:
    """The oldest first."""
    return await tx.find_all(Webhook, "id")


async def of_dialect(tx: Tx, dialect: str) -> list[Webhook]:
    """The oldest first."""
    return await tx.find_all(Webhook, "id", dialect=dialect)


async def get(tx: Tx, webhook_id: int, dialect: str) -> Webhook:
    """Raises NotFound."""
    found = await tx.find_one(Webhook, id=webhook_id, dialect=dialect)
    if found is None:
        raise NotFound("Webhook")
    return found


async def require_free(tx: Tx, dialect: str, url: str, *, but_not: int | None = None) -> None:
    """Raises Taken where another subscription of the dialect goes to the same address."""
    known = (webhooks.c.dialect == dialect, webhooks.c.url == url)
    owners = await tx.scalars(tx.select(webhooks.c.id).where(*known))
    if any(one != but_not for one in owners):
        raise Taken("url", "Another webhook has this url")


async def edit(tx: WriteTx, webhook_id: int, dialect: str, wanted: Mapping[str, Any]) -> Webhook:
    """Change url, name, events or inbox_id; whoever was switched off for not answering begins anew. Raises NotFound."""
    before = await get(tx, webhook_id, dialect)
    after = replace(before, **{**wanted, "is_active": True, "failing_since": None, "updated_at": tx.now})
    await tx.execute(tx.update(webhooks).where(webhooks.c.id == webhook_id).values(values(after)))
    tx.emit(Happened.WEBHOOK_UPDATED, webhook_id=webhook_id, fields=sorted(wanted))
    return after


async def unsubscribe(tx: WriteTx, webhook_id: int) -> None:
    """Raises NotFound."""
    gone = await tx.execute(tx.delete(webhooks).where(webhooks.c.id == webhook_id))
    if not gone.rowcount:
        raise NotFound("Webhook")
    tx.emit(Happened.WEBHOOK_DELETED, webhook_id=webhook_id)


async def has_heard(tx: WriteTx, webhook_id: int) -> None:
    """Something has got through to it."""
    failing = (webhooks.c.id == webhook_id, webhooks.c.failing_since.is_not(None))
    await tx.execute(tx.update(webhooks).where(*failing).values(failing_since=None))


async def has_failed(tx: WriteTx, webhook_id: int) -> None:
    """Something has not; after days of nothing but that it is switched off."""
    found = await tx.lock_one(Webhook, id=webhook_id)
    if found is None or not found.is_active:
        return
    since = found.failing_since or tx.now
    is_over = tx.now - since >= PATIENCE
    changes = {"failing_since": since, "is_active": not is_over}
    await tx.execute(tx.update(webhooks).where(webhooks.c.id == webhook_id).values(changes))
    if is_over:
        tx.emit(Happened.WEBHOOK_SWITCHED_OFF, webhook_id=webhook_id)
