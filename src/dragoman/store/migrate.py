"""Bringing a database's schema up to date, and telling whether it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Run every migration that the database has not seen."""
    _on_connection(url, lambda connection: command.upgrade(_config(connection), "head"))


def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one."""
    return _on_connection(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


def head() -> str | None:
    """The revision this version of Dragoman needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def is_new_file(url: str) -> bool:
    """Whether this is a SQLite file that does not exist yet."""
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _on_connection(url: str, work: Callable[[Connection], T]) -> T:
    if make_url(url).get_backend_name() == "sqlite":
        return _on_sqlite(url, work)
    return asyncio.run(_on_postgres(url, work))


def _on_sqlite(url: str, work: Callable[[Connection], T]) -> T:
    Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA journal_mode=WAL"))
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def _on_postgres(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
