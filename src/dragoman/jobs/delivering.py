"""Carries what is to be told to those who listen by HTTP, until it has got through or there is no hope left.

Each delivery is claimed for a minute, sent outside of any transaction, and settled; whoever dies in between leaves it
to the next. A target has a few requests at once and no more, so that one that hangs holds up nobody else.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from dragoman import __version__
from dragoman.config import networks
from dragoman.edge.hooks import Hooks
from dragoman.edge.services import Services
from dragoman.edge.targets import Lookup, look_up
from dragoman.jobs import outcomes
from dragoman.jobs.outcomes import Target
from dragoman.store import deliveries
from dragoman.store.deliveries import Delivery

log = logging.getLogger("dragoman.jobs")
LOOK_EVERY = timedelta(milliseconds=250)
AT_ONCE, FOR_ONE = 32, 4
MOST_ATTEMPTS = 9  # within about ten hours
FIRST_WAIT, LONGEST_WAIT, SPREAD = timedelta(seconds=10), timedelta(hours=6), 0.2
ALWAYS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": f"Dragoman/{__version__}",
}


class Courier:
    """`run` goes on until it is cancelled."""

    def __init__(
        self,
        services: Services,
        hooks: Mapping[str, Hooks],
        *,
        look_up: Lookup = look_up,
        chance: Random | None = None,
        **how: Any,
    ) -> None:
        self._services = services
        self._database = services.database
        self._hooks = hooks
        self._chance = chance or Random()  # noqa: S311 - spreads load, guards nothing
        self._how = {"look_up": look_up, "allowed": networks(services.settings.allow_targets), **how}
        self._at_work: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_free = asyncio.Event()

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self._take_on()
                except Exception:
                    log.exception("deliveries cannot be read; trying again")
                self._is_free.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                        await self._is_free.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def run_due(self) -> int:
        """Carry what is due now, a part of it where it is much; how many there were."""
        taken = await self._take_on()
        await asyncio.gather(*self._tasks)
        return taken

    async def _take_on(self) -> int:
        """As many as there are hands free, none of them for a target that has enough."""
        free = AT_ONCE - len(self._tasks)
        if free <= 0:
            return 0
        claimed = await self._claimed(free)
        for one in claimed:
            self._at_work[one.target_id] += 1
            task = asyncio.create_task(self._carry(one))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    async def _claimed(self, free: int) -> list[Delivery]:
        now = self._database.clock()
        busy = [target_id for target_id, count in self._at_work.items() if count >= FOR_ONE]
        async with self._database.backend.read() as session:
            due = await deliveries.due(session, now=now, busy=busy, limit=AT_ONCE * FOR_ONE)
        wanted: list[Delivery] = []
        counts = Counter(self._at_work)
        for one in due:
            if counts[one.target_id] < FOR_ONE and len(wanted) < free:
                counts[one.target_id] += 1
                wanted.append(one)
        if not wanted:
            return []
        async with self._database.backend.write() as session:
            return await deliveries.claim(session, wanted, now=now)

    async def _carry(self, one: Delivery) -> None:
        try:
            await self._deliver(one)
        except Exception:
            # The lease gives it back.
            log.exception("delivery %s of account %s was not settled", one.id, one.account_id)
        finally:
            self._at_work[one.target_id] -= 1
            self._at_work += Counter()  # forgets those with nothing to do
            self._is_free.set()

    async def _deliver(self, one: Delivery) -> None:
        async with self._database.read(one.account_id) as tx:
            target = await outcomes.target_of(tx, one)
        if target is None or one.dialect not in self._hooks:
            async with self._database.write(one.account_id) as tx:
                gone = "Nobody listens there any more"
                await deliveries.settle(tx, one, state=deliveries.FAILED, error=gone, next_at=None)
            return
        answer = await self._sent(one, target)
        next_at = None if answer.has_got_through or self._is_last(one) else self._next_at(one)
        async with self._database.write(one.account_id) as tx:
            await outcomes.settle(tx, one, target, answer, next_at=next_at)

    async def _sent(self, one: Delivery, target: Target) -> Any:
        # What speaks HTTP is large, and who has no webhooks does without.
        sending = importlib.import_module("dragoman.jobs.sending")
        headers = {**ALWAYS, **self._hooks[one.dialect].headers(target.secret, one, self._database.clock())}
        return await sending.send(target.url, one.body.encode(), headers, **self._how)

    def _is_last(self, one: Delivery) -> bool:
        return one.is_fleeting or one.attempts >= MOST_ATTEMPTS

    def _next_at(self, one: Delivery) -> datetime:
        """10 s, 30 s, 90 s, … up to six hours, each a little earlier or later, so that not all come back at once."""
        wait: timedelta = min(FIRST_WAIT * 3 ** (one.attempts - 1), LONGEST_WAIT)
        return self._database.clock() + wait * self._chance.uniform(1 - SPREAD, 1 + SPREAD)
