"""A private Redis that keeps nothing on disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from services.run import Run, ServiceMissing, accepts_connections, free_port


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A running server; its address, as ``DRAGOMAN_REDIS_URL`` takes it."""

    url: str


def server(run: Run) -> RedisServer:
    """The run's Redis, started when first asked for. Raises ServiceMissing or ServiceFailed."""
    return RedisServer(**run.once("redis", lambda: _start(run)))


def _start(run: Run) -> dict[str, str]:
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceMissing("Redis", "redis-server")
    home, port = run.home("redis"), free_port()
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(home)]
    run.launch(home, [program, *settings], is_ready=lambda: accepts_connections(port))
    return {"url": f"redis://127.0.0.1:{port}/0"}
