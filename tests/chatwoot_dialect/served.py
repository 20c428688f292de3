"""The app behind a real server in the test's own loop: for clients that speak over sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from dragoman.app import create_app
from dragoman.edge.services import Services


class Quiet(uvicorn.Server):
    """The test runner keeps its signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(services: Services) -> AsyncIterator[int]:
    """Its port. What runs in the test's database rings this app's bell."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(services), log_level="warning", timeout_graceful_shutdown=1)
    server = Quiet(config)
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await running
        listener.close()
