"""Follows the log for those who listen by HTTP, and writes down what each is to be told.

Whoever writes pays nothing for it: an account is followed from its own durable place (store/places.py), and only when
there is one, which the first listener makes. Any number of tellers may share a database: of two who have read the same,
one alone moves the place, and writes in the same transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from dragoman.core.accounts import webhooks
from dragoman.core.accounts.listening import READER
from dragoman.core.accounts.models import Webhook
from dragoman.edge.hooks import Hooks
from dragoman.edge.services import Services
from dragoman.store import deliveries, events, places, signals
from dragoman.store.deliveries import NewDelivery
from dragoman.store.events import Cursor
from dragoman.store.faults import Busy, Clash
from dragoman.store.tx import Tx

log = logging.getLogger("dragoman.jobs")
LOOK_EVERY = timedelta(milliseconds=250)
AT_ONCE = 100  # events of an account
Told = Callable[[str, Tx, Sequence[Webhook]], Awaitable[Sequence[NewDelivery]]]


class Teller:
    """`run` goes on until it is cancelled; what was not written then is written by whoever comes next."""

    def __init__(self, services: Services, hooks: Mapping[str, Hooks]) -> None:
        self._services = services
        self._hooks = hooks
        self._database = services.database
        self._bell = services.database.bell.listen()
        self._place: Cursor | None = None
        self._due: set[int] = set()
        self._heard: Mapping[tuple[int, int], datetime] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.tell_news()
            except Exception:
                log.exception("webhooks cannot be told; trying again")
            await self._wait()

    async def _wait(self) -> None:
        """For news of this process, or until it is time to look for those of others."""
        try:
            async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()

    async def tell_news(self) -> int:
        """All that is to be told by now; how much is new."""
        await self._look()
        told = 0
        for account_id in sorted(self._due):
            told += await self._tell_account(account_id)
            self._due.discard(account_id)
        return told + await self._tell_signals()

    async def _look(self) -> None:
        """Which accounts have news that somebody listens to; at first, all may have."""
        async with self._database.backend.read() as session:
            if self._place is None:
                self._place = await events.end(session)
                self._due = await places.followed(session, READER)
                return
            found = await events.after(session, self._place)
            while found:
                self._place = found[-1].cursor
                self._due |= await places.followed(session, READER, {one.account_id for one in found})
                found = await events.after(session, self._place) if len(found) == events.MOST else []

    async def _tell_account(self, account_id: int) -> int:
        """From its place to where its log ends now."""
        told = 0
        while (more := await self._tell_some(account_id)) is not None:
            told += more
        return told

    async def _tell_some(self, account_id: int) -> int | None:
        """The next events; None where there are none."""
        async with self._database.read(account_id) as tx:
            place = await places.of(tx, READER)
        if place is None:
            return None
        async with self._database.backend.read() as session:
            found = await events.of_account(session, account_id, place, limit=AT_ONCE)
        if not found:
            return None
        new = [one for event in found for one in await self._all_of(account_id, event.created_at, self._event(event))]
        try:
            async with self._database.write(account_id) as tx:
                if not await places.move(tx, READER, since=place, to=found[-1].cursor):
                    return 0  # somebody else was faster, and has written it
                return await deliveries.add(tx, new)
        except Clash:
            return 0

    def _event(self, event: events.Event) -> Told:
        return lambda name, tx, theirs: self._hooks[name].told(self._services, tx, event, theirs)

    async def _all_of(self, account_id: int, at: datetime, told: Told) -> list[NewDelivery]:
        """What every dialect has to say, each to its own."""
        new: list[NewDelivery] = []
        # Its own snapshot, which is newer than the event.
        async with self._database.read(account_id) as tx:
            listening = [one for one in await webhooks.subscriptions(tx) if one.is_active and one.created_at <= at]
            for name in self._hooks:
                try:
                    new += await told(name, tx, [one for one in listening if one.dialect == name])
                except Busy:
                    raise
                except Exception:
                    # An event that cannot be told must not keep all later ones from being told.
                    log.exception("account %s: something of %s cannot be told in %s", account_id, at, name)
        return new

    async def _tell_signals(self) -> int:
        """What has been signalled within the last seconds, and was not seen yet by this teller."""
        since = self._database.clock() - signals.FRESH_FOR
        async with self._database.backend.read() as session:
            found = await signals.since(session, since)
            new = [one for one in found if (one.account_id, one.id) not in self._heard]
            theirs = await places.followed(session, READER, {one.account_id for one in new}) if new else set()
        self._heard = {(one.account_id, one.id): one.created_at for one in found}
        return sum([await self._tell_signal(one) for one in new if one.account_id in theirs])

    async def _tell_signal(self, signal: signals.Signal) -> int:
        def told(name: str, tx: Tx, theirs: Sequence[Webhook]) -> Awaitable[Sequence[NewDelivery]]:
            return self._hooks[name].signalled(self._services, tx, signal, theirs)

        new = await self._all_of(signal.account_id, signal.created_at, told)
        if not new:
            return 0
        async with self._database.write(signal.account_id) as tx:
            return await deliveries.add(tx, new)
