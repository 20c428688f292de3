"""Listening inside the process: a call of the app whose answer does not end by itself, and reading what it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from starlette.types import Message

from world import Caller, World

PATH = "/api/v2/events"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Told:
    """One event as a client has it."""

    id: str
    kind: str
    data: dict[str, Any]


def blocks(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The fields of one event after another; comments are left out (WHATWG HTML, 9.2.6)."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            yield fields
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


def told(lines: Iterable[str]) -> Iterator[Told]:
    for one in blocks(lines):
        if "data" in one:
            yield Told(one["id"], one["event"], json.loads(one["data"]))


@dataclass
class Stream:
    """What arrives of an answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    is_over: bool = False
    _read: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()
            self.is_over = not message.get("more_body", False)
        self._moved.set()

    @property
    def events(self) -> list[Told]:
        return list(told(self.text.split("\n")))

    async def until_open(self) -> None:
        """Until its first bytes are there."""
        await self._until(lambda: bool(self.text))

    async def next(self, count: int = 1) -> list[Told]:
        """The next so many events."""
        await self._until(lambda: len(self.events) >= self._read + count)
        self._read += count
        return self.events[self._read - count : self._read]

    async def end(self) -> list[Told]:
        """What still comes until the server ends it."""
        await self._until(lambda: self.is_over)
        return self.events[self._read :]

    async def _until(self, is_so: Any) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so():
                self._moved.clear()
                await self._moved.wait()


async def settled(world: World) -> None:
    """Nothing of the log is held back any more: on PostgreSQL other tests' transactions may do so for a while."""
    query = "SELECT count(*) FROM events WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while world.database.backend.dialect == "postgresql":
            async with world.database.backend.read() as session:
                if not (await session.execute(text(query))).scalar_one():
                    return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(
    world: World, caller: Caller, last_event_id: str | None = None, query: str = ""
) -> AsyncIterator[Stream]:
    """A stream that is open; the caller is gone when the block ends."""
    await settled(world)
    headers = caller.headers | ({"Last-Event-ID": last_event_id} if last_event_id is not None else {})
    stream, is_gone, asked = Stream(), asyncio.Event(), False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await is_gone.wait()
        return {"type": "http.disconnect"}

    app = world.client._transport.app  # type: ignore[attr-defined]
    call = asyncio.create_task(app(_scope(headers, query), receive, stream.take))
    try:
        await stream.until_open()
        yield stream
    finally:
        is_gone.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await call


def _scope(headers: dict[str, str], query: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("dragoman.test", 80),
    }
