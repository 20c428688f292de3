"""One request to an address that somebody else chose: to the very machine that was looked at, once, not for long."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore

from dragoman.config import Network
from dragoman.edge import targets
from dragoman.edge.targets import Address, BadTarget, Lookup, Target, safe_target

SECONDS = 5.0
MOST_KEPT = 4096  # bytes of an answer
_HARMLESS = "/%:@!$&'()*+,;=~-._?[]"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status or, where there was none, why."""

    status_code: int | None
    response: str | None
    error: str | None

    @property
    def has_got_through(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


async def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[Network],
    look_up: Lookup = targets.look_up,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """POST it. The host is looked up anew each time, and nowhere else is connected to; nothing is raised."""
    heard = _Heard()
    try:
        target = await safe_target(url, allowed, look_up=look_up)
        async with asyncio.timeout(seconds):
            await _ask(target, body, headers, trust or _trust(), heard)
    except BadTarget as refused:
        return Answer(None, None, refused.message)
    except TimeoutError:
        return heard.answer(f"No answer within {seconds:g} seconds")
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, ssl.SSLError) as fault:
        return heard.answer(f"{type(fault).__name__}: {fault}".rstrip(": "))
    return heard.answer(None)


class _Heard:
    """As much as came before it was over."""

    def __init__(self) -> None:
        self.status_code: int | None = None
        self.body = b""

    def answer(self, error: str | None) -> Answer:
        """Who has sent a status has answered, whatever became of the rest."""
        if self.status_code is None:
            return Answer(None, None, error)
        text = self.body[:MOST_KEPT].decode("utf-8", "replace").replace("\x00", "")
        return Answer(self.status_code, text, None if 200 <= self.status_code < 300 else f"HTTP {self.status_code}")


async def _ask(target: Target, body: bytes, headers: Mapping[str, str], trust: ssl.SSLContext, heard: _Heard) -> None:
    # A pool for one request: its connection is as old as its look-up.
    backend = PinnedBackend(target.addresses)
    async with (
        httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=backend) as pool,
        pool.stream("POST", _url_of(target), headers=_headers(target, headers), content=body) as response,
    ):
        heard.status_code = response.status
        async for piece in response.aiter_stream():
            heard.body += piece
            if len(heard.body) >= MOST_KEPT:
                return


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to these addresses, whatever name it is told: that is for the header and the certificate alone."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        fault: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as refused:
                fault = refused
        raise fault

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that the machine trusts."""
    return ssl.create_default_context()


def _url_of(target: Target) -> httpcore.URL:
    parts = urlsplit(target.url)
    path = quote(parts.path or "/", safe=_HARMLESS) + (f"?{quote(parts.query, safe=_HARMLESS)}" if parts.query else "")
    return httpcore.URL(scheme=parts.scheme, host=target.host, port=target.port, target=path)


def _headers(target: Target, headers: Mapping[str, str]) -> list[tuple[str, str]]:
    host = f"[{target.host}]" if ":" in target.host else target.host
    is_usual = target.port == (443 if urlsplit(target.url).scheme == "https" else 80)
    return [("Host", host if is_usual else f"{host}:{target.port}"), *headers.items()]
