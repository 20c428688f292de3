"""Asks a ClamAV daemon whether bytes are infected, by the INSTREAM command of clamd(8).

Own code because no client on PyPI is asyncio, reaches unix sockets and may be shipped under Apache-2.0: aioclamd
(MIT, kept up) knows TCP alone, clamav-client is GPL and blocks, clamd dates from 2014.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

DEFAULT_PORT = 3310
PATIENCE = timedelta(minutes=2)
CHUNK_BYTES = 128 * 1024
LONGEST_ANSWER = 4096

INSTREAM = b"zINSTREAM\0"
END_OF_STREAM = b"\0\0\0\0"
ANSWER = re.compile(rb"stream: (?:OK|(?P<signature>[^\0]+) FOUND)\0")

Address = tuple[socket.AddressFamily, Any]


class ScannerUnavailable(Exception):
    """No verdict: the daemon is out of reach, too slow or broken. Later it may answer."""


class TooLargeToScan(ScannerUnavailable):
    """No verdict, now or later: more bytes than the daemon's StreamMaxLength."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the daemon found: the name of a signature, or nothing."""

    signature: str | None = None

    @property
    def is_clean(self) -> bool:
        return self.signature is None


async def scan(url: str, data: bytes | AsyncIterator[bytes], *, patience: timedelta = PATIENCE) -> Verdict:
    """Have bytes scanned by the daemon at ``clamd://host:port`` or ``clamd:///path/to/socket``.

    Raises ValueError for another URL, TooLargeToScan, and ScannerUnavailable when there is no verdict within
    ``patience``, all told, or whatever else goes wrong on the way.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return _verdict(await _ask(await _addresses(url), data))
    except TimeoutError as error:
        raise ScannerUnavailable(f"{url} gave no verdict within {patience.total_seconds():g} seconds") from error
    except OSError as error:
        raise ScannerUnavailable(f"{url} cannot be reached: {error}") from error


async def _addresses(url: str) -> list[Address]:
    """Where a daemon may listen: one unix socket, or every address of a host."""
    parts = urlsplit(url)
    if parts.scheme == "clamd" and parts.hostname and parts.path in {"", "/"}:
        port = parts.port or DEFAULT_PORT
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        return [(family, target) for family, _, _, _, target in found]
    if parts.scheme == "clamd" and not parts.netloc and parts.path.strip("/"):
        return [(socket.AF_UNIX, unquote(parts.path))]
    raise ValueError(f"a scanner is named clamd://host:port or clamd:///path/to/socket, not {url!r}")


async def _ask(addresses: list[Address], data: bytes | AsyncIterator[bytes]) -> bytes:
    """Send everything and return the answer.

    The daemon answers and hangs up in mid-stream when it has had enough. asyncio's streams then forget what has
    arrived but was not read yet; a socket of our own still holds it.
    """
    with await _connect(addresses) as connection:
        with suppress(ConnectionError):
            await _send(connection, data)
        return await _receive(connection)


async def _connect(addresses: list[Address]) -> socket.socket:
    """Connect to the first of these that accepts. Raises the last one's OSError."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return await _connect_to(address)
    return await _connect_to(last)


async def _connect_to(address: Address) -> socket.socket:
    family, target = address
    connection = socket.socket(family)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, target)
    except BaseException:
        connection.close()
        raise
    return connection


async def _send(connection: socket.socket, data: bytes | AsyncIterator[bytes]) -> None:
    """Send chunks, each after its length, and the empty one that ends them."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, INSTREAM)
    async for chunk in _chunks(data):
        await loop.sock_sendall(connection, len(chunk).to_bytes(4, "big") + chunk)
    await loop.sock_sendall(connection, END_OF_STREAM)


async def _receive(connection: socket.socket) -> bytes:
    """Read up to and with the zero byte that ends an answer, or as much as tells that it is none."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        received = await asyncio.get_running_loop().sock_recv(connection, LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return answer


async def _chunks(data: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces that are never empty: an empty one would end the stream."""
    if isinstance(data, bytes):
        for start in range(0, len(data), CHUNK_BYTES):
            yield data[start : start + CHUNK_BYTES]
        return
    async for chunk in data:
        if chunk:
            yield chunk


def _verdict(answer: bytes) -> Verdict:
    if match := ANSWER.fullmatch(answer):
        signature: bytes | None = match["signature"]
        return Verdict(None if signature is None else signature.decode(errors="replace"))
    if b"size limit exceeded" in answer:
        raise TooLargeToScan("more bytes than the scanner accepts (its StreamMaxLength)")
    raise ScannerUnavailable(f"the scanner answered {answer[:200]!r}" if answer else "the scanner hung up unasked")
