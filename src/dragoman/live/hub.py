"""The one reader of the event log in a process: looks when a bell rings, and tells all who listen.

Bells only hasten. Without any, the hub looks every second while somebody listens, and never while nobody does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from dragoman.core.events import Happened
from dragoman.live.subscription import Subscription, View
from dragoman.store import events, signals
from dragoman.store.bells import Wire
from dragoman.store.database import Database
from dragoman.store.events import Cursor, Event

log = logging.getLogger("dragoman.live")
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 1.0  # after a fault
SOONEST_SECONDS, LATEST_SECONDS = 0.002, 0.05  # when a slow writer holds back what others have committed
ANYWHERE = Cursor(2**63, 0)  # what lies in no log lies before no place
RIGHTS_CHANGED = frozenset({Happened.KEY_REVOKED, Happened.USER_UPDATED})


class Hub:
    """Runs from `start` to `stop`. Without it a subscription is over as soon as it begins: what the log holds is
    told, and nothing is waited for."""

    def __init__(self, database: Database, wire: Wire) -> None:
        self._database = database
        self._wire = wire
        self._bell, self._rung = database.bell.listen(), database.bell.listen()
        self._is_listening = asyncio.Event()
        self._listeners: dict[int, set[Subscription]] = defaultdict(set)
        self._cursor: Cursor | None = None
        self._signalled: dict[int, datetime] = {}  # by id: those that have been told
        self._placing = asyncio.Lock()
        self._look_in = LOOK_SECONDS
        self._tasks: list[asyncio.Task[None]] = []
        self._is_open = False

    def start(self) -> None:
        self._is_open = True
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._carry())]

    def close(self) -> None:
        """All subscriptions end now, and new ones end at once."""
        self._is_open = False
        for listeners in self._listeners.values():
            for one in listeners:
                one.end()

    async def stop(self) -> None:
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @asynccontextmanager
    async def subscription(self, account_id: int, view: View, place: Cursor) -> AsyncIterator[Subscription]:
        """What is committed from now on, behind a place. What the log holds already is the caller's to read, now.

        Raises Busy.
        """
        if self._is_open:
            await self._find_place()
        one = Subscription(account_id, view, place)
        self._join(one)
        try:
            yield one
        finally:
            self._leave(one)

    async def _find_place(self) -> None:
        """Where the hub begins to read, when it is not reading yet."""
        async with self._placing:
            if self._cursor is None:
                async with self._database.backend.read() as session:
                    self._cursor = await events.end(session)

    def _join(self, one: Subscription) -> None:
        if not self._is_open:
            one.end()
            return
        self._listeners[one.account_id].add(one)
        self._is_listening.set()
        self._bell.set()  # whoever waits for a ring alone begins to look every second

    def _leave(self, one: Subscription) -> None:
        one.end()
        self._listeners[one.account_id].discard(one)
        if not self._listeners[one.account_id]:
            del self._listeners[one.account_id]
        if not self._listeners:
            self._is_listening.clear()
            self._bell.set()  # and now it waits for a ring alone

    async def _carry(self) -> None:
        while True:
            try:
                await self._wire.carry(self._rung, self._bell.set, self._is_listening)
            except Exception as fault:
                log.warning("bells between processes are out of order, trying again: %s", fault)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _follow(self) -> None:
        while True:
            await self._wait()
            if not self._listeners:
                self._cursor = None
                continue
            try:
                await self._tell_news()
            except Exception:
                log.exception("the event log cannot be read, trying again")
                await asyncio.sleep(AGAIN_SECONDS)

    async def _wait(self) -> None:
        """For a ring, or until it is time to look without one."""
        try:
            async with asyncio.timeout(self._look_in if self._listeners else None):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()

    async def _tell_news(self) -> None:
        """All that can be read by now."""
        is_more = True
        while is_more:
            async with self._database.backend.read() as session:
                found = await events.news(session, self._cursor or events.BEGINNING)
            is_more = len(found.events) == events.MOST
            if found.events:
                self._tell(found.events)
                self._cursor = found.events[-1].cursor
                self._look_in = SOONEST_SECONDS
        await self._tell_signals()
        self._look_in = min(self._look_in * 2, LATEST_SECONDS) if found.is_held_back else LOOK_SECONDS

    async def _tell_signals(self) -> None:
        """Those of the last seconds that have not been told, to those who want to hear of them."""
        wanting = {
            account_id: [one for one in listeners if one.view.signals]
            for account_id, listeners in self._listeners.items()
        }
        if not any(wanting.values()):
            return
        start = self._database.clock() - signals.TOLD_FOR
        async with self._database.backend.read() as session:
            found = await signals.since(session, start)
        for signal in found:
            if signal.id not in self._signalled:
                self._signalled[signal.id] = signal.created_at
                for one in wanting.get(signal.account_id, ()):
                    one.put(ANYWHERE, signal)
        self._signalled = {key: at for key, at in self._signalled.items() if at >= start}

    def _tell(self, found: Sequence[Event]) -> None:
        for event in found:
            if listeners := self._listeners.get(event.account_id):
                _tell_each(event, listeners)


def _tell_each(event: Event, listeners: set[Subscription]) -> None:
    """Bytes are made once for all who are shown the same."""
    lines: dict[View, bytes] = {}
    cursor = event.cursor
    for one in listeners:
        if event.kind in one.view.kinds:
            if one.view not in lines:
                lines[one.view] = one.view.render(event)
            one.put(cursor, lines[one.view])
        if event.kind in RIGHTS_CHANGED:
            one.beat()
