"""Somebody who listens by HTTP, and answers as a test wants."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from dragoman.app import find_dialects
from dragoman.jobs.delivering import Courier
from dragoman.jobs.telling import Teller
from live.listening import settled
from world import World

HOOKS = {one.name: one.hooks for one in find_dialects("dragoman.dialects") if one.hooks is not None}
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Heard:
    head: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def status(code: int, body: bytes = b"", *lines: str) -> Answer:
    """An answer of this status, with more header lines."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {code} Said", f"Content-Length: {len(body)}", *lines]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    return answer


async def hang(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_up(_writer: asyncio.StreamWriter) -> None:
    """No answer at all."""


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        await writer.drain()


@dataclass
class Receiver:
    """`answers` are given in turn, and then `usual`."""

    port: int = 0
    usual: Answer = field(default_factory=lambda: status(200, b"thanks"))
    answers: list[Answer] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    open: set[asyncio.Task[Any]] = field(default_factory=set)
    has_heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def words(self, name: str = "event") -> list[str]:
        return [one.json[name] for one in self.heard]

    async def hears(self, count: int) -> None:
        """Until so many have come."""
        async with asyncio.timeout(20):
            while len(self.heard) < count:
                self.has_heard.clear()
                await self.has_heard.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            await self._take(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self.open.discard(task)
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append(Heard(head, headers, body))
        self.has_heard.set()
        await (self.answers.pop(0) if self.answers else self.usual)(writer)
        await writer.drain()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    one = Receiver()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=tls)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        for task in list(one.open):
            task.cancel()
        await asyncio.gather(*one.open, return_exceptions=True)


class Patient(Teller):
    """Looks when nothing of the log is held back: other tests' transactions may do so on PostgreSQL."""

    world: World

    async def tell_news(self) -> int:
        await settled(self.world)
        return await super().tell_news()


def teller(world: World) -> Teller:
    found = Patient(world.services, HOOKS)
    found.world = world
    return found


def courier(world: World, **how: Any) -> Courier:
    return Courier(world.services, HOOKS, **how)


async def carried(world: World, **how: Any) -> int:
    """All that is to be told by now is told; how many requests that took."""
    await teller(world).tell_news()
    one, count = courier(world, **how), 0
    while taken := await one.run_due():
        count += taken
    return count
