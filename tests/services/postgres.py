"""A private PostgreSQL: fast rather than durable, reached by a random port of 127.0.0.1 and a unix socket.

Besides it, for those who ask, a pair of its own: a primary and the hot standby that follows it.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg

from services.run import START_SECONDS, Run, ServiceMissing, free_port, run_to_end

USER = "dragoman"
DEBIAN_HOME = Path("/usr/lib/postgresql")

# Nothing here outlives the run, so nothing needs to reach the disk; the sizes suit two workers on a small machine.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}
# A standby lives on what its primary has written to the log.
FOLLOWED = {**SETTINGS, "wal_level": "replica", "max_wal_senders": "4", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; ``folder`` holds its unix socket."""

    run: Run
    port: int
    folder: str

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, as ``DRAGOMAN_DATABASE_URL`` takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    async def create_database(self, template: str = "template0") -> str:
        """Make a database that is a copy of a template; return its name. Nobody may be connected to the template."""
        name = f"test_{uuid4().hex}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def template(self, name: str, prepare: Callable[[str], Awaitable[None]]) -> str:
        """Make a template once for the whole run: ``prepare`` gets its URL and must leave no connection open."""
        with self.run.alone(f"template-{name}"):
            if not await self._has_database(name):
                draft = await self.create_database()
                await prepare(self.url(draft))
                await self._execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
        return name

    async def _has_database(self, name: str) -> bool:
        connection = await asyncpg.connect(self.url())
        try:
            found = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name)
            return bool(found)
        finally:
            await connection.close()

    async def ask(self, question: str) -> str:
        """The text of the one value that answers."""
        connection = await asyncpg.connect(self.url())
        try:
            return str(await connection.fetchval(question))
        finally:
            await connection.close()

    async def wait_until(self, question: str) -> None:
        """Wait until a question is answered by true. Raises TimeoutError for what does not come."""
        async with asyncio.timeout(START_SECONDS):
            while await self.ask(question) != "True":  # noqa: ASYNC110 - another process tells us nothing
                await asyncio.sleep(0.01)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and its hot standby, which has every database of the primary under the same name."""

    primary: PostgresServer
    standby: PostgresServer

    async def catch_up(self) -> None:
        """Wait until the standby shows all that the primary has committed by now."""
        written = await self.primary.ask("SELECT pg_current_wal_insert_lsn()::text")
        await self.standby.wait_until(f"SELECT pg_last_wal_replay_lsn() >= '{written}'")

    async def hold(self) -> None:
        """Let the standby stay as it is."""
        await self.standby.ask("SELECT pg_wal_replay_pause()")
        await self.standby.wait_until("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    async def go_on(self) -> None:
        await self.standby.ask("SELECT pg_wal_replay_resume()")


def server(run: Run, settings: Mapping[str, str] = SETTINGS) -> PostgresServer:
    """The run's PostgreSQL, started when first asked for. Raises ServiceMissing or ServiceFailed."""
    started = run.once("postgres", lambda: _start(run, "postgres", settings, _initdb))
    return PostgresServer(run, started["port"], started["folder"])


def pair(run: Run) -> Pair:
    """The run's primary and standby, started when first asked for. Raises ServiceMissing or ServiceFailed."""
    first = run.once("primary", lambda: _start(run, "primary", FOLLOWED, _initdb))
    primary = PostgresServer(run, first["port"], first["folder"])
    second = run.once("standby", lambda: _start(run, "standby", FOLLOWED, lambda home: _copy_of(primary, home)))
    return Pair(primary, PostgresServer(run, second["port"], second["folder"]))


def _initdb(home: Path) -> list[str]:
    return ["initdb", "--pgdata", str(home / "data"), "--username", USER, *_INITDB_OPTIONS]


def _copy_of(primary: PostgresServer, home: Path) -> list[str]:
    where = ["--host", primary.folder, "--port", str(primary.port), "--username", USER]
    return ["pg_basebackup", *where, "--pgdata", str(home / "data"), "--write-recovery-conf", *_BACKUP_OPTIONS]


def _start(run: Run, name: str, chosen: Mapping[str, str], make: Callable[[Path], list[str]]) -> dict[str, object]:
    """`make` tells the command that makes the folder of data."""
    programs = _programs()
    home, port = run.home(name), free_port()
    data = home / "data"
    program, *arguments = make(home)
    run_to_end(home, [str(programs / program), *arguments])
    settings = {**chosen, "port": str(port), "unix_socket_directories": str(home)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    run.launch(
        home,
        [str(programs / "postgres"), "-D", str(data), *options],
        is_ready=lambda: _is_ready(data),
        stop_signal=signal.SIGINT,  # the fast shutdown: SIGTERM would wait for the last client to leave
    )
    return {"port": port, "folder": str(home)}


# C.UTF-8 sorts the same on every machine, and unlike plain C it knows the case of letters beyond ASCII.
_INITDB_OPTIONS = ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
_BACKUP_OPTIONS = ["--checkpoint", "fast", "--wal-method", "stream", "--no-sync"]


def _is_ready(data: Path) -> bool:
    """The eighth line of postmaster.pid says how far the server is; pg_ctl waits for the same word."""
    pid_file = data / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    return len(lines) > 7 and lines[7].strip() == "ready"


def _programs() -> Path:
    """The folder of the newest server's programs. Debian keeps them off the PATH."""
    versions = [path for path in DEBIAN_HOME.glob("*/bin") if (path / "postgres").exists()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    postgres = shutil.which("postgres")
    if postgres is None:
        raise ServiceMissing("PostgreSQL", "postgresql")
    return Path(postgres).resolve().parent
