"""Bringing a database's schema up to date, and telling whether it is.

Telling is asked at every start, so it is a file's name and one row; only an upgrade loads Alembic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url

T = TypeVar("T")
VERSIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = text("SELECT version_num FROM alembic_version")


def upgrade(url: str, to: str = "head") -> None:
    """Run every migration up to a revision that the database has not seen."""
    run = import_module("dragoman.store.migrations.running").upgrade
    _on_connection(url, lambda connection: run(connection, to))


def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one."""
    return _on_connection(url, _revision)


def head() -> str:
    """The revision this version of Dragoman needs: migrations are files that begin with their number."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def is_new_file(url: str) -> bool:
    """Whether this is a SQLite file that does not exist yet."""
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(REVISION).scalar()
    return found


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
    # By name, so that a server over SQLite never loads SQLAlchemy's ORM, which comes with this.
    connect = import_module("sqlalchemy.ext.asyncio").create_async_engine
    engine = connect(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            done: T = await connection.run_sync(work)
            return done
    finally:
        await engine.dispose()
