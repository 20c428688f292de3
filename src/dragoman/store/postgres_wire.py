"""Rings between processes on one PostgreSQL: LISTEN and NOTIFY on a connection of their own.

NOTIFY inside the writing transaction would make all writers of the database commit one after the other, since
PostgreSQL keeps notifications in the order of commits. So it is sent after the commit, once for all that were
committed meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from dragoman.store.bells import Heard

CHANNEL = "dragoman_events"


class NotifyWire:
    """`connect` gives a connection for nothing else."""

    def __init__(self, connect: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        self._connect = connect

    async def carry(self, rung: asyncio.Event, heard: Heard, _is_listening: asyncio.Event) -> None:
        async with self._connect() as driver:
            await self._follow(driver, rung, heard)

    async def _follow(self, driver: Any, rung: asyncio.Event, heard: Heard) -> None:
        mine = driver.get_server_pid()

        def notified(_connection: Any, pid: int, _channel: str, _payload: str) -> None:
            if pid != mine:
                heard()

        driver.add_termination_listener(lambda _connection: rung.set())  # the next NOTIFY says what is the matter
        await driver.add_listener(CHANNEL, notified)
        heard()  # what was rung before somebody listened
        while True:
            await rung.wait()
            rung.clear()
            await driver.execute(f"NOTIFY {CHANNEL}")
