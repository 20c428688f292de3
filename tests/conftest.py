"""Every test that asks for `world` runs twice: on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dragoman.config import Settings
from dragoman.store import migrate
from services.postgres import PostgresServer
from world import World, build_world

pytest_plugins = ["services.fixtures"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file to copy."""
    path = tmp_path_factory.mktemp("template") / "dragoman.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A migrated, empty database of its own."""
    if request.param == "sqlite":
        path = tmp_path / "dragoman.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = await server.create_database(await server.template("dragoman", _migrate))
    yield server.url(name)
    await server.drop_database(name)


async def _migrate(url: str) -> None:
    await asyncio.to_thread(migrate.upgrade, url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test's own server; a test that needs others overrides this fixture."""
    return Settings(
        database_url=database_url, data_dir=tmp_path / "data", secret_key="for tests alone", public_rate_limit=0
    )


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    """An account with an administrator, an API key that may do everything, and a client of the whole app."""
    world = await build_world(settings)
    yield world
    await world.close()
