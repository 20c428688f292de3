"""Somebody who listens: what waits to be sent to them, as bytes, and never without bound."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dragoman.store.events import Cursor, Event

MOST_WAITING = 1000  # events
BEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What somebody is shown: which kinds of events, and what is made of one of them, mostly bytes.

    All who are shown the same share one, so that it is made once for all of them. With `signals` they hear of those,
    too (store/signals.py), as they are.
    """

    kinds: frozenset[str]
    render: Callable[[Event], Any]
    signals: bool = False


class Subscription:
    """The events of one account behind a place in the log.

    Whoever does not fetch them in time is not kept waiting for: `is_over`, and they come again with their cursor.
    """

    def __init__(self, account_id: int, view: View, place: Cursor) -> None:
        self.account_id = account_id
        self.view = view
        self.place = place  # all that lies behind it is still to come
        self.is_over = False
        self._is_due = False
        self._waiting: deque[tuple[Cursor, Any]] = deque()
        self._news = asyncio.Event()
        self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self.beat)

    def put(self, cursor: Cursor, line: Any) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.end()
        elif not self.is_over:
            self._waiting.append((cursor, line))
            self._news.set()

    def take(self) -> list[Any]:
        """All that waits, but for what lies before the place."""
        lines = [line for cursor, line in self._waiting if cursor > self.place]
        self._waiting.clear()
        return lines

    def beat(self) -> None:
        """Time to see whether they are still there, and still may listen."""
        self._timer.cancel()
        if not self.is_over:
            self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self.beat)
            self._is_due = True
            self._news.set()

    def take_beat(self) -> bool:
        is_due, self._is_due = self._is_due, False
        return is_due

    def end(self) -> None:
        self._timer.cancel()
        self.is_over = True
        self._waiting.clear()
        self._news.set()

    async def news(self) -> None:
        """Until there is something to take, a beat, or the end."""
        await self._news.wait()
        self._news.clear()
