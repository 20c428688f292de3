"""A server in a process of its own: `python -m benchmarks.server ours|plain PORT`.

`ours` is what `dragoman serve` runs, and beside it, in the same process, `/floor`: a constant that is set by POST.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dragoman.cli.serving import served_app


class Floor:
    """The same bytes for whoever asks: no server can answer faster than this."""

    body = b""

    async def __call__(self, request: Request) -> Response:
        if request.method == "POST":
            self.body = await request.body()
        return Response(self.body, media_type="application/json")


def ours() -> FastAPI:
    app = served_app()
    floor = Floor()

    async def answer(request: Request) -> Response:
        return await floor(request)

    app.router.routes.insert(0, Route("/floor", answer, methods=["GET", "POST"]))
    return app


@contextmanager
def running(kind: str, environment: dict[str, str]) -> Iterator[int]:
    """A server of a kind; its port. Raises RuntimeError when it does not come up."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.server", kind, str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        wait(port, process)
        yield port
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Politely first: a server with slow queries on its hands may not hear a polite word."""
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it is healthy. Raises RuntimeError when it does not come up."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return
        time.sleep(0.01)
    raise RuntimeError(f"the server did not come up: exit code {process.poll()}")


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    app = {"ours": "benchmarks.server:ours", "plain": "benchmarks.plain_orm:create_app"}[kind]
    uvicorn.run(app, factory=True, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
