"""Bells: rung after a commit that has events, so that whoever follows the log looks at once instead of soon.

A bell carries nothing, and one that is lost only delays: what happened is in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

Heard = Callable[[], None]
POLL_SECONDS = 0.01


class Bell:
    """The bell inside a process. Rings that nobody has answered yet are one."""

    def __init__(self) -> None:
        self._listeners: list[asyncio.Event] = []

    def listen(self) -> asyncio.Event:
        """Set with each ring; whoever waits for it clears it."""
        self._listeners.append(asyncio.Event())
        return self._listeners[-1]

    def ring(self) -> None:
        for listener in self._listeners:
            listener.set()


class Wire(Protocol):
    """What carries rings between processes."""

    async def carry(self, rung: asyncio.Event, heard: Heard, is_listening: asyncio.Event) -> None:
        """Tell others whenever `rung` is set and call `heard` when others ring, until cancelled.

        Raises whatever breaks it, and is then called again. While `is_listening` is not set nobody wants to hear.
        """


class DataVersionWire:
    """SQLite: any process sees that another one has committed, so nobody need tell."""

    def __init__(self, data_version: Callable[[], int]) -> None:
        self._data_version = data_version

    async def carry(self, _rung: asyncio.Event, heard: Heard, is_listening: asyncio.Event) -> None:
        seen = -1
        while True:
            await is_listening.wait()
            version = self._data_version()
            if version != seen:
                heard()
            seen = version
            await asyncio.sleep(POLL_SECONDS)
