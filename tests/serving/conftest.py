"""A PostgreSQL database for servers that run in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.postgres import PostgresServer
from serving.process import migrated


@pytest.fixture
def migrated_postgres(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings that name it."""
    name = asyncio.run(postgres_server.create_database())
    where = {"DATABASE_URL": postgres_server.url(name)}
    migrated(tmp_path, **where)
    yield where
    asyncio.run(postgres_server.drop_database(name))
