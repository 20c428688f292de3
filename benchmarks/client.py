"""Load: keep-alive connections that ask, read the whole answer and ask again, on the other core."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import uvloop

CONNECTIONS = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request; `expected` is the status that counts as an answer."""

    path: str
    method: str = "GET"
    body: bytes = b""
    expected: int = 200

    def encoded(self, headers: Mapping[str, str]) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", *(f"{k}: {v}" for k, v in headers.items())]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run gave: answers a second, and milliseconds at the median and the 99th percentile."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answers: int
    bytes_each: int


class UnexpectedAnswer(Exception):
    """The server did not say what it was expected to say."""


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one server with one credential."""

    port: int
    headers: Mapping[str, str]

    def measure(self, askings: Sequence[Asking], *, seconds: float, connections: int = CONNECTIONS) -> Measured:
        """Ask for so long, over so many connections, each going through the askings in turn.

        Raises UnexpectedAnswer at the first answer of another status.
        """
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self._measure(askings, seconds, connections))

    def ask(self, asking: Asking) -> Any:
        """One answer's JSON."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return json.loads(runner.run(self._ask(asking)))

    async def _ask(self, asking: Asking) -> bytes:
        line = await self._connect(iter([(asking, asking.encoded(self.headers))]), deadline=0)
        await line.is_over
        line.close()
        return bytes(line.last_body)

    async def _measure(self, askings: Sequence[Asking], seconds: float, connections: int) -> Measured:
        encoded = [(asking, asking.encoded(self.headers)) for asking in askings]
        started = time.perf_counter()
        lines = [
            await self._connect(itertools.cycle(encoded[at:] + encoded[:at]), started + seconds)
            for at in (number % len(encoded) for number in range(connections))
        ]
        await asyncio.gather(*(line.is_over for line in lines))
        took = time.perf_counter() - started
        for line in lines:
            line.close()
        return _summed(lines, took)

    async def _connect(self, askings: Iterator[tuple[Asking, bytes]], deadline: float) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Line(loop, askings, deadline), "127.0.0.1", self.port)
        return line


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, askings: Iterator[tuple[Asking, bytes]], deadline: float
    ) -> None:
        self.is_over: asyncio.Future[None] = loop.create_future()
        self.times: list[float] = []
        self.bytes = 0
        self.last_body = b""
        self._askings, self._deadline = askings, deadline
        self._parts: list[bytes] = []
        self._missing: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def close(self) -> None:
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_over.done():
            self.is_over.set_exception(exc or UnexpectedAnswer("the server hung up"))

    def _send(self) -> None:
        self._asking, encoded = next(self._askings)
        self._sent_at = time.perf_counter()
        self._transport.write(encoded)

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        if self._missing is None:
            self._read_head()
        else:
            self._missing -= len(data)
        if self._missing == 0:
            self._finish()

    def _read_head(self) -> None:
        """How much of the answer is still to come; the head itself may come in pieces."""
        so_far = b"".join(self._parts)
        head, separator, body = so_far.partition(b"\r\n\r\n")
        if not separator:
            return
        length = _LENGTH.search(head + b"\r\n")
        if length is None or int(head[9:12]) != self._asking.expected:
            self._fail(so_far[:500])
            return
        self._missing = int(length[1]) - len(body)
        self._parts = [body]

    def _finish(self) -> None:
        now = time.perf_counter()
        self.times.append(now - self._sent_at)
        self.bytes += sum(map(len, self._parts))
        if now >= self._deadline:
            self.last_body = b"".join(self._parts)
            self.is_over.set_result(None)
            return
        self._parts.clear()
        self._missing = None
        self._send()

    def _fail(self, start: bytes) -> None:
        self._parts.clear()
        self.is_over.set_exception(UnexpectedAnswer(f"{self._asking.method} {self._asking.path}: {start!r}"))
        self._transport.abort()


def _summed(lines: Sequence[Line], took: float) -> Measured:
    times = sorted(one for line in lines for one in line.times)
    return Measured(
        per_second=len(times) / took,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        answers=len(times),
        bytes_each=sum(line.bytes for line in lines) // len(times),
    )
