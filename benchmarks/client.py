"""Load: keep-alive connections that ask, read the whole answer and ask again, on the other core."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import uvloop

CONNECTIONS = 16
LONGEST_SECONDS = 40.0
FEWEST = 3  # answers, however slow they are
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOTAL = re.compile(rb'"total":(\d+)')


@dataclass(frozen=True, slots=True)
class Asking:
    """One request; `expected` is the status that counts as an answer."""

    path: str
    method: str = "GET"
    body: bytes = b""
    expected: int = 200
    headers: Mapping[str, str] | None = None

    def encoded(self, headers: Mapping[str, str]) -> bytes:
        given = {**headers, **(self.headers or {})}
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", *(f"{k}: {v}" for k, v in given.items())]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run gave: answers a second, and milliseconds at the median, the 95th and the 99th percentile."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    answers: int
    bytes_each: int


class UnexpectedAnswer(Exception):
    """The server did not say what it was expected to say."""


@dataclass(slots=True)
class Load:
    """Askings that so many connections take in turn, from one common heap."""

    askings: Sequence[Asking]
    connections: int = CONNECTIONS
    is_whole: bool = False  # go on until each asking was asked at least once, LONGEST_SECONDS at most


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one server with one credential."""

    port: int
    headers: Mapping[str, str]

    def measure(
        self, askings: Sequence[Asking], *, seconds: float, connections: int = CONNECTIONS, is_whole: bool = False
    ) -> Measured:
        """Ask for so long, over so many connections. Raises UnexpectedAnswer at the first answer of another status."""
        (found,) = self.measure_together([Load(askings, connections, is_whole)], seconds=seconds)
        return found

    def measure_together(self, loads: Sequence[Load], *, seconds: float) -> list[Measured]:
        """Several loads at the same time, told apart. Raises UnexpectedAnswer."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self._measure(loads, seconds))

    def raw(self, asking: Asking) -> bytes:
        """One answer's body."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(self._ask(asking))

    def ask(self, asking: Asking) -> Any:
        """One answer's JSON."""
        return json.loads(self.raw(asking))

    def total(self, asking: Asking) -> int:
        """How many there are in all, as a list says."""
        found = _TOTAL.findall(self.raw(asking))
        return int(found[-1])

    async def _ask(self, asking: Asking) -> bytes:
        heap = Heap([(asking, asking.encoded(self.headers))], deadline=0, at_least=1)
        line = await self._connect(heap.next)
        await line.is_over
        line.close()
        return bytes(line.first_body)

    async def _measure(self, loads: Sequence[Load], seconds: float) -> list[Measured]:
        started = time.perf_counter()
        groups = [await self._open(load, started + seconds) for load in loads]
        await asyncio.gather(*(line.is_over for lines in groups for line in lines))
        took = time.perf_counter() - started
        for line in itertools.chain(*groups):
            line.close()
        return [_summed(lines, took) for lines in groups]

    async def _open(self, load: Load, deadline: float) -> list[Line]:
        encoded = [(asking, asking.encoded(self.headers)) for asking in load.askings]
        heap = Heap(encoded, deadline, at_least=len(encoded) if load.is_whole else max(FEWEST, load.connections))
        return [await self._connect(heap.next) for _ in range(load.connections)]

    async def _connect(self, take: Take) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Line(loop, take), "127.0.0.1", self.port)
        return line


Pair = tuple[Asking, bytes]
Take = Callable[[float], Pair | None]


class Heap:
    """What is left to ask: round and round until the deadline, and `at_least` so many."""

    def __init__(self, encoded: Sequence[Pair], deadline: float, at_least: int) -> None:
        self._askings: Iterator[Pair] = itertools.cycle(encoded)
        self._deadline, self._left = deadline, at_least
        self._latest = deadline + LONGEST_SECONDS

    def next(self, now: float) -> Pair | None:
        if now >= self._deadline and (self._left <= 0 or now >= self._latest > LONGEST_SECONDS):
            return None
        self._left -= 1
        return next(self._askings)


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Take) -> None:
        self.is_over: asyncio.Future[None] = loop.create_future()
        self.times: list[float] = []
        self.bytes = 0
        self.first_body = b""
        self._take = take
        self._parts: list[bytes] = []
        self._missing: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send(time.perf_counter())

    def close(self) -> None:
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_over.done():
            self.is_over.set_exception(exc or UnexpectedAnswer("the server hung up"))

    def _send(self, now: float) -> None:
        taken = self._take(now)
        if taken is None:
            self.is_over.set_result(None)
            return
        self._asking, encoded = taken
        self._missing = None
        self._parts.clear()
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
        if len(self.times) == 1:
            self.first_body = b"".join(self._parts)
        self._send(now)

    def _fail(self, start: bytes) -> None:
        self._parts.clear()
        self.is_over.set_exception(UnexpectedAnswer(f"{self._asking.method} {self._asking.path}: {start!r}"))
        self._transport.abort()


def _summed(lines: Sequence[Line], took: float) -> Measured:
    times = [one for line in lines for one in line.times]
    return summed(times, took, sum(line.bytes for line in lines) // max(1, len(times)))


def summed(seconds_each: Sequence[float], took: float, bytes_each: int = 0) -> Measured:
    """Figures of runs that took so many seconds each. Raises ValueError when there was none."""
    if not seconds_each:
        raise ValueError("nothing was measured")
    times = sorted(seconds_each)
    p50, p95, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    return Measured(len(times) / took, p50, p95, p99, len(times), bytes_each)
