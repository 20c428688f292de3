"""How long after a commit an event is at every one of many sockets: `python -m benchmarks.live`.

The server is a process of its own. This one holds all the sockets and writes beside them, so what it needs itself to
read them is part of what it measures.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.request import Request, urlopen

import typer
import uvloop

from benchmarks.server import running

HOST = "127.0.0.1"
PAUSE_SECONDS = 0.05  # between two writes, so that each event is measured and not a queue of them
PATIENCE_SECONDS = 10.0
MESSAGE = re.compile(rb'"message_id":"(msg_\w+)"')


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds from a writer's 2xx to the event's bytes at a socket, over all events and sockets.

    `upper_p99` counts from the sending of the request, so that it holds the commit itself and all before it.
    """

    p50: float
    p99: float
    upper_p99: float
    events: int
    streams: int


class Stream(asyncio.Protocol):
    """A raw connection that keeps what arrives, and when."""

    def __init__(self, asking: bytes) -> None:
        self._asking = asking
        self.arrived: list[tuple[float, bytes]] = []
        self.is_listening = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._asking)  # uvloop's are not of that class

    def data_received(self, data: bytes) -> None:
        self.arrived.append((time.perf_counter(), data))
        self.is_listening.set()


@dataclass
class Writer:
    """Says something again and again; remembers when each message was asked for and answered."""

    port: int
    headers: Mapping[str, str]
    conversation: str
    asked_at: dict[bytes, float] = field(default_factory=dict)
    answered_at: dict[bytes, float] = field(default_factory=dict)

    async def write(self, seconds: float) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        body = b'{"body": "Something new", "type": "reply"}'
        path = f"/api/v2/conversations/{self.conversation}/reply"
        asking = _head("POST", path, {**self.headers, "Content-Length": str(len(body))}) + body
        ends_at = time.perf_counter() + seconds
        while time.perf_counter() < ends_at:
            asked_at = time.perf_counter()
            writer.write(asking)
            head = await reader.readuntil(b"\r\n\r\n")
            answered_at = time.perf_counter()
            found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if not head.startswith(b"HTTP/1.1 201") or not found:
                raise RuntimeError(f"a reply was refused: {head!r}")
            message = str(json.loads(await reader.readexactly(int(found[1])))["id"]).encode()
            self.asked_at[message], self.answered_at[message] = asked_at, answered_at
            await asyncio.sleep(PAUSE_SECONDS)
        writer.close()


def measure(port: int, headers: Mapping[str, str], *, streams: int = 500, seconds: float = 5.0) -> Delays:
    """Listen with so many sockets while one writes; `headers` hold a credential that may read and write.

    Raises RuntimeError when an event did not arrive at every socket exactly once.
    """
    conversation = _conversation(port, headers)
    return uvloop.run(_measure(Writer(port, headers, conversation), streams, seconds))


async def _measure(writer: Writer, streams: int, seconds: float) -> Delays:
    loop = asyncio.get_running_loop()
    asking = _head("GET", "/api/v2/events", {**writer.headers, "Accept": "text/event-stream"})
    listening: list[tuple[asyncio.Transport, Stream]] = []
    for _ in range(streams):
        transport, stream = await loop.create_connection(lambda: Stream(asking), HOST, writer.port)
        await asyncio.wait_for(stream.is_listening.wait(), PATIENCE_SECONDS)
        listening.append((transport, stream))
    await writer.write(seconds)
    arrivals = [await _all_of(stream, set(writer.asked_at)) for _, stream in listening]
    for transport, _ in listening:
        transport.abort()
    return _delays(writer, arrivals)


async def _all_of(stream: Stream, messages: set[bytes]) -> dict[bytes, float]:
    """When each message's event was there."""
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while True:
        found = _arrivals(stream)
        if len(found) >= len(messages) or time.perf_counter() > deadline:
            break
        await asyncio.sleep(0.05)
    arrived = dict(found)
    if len(found) != len(arrived) or arrived.keys() != messages:
        raise RuntimeError(f"{len(messages)} events were written, a socket got {len(found)}")
    return arrived


def _arrivals(stream: Stream) -> list[tuple[bytes, float]]:
    """A message's event is there with its last byte, however TCP has cut it."""
    found, seen = [], b""
    for at, data in stream.arrived:
        seen += data
        *whole, seen = seen.split(b"\n\n")
        found += [(match[1], at) for one in whole if (match := MESSAGE.search(one))]
    return found


def _delays(writer: Writer, arrivals: list[dict[bytes, float]]) -> Delays:
    def since(start: dict[bytes, float]) -> list[float]:
        return sorted(max(0.0, at - start[message]) * 1000 for one in arrivals for message, at in one.items())

    delays, upper = since(writer.answered_at), since(writer.asked_at)
    return Delays(
        p50=_quantile(delays, 0.5),
        p99=_quantile(delays, 0.99),
        upper_p99=_quantile(upper, 0.99),
        events=len(writer.asked_at),
        streams=len(arrivals),
    )


def _quantile(ordered: list[float], share: float) -> float:
    return round(ordered[math.ceil(share * len(ordered)) - 1], 2)


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Content-Type: application/json", "", ""]).encode()


def _conversation(port: int, headers: Mapping[str, str]) -> str:
    contact = _post(port, headers, "/api/v2/contacts", {"name": "Live"})
    told = {"subject": "Live events", "contact_id": contact["id"], "description": "Begins"}
    return str(_post(port, headers, "/api/v2/conversations", told)["id"])


def _post(port: int, headers: Mapping[str, str], path: str, body: dict[str, str]) -> dict[str, Any]:
    asking = {**headers, "Content-Type": "application/json"}
    with urlopen(Request(f"http://{HOST}:{port}{path}", json.dumps(body).encode(), asking)) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _dragoman(environment: Mapping[str, str], *words: str) -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("dragoman")), *words, "--json"]
    done = subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(
    streams: Annotated[int, typer.Option(help="Sockets that listen.")] = 500,
    seconds: Annotated[float, typer.Option(help="How long is written.")] = 5.0,
    database_url: Annotated[str, typer.Option(help="A migrated, empty PostgreSQL database instead of SQLite.")] = "",
) -> None:
    """Measure on a fresh temporary database, and print JSON."""
    with tempfile.TemporaryDirectory() as folder:
        where = database_url or f"sqlite:///{folder}/dragoman.db"
        environment = {"DRAGOMAN_DATA_DIR": folder, "DRAGOMAN_DATABASE_URL": where}
        account = str(_dragoman(environment, "account", "create", "Live")["id"])
        key = str(_dragoman(environment, "key", "create", "--account", account, "--scope", "*")["key"])
        with running("ours", environment) as port:
            found = measure(port, {"X-API-Key": key}, streams=streams, seconds=seconds)
    names = ("p50", "p99", "upper_p99", "events", "streams")
    typer.echo(json.dumps({name: getattr(found, name) for name in names}))


if __name__ == "__main__":
    typer.run(main)
