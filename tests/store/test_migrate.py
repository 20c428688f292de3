"""Whether a schema is up to date is told without Alembic, and as Alembic tells it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic.script import ScriptDirectory

from dragoman.store import migrate


def test_the_head_is_the_one_that_alembic_finds() -> None:
    assert migrate.head() == ScriptDirectory(str(migrate.VERSIONS.parent)).get_current_head()


async def test_a_migrated_database_is_at_the_head(database_url: str) -> None:
    assert await asyncio.to_thread(migrate.current, database_url) == migrate.head()


def test_an_empty_database_is_at_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    assert migrate.is_new_file(url)
    assert migrate.current(url) is None
    migrate.upgrade(url)
    assert (migrate.is_new_file(url), migrate.current(url)) == (False, migrate.head())
