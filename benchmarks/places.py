"""Databases to measure on: made, filled, and thrown away again."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from benchmarks.figures import Figures
from dragoman.app import build_services
from dragoman.config import Settings
from dragoman.core.accounts import actions
from dragoman.store import directory, migrate
from services import postgres, run

ACCOUNT = 1
PROGRAM = str(Path(sys.executable).with_name("dragoman"))
# The tests' settings but for this: what is measured must reach the disk.
DURABLE = {
    **postgres.SETTINGS,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One database with an account of so many conversations, and a key that may do everything there."""

    figures: Figures
    folder: Path
    url: str
    key: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"DRAGOMAN_DATA_DIR": str(self.folder), "DRAGOMAN_DATABASE_URL": self.url}

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.key}


@contextmanager
def postgresql() -> Iterator[postgres.PostgresServer]:
    """A durable server of our own. Raises ServiceMissing where its programs are not installed."""
    began = run.begin()
    try:
        yield postgres.server(began, DURABLE)
    finally:
        began.stop()


def filled(figures: Figures, folder: Path, server: postgres.PostgresServer | None) -> Place:
    """A new database of that size, in that folder or on that server."""
    folder.mkdir()
    url = f"sqlite:///{folder}/dragoman.db"
    if server is not None:
        url = server.url(asyncio.run(server.create_database()))
    place = Place(figures, folder, url)
    migrate.upgrade(url)
    key = asyncio.run(_key_of_new_account(place))
    command = [PROGRAM, "load", "--account", str(ACCOUNT), "--conversations", str(figures.size), "--json"]
    done = subprocess.run(command, env={**os.environ, **place.environment}, check=True, stdout=subprocess.PIPE)
    figures.numbers["conversations loaded a second"] = float(json.loads(done.stdout)["conversations_per_second"])
    return Place(figures, folder, url, key)


async def _key_of_new_account(place: Place) -> str:
    """The account is the first of its database, and so ACCOUNT."""
    services = build_services(Settings(data_dir=place.folder, database_url=place.url))
    try:
        async with services.database.backend.write() as session:
            await directory.create_account(session, name="Bench", uuid=str(uuid4()), now=services.database.clock())
        async with services.database.write(ACCOUNT) as tx:
            key = await actions.issue_key(tx, name="Bench", scopes=["*"], user_id=None, pepper=services.pepper)
        return str(key.secret)
    finally:
        await services.database.close()


def run_sql(place: Place, statements: Sequence[str]) -> list[Any]:
    """Run statements by the driver; the rows of the last one."""
    if place.figures.database == "postgresql":
        return asyncio.run(_run_on_postgresql(place.url, statements))
    with closing(sqlite3.connect(place.folder / "dragoman.db", timeout=30)) as connection:
        rows: list[Any] = []
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


async def _run_on_postgresql(url: str, statements: Sequence[str]) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[Any] = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in megabytes: all that is resident, its share of it, and what is its alone."""

    rss: float
    pss: float
    uss: float


def memory_of(pid: int) -> Memory | None:
    """None where the system does not tell."""
    path = Path(f"/proc/{pid}/smaps_rollup")
    if not path.exists():
        return None
    lines: Mapping[str, int] = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in path.read_text().splitlines()[1:])
    }
    own = lines["Private_Clean"] + lines["Private_Dirty"]
    return Memory(lines["Rss"] / 1024, lines["Pss"] / 1024, own / 1024)
