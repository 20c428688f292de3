"""What a dialect says of the event log to those who listen by HTTP, and how it signs what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dragoman.core.accounts.models import Webhook
from dragoman.edge.services import Services
from dragoman.store.deliveries import Delivery, NewDelivery
from dragoman.store.events import Event
from dragoman.store.signals import Signal
from dragoman.store.tx import Tx


class Hooks(Protocol):
    """`webhooks` are the dialect's own that were there when it happened; other targets it finds by itself."""

    async def told(
        self, services: Services, tx: Tx, event: Event, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]: ...

    async def signalled(
        self, services: Services, tx: Tx, signal: Signal, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]: ...

    def headers(self, secret: str, delivery: Delivery, at: datetime) -> Mapping[str, str]:
        """Those of one attempt, beside what every request has."""
        ...
