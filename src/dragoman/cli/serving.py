"""`dragoman serve`, `dragoman worker`, `dragoman migrate`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI

from dragoman.app import create_app
from dragoman.cli.collecting import not_collecting
from dragoman.cli.common import (
    fail,
    open_services,
    opened,
    plainly,
    require_current,
    run,
    settings,
    start_logging,
)
from dragoman.config import Settings
from dragoman.edge.dialect import find_dialects
from dragoman.jobs.background import work
from dragoman.store import migrate

NO_JOBS = "DRAGOMAN_SERVE_NO_JOBS"
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 is any free one.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=256)] = 1,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Leave background jobs to `dragoman worker`.")] = False,
) -> None:
    """Serve the API, its docs and, unless --no-jobs, the background jobs."""
    chosen = settings()
    require_current(chosen)
    start_logging(chosen)
    # Ctrl-C and SIGTERM end alike, whenever they come: what is being answered is answered, and no trace is shown.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), bound(host, port) as listener:
        if workers == 1:
            _serve_alone(chosen, host, listener, no_jobs=no_jobs)
        else:
            _serve_together(chosen, host, listener, workers, no_jobs=no_jobs)


def bound(host: str, port: int) -> socket.socket:
    """The door, opened before anything else starts, so that one that is taken is told in a line."""
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as fault:
        reason, *_ = (fault.strerror or str(fault)).split(" (while")
        fail(f"cannot listen on {host}:{port}: {reason}")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _serve_alone(chosen: Settings, host: str, listener: socket.socket, *, no_jobs: bool) -> None:
    with not_collecting():
        app = create_app(open_services(chosen), runs_jobs=not no_jobs)
    AnnouncingServer(uvicorn.Config(app, host, listener.getsockname()[1], **_options())).run([listener])


class AnnouncingServer(uvicorn.Server):
    """Says one line when it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            announce(self.config.host, self.config.port)


def _serve_together(chosen: Settings, host: str, listener: socket.socket, workers: int, *, no_jobs: bool) -> None:
    open_services(chosen)  # so that what cannot be used is told once, and all find one secret key
    os.environ[NO_JOBS] = "1" if no_jobs else ""
    port = int(listener.getsockname()[1])
    listener.close()
    threading.Thread(target=_announce_when_ready, args=(host, port), daemon=True).start()
    uvicorn.run(
        "dragoman.cli.serving:served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **_options(),
    )


def served_app() -> FastAPI:
    """What each of several serving processes runs."""
    chosen = settings()
    start_logging(chosen)
    with not_collecting():
        return create_app(open_services(chosen), runs_jobs=not os.environ.get(NO_JOBS))


def _options() -> dict[str, Any]:
    return {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 10,
        # On a machine that is busy a process takes its time to load; one that is ended for that never gets there.
        "timeout_worker_healthcheck": 60,
    }


def _announce_when_ready(host: str, port: int) -> None:
    """Several processes share the port; the first that answers makes the server ready."""
    for _ in range(600):
        with suppress(OSError, HTTPException):
            asking = HTTPConnection(EVERYWHERE.get(host, host), port, timeout=1)
            asking.request("GET", "/healthz")
            if asking.getresponse().status == 200:
                announce(host, port)
                return
        time.sleep(0.1)


def announce(host: str, port: int) -> None:
    at = f"[{host}]" if ":" in host else host
    typer.echo(f"Dragoman is ready on http://{at}:{port} (API docs: /docs)")


def worker() -> None:
    """Do the background jobs alone."""
    start_logging(settings())
    run(_work())


async def _work() -> None:
    async with opened() as services:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopped.set)
        working = asyncio.create_task(work(services, find_dialects("dragoman.dialects")))
        services.hub.start()  # so that those who serve hear of what is done here
        typer.echo("Dragoman's worker is ready")
        await stopped.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await services.hub.stop()


def migrate_database() -> None:
    """Bring the database's schema up to date."""
    url = settings().database
    try:
        before = None if migrate.is_new_file(url) else migrate.current(url)
        migrate.upgrade(url)
    except Exception as fault:
        fail(f"the migration failed, nothing of it was kept: {plainly(fault)}", 1)
    after = migrate.head()
    typer.echo(
        f"The schema is up to date: {before or 'nothing'} → {after}" if before != after else f"Already at {after}"
    )
