"""`dragoman serve`, `dragoman worker`, `dragoman migrate`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from contextlib import suppress
from typing import Annotated, Any
from urllib.request import urlopen

import typer
import uvicorn
from fastapi import FastAPI

from dragoman.app import build_services, create_app
from dragoman.cli.common import fail, opened, out, require_current, run, settings
from dragoman.jobs.runner import Runner
from dragoman.store import migrate

LOG_LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
NO_JOBS = "DRAGOMAN_SERVE_NO_JOBS"


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=256)] = 1,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Leave background jobs to `dragoman worker`.")] = False,
) -> None:
    """Serve the API, the web pages and, unless --no-jobs, the background jobs."""
    chosen = settings()
    require_current(chosen)
    chosen.pepper()  # made before the workers start, so that all of them find the same one
    logging.basicConfig(level=chosen.log_level.upper(), format=LOG_LINE)
    os.environ[NO_JOBS] = "1" if no_jobs else ""
    options: dict[str, Any] = {
        "app": "dragoman.cli.serving:served_app",
        "factory": True,
        "host": host,
        "port": port,
        "workers": workers,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 10,
    }
    if workers == 1:
        AnnouncingServer(uvicorn.Config(**options)).run()
        return
    threading.Thread(target=_announce_when_ready, args=(host, port), daemon=True).start()
    uvicorn.run(**options)


class AnnouncingServer(uvicorn.Server):
    """Says one line when it is ready."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets=sockets)  # type: ignore[arg-type]
        if self.started:
            announce(self.config.host, _port_of(self))


def _port_of(server: uvicorn.Server) -> int:
    sockets = [one for running in server.servers for one in running.sockets]
    return int(sockets[0].getsockname()[1]) if sockets else server.config.port


def _announce_when_ready(host: str, port: int) -> None:
    """Several processes share the port; the first that answers makes the server ready."""
    address = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    for _ in range(600):
        with suppress(OSError), urlopen(f"http://{address}:{port}/healthz", timeout=1) as answer:
            if answer.status == 200:
                announce(host, port)
                return
        time.sleep(0.1)


def announce(host: str, port: int) -> None:
    out.print(f"Dragoman is ready on http://{host}:{port} (API docs: /docs)", highlight=False)


def served_app() -> FastAPI:
    """What each serving process runs."""
    return create_app(build_services(settings()), runs_jobs=not os.environ.get(NO_JOBS))


def worker() -> None:
    """Do the background jobs alone."""
    logging.basicConfig(level=settings().log_level.upper(), format=LOG_LINE)
    run(_work())


async def _work() -> None:
    async with opened() as services:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopped.set)
        runner = asyncio.create_task(Runner(services).run())
        out.print("Dragoman's worker is ready", highlight=False)
        await stopped.wait()
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


def migrate_database() -> None:
    """Bring the database's schema up to date."""
    url = settings().database
    try:
        before = None if migrate.is_new_file(url) else migrate.current(url)
        migrate.upgrade(url)
    except Exception as fault:
        fail(f"the migration failed, nothing of it was kept: {type(fault).__name__}: {fault}", 1)
    after = migrate.head()
    out.print(
        f"The schema is up to date: {before or 'nothing'} → {after}" if before != after else f"Already at {after}"
    )
