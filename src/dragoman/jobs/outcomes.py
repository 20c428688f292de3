"""Where a delivery goes, and what follows from whether it got through (chatwoot.md 8.4)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dragoman.core.accounts import webhooks
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import Webhook
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.channels.listening import URL
from dragoman.core.conversations import editing, queries
from dragoman.core.conversations.models import Status
from dragoman.core.errors import DomainError
from dragoman.core.messages import carrying
from dragoman.store import deliveries
from dragoman.store.deliveries import DELIVERED, FAILED, INBOX, PENDING, WEBHOOK, Delivery
from dragoman.store.tx import Tx, WriteTx

ENOUGH = 3  # attempts after which people look after a bot's conversation


@dataclass(frozen=True, slots=True)
class Target:
    """As it is now: who has mended an address is told there."""

    url: str
    secret: str


class Came(Protocol):
    """What came back (jobs/sending.py)."""

    @property
    def status_code(self) -> int | None: ...
    @property
    def response(self) -> str | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def has_got_through(self) -> bool: ...


async def target_of(tx: Tx, one: Delivery) -> Target | None:
    """None for one that is gone or switched off."""
    if one.target == WEBHOOK:
        hook = await tx.find_one(Webhook, id=one.target_id)
        return Target(hook.url, hook.secret) if hook is not None and hook.is_active else None
    if one.target == INBOX:
        inbox = await tx.find_one(Inbox, id=one.target_id)
        url = inbox.settings.get(URL) if inbox is not None else None
        return Target(str(url), inbox.webhook_secret or "") if inbox is not None and url else None
    bot = await tx.find_one(Bot, id=one.target_id)
    return Target(bot.url, bot.secret) if bot is not None and bot.is_active and bot.url else None


async def settle(tx: WriteTx, one: Delivery, target: Target, came: Came, *, next_at: datetime | None) -> None:
    """Write it down with all that follows from it."""
    state = DELIVERED if came.has_got_through else PENDING if next_at else FAILED
    await deliveries.settle(
        tx,
        one,
        state=state,
        url=target.url,
        status_code=came.status_code,
        error=came.error,
        response=came.response,
        next_at=next_at,
    )
    if came.has_got_through:
        await _has_got_through(tx, one)
    else:
        await _has_not(tx, one, came.error or "Not delivered", is_last=next_at is None)


async def _has_got_through(tx: WriteTx, one: Delivery) -> None:
    if one.target == WEBHOOK:
        await webhooks.has_heard(tx, one.target_id)
    if one.message_id is not None:
        await carrying.carried(tx, one.message_id)


async def _has_not(tx: WriteTx, one: Delivery, error: str, *, is_last: bool) -> None:
    if one.target == WEBHOOK:
        await webhooks.has_failed(tx, one.target_id)
    if one.message_id is not None:
        await carrying.fail(tx, one.message_id, error)
    if one.conversation_id is not None and (is_last or one.attempts >= ENOUGH):
        await _hand_over(tx, one.conversation_id)


async def _hand_over(tx: WriteTx, conversation_id: int) -> None:
    """What waits for a bot that does not hear is for people to do."""
    with suppress(DomainError):
        found = await queries.get(tx, conversation_id)
        if found.status == Status.PENDING:
            await editing.edit(tx, conversation_id, {"status": Status.OPEN.value})
