"""What a server loads before it is ready: only what it serves with. The rest comes when it is needed."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest

from dragoman.cli.collecting import not_collecting
from serving.process import migrated, served

LOADED = re.compile(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", re.M)
# Each is large, and nobody who lists conversations with an API key over SQLite and a folder needs it.
NEEDLESS = {
    "alembic",
    "asyncpg",
    "botocore",
    "charset_normalizer",
    "cryptography",
    "httpcore",
    "jwt",
    "lxml",
    "mako",
    "obstore",
    "phonenumbers",
    "rich",
    "sqlalchemy.orm",
    "dragoman.channels.email",
    "dragoman.cli.synthetic",
}


def needless(folder: Path) -> set[str]:
    """What `dragoman serve` loaded of them. Python tells of every import statement, not of what is loaded by name."""
    with served(folder) as process:
        found = set(LOADED.findall(process.err))
        assert process.stop() == 0
    assert {"fastapi", "uvicorn", "dragoman.dialects.aurion.routes.listing"} <= found
    return {name for name in NEEDLESS if any(f"{one}.".startswith(f"{name}.") for one in found)}


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python says on stderr what it loads."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")


@pytest.mark.usefixtures("telling")
def test_a_server_on_a_database_that_is_there_loads_what_it_serves_with(tmp_path: Path) -> None:
    migrated(tmp_path)
    assert needless(tmp_path) == set()


@pytest.mark.usefixtures("telling")
def test_a_server_that_makes_its_database_loads_the_migrations_too(tmp_path: Path) -> None:
    assert {"alembic", "mako"} <= needless(tmp_path)


def test_collecting_goes_on_after_a_start_as_before() -> None:
    assert gc.isenabled()
    with not_collecting():
        assert not gc.isenabled()
        with not_collecting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
