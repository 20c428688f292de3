"""Whatever is wrong around a command is named in one line on stderr: no trace, no secret."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dragoman.cli.main import app
from dragoman.store import migrate
from services.run import free_port


def dragoman(*words: str, **env: str) -> Result:
    return CliRunner().invoke(app, list(words), env={f"DRAGOMAN_{name}": value for name, value in env.items()})


def complaint(result: Result) -> str:
    """The one line."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.startswith("dragoman: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DATABASE_URL", "nonsense", "postgresql://"),
        ("DATABASE_URL", "sqlite:///", "sqlite:///path"),
        ("DATABASE_URL", "mysql://me:hunter2@db/x", "postgresql://"),
        ("RATE_LIMIT", "-1", "greater"),
        ("RATE_LIMIT", "many", "integer"),
        ("LOG_LEVEL", "loud", "'debug'"),
        ("SCAN", "clam", "clamd://host:port"),
        ("SCAN", "clamd://", "clamd://host:port"),
        ("MAX_ATTACHMENT_BYTES", "0", "greater"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, word: str) -> None:
    said = complaint(dragoman("account", "list", **{"DATA_DIR": str(tmp_path), name: value}))
    assert said.startswith(f"dragoman: DRAGOMAN_{name}: ")
    assert word in said
    assert "hunter2" not in said


def test_a_setting_may_be_written_large(tmp_path: Path) -> None:
    assert dragoman("account", "list", DATA_DIR=str(tmp_path), LOG_LEVEL="WARNING", SCAN="off").exit_code == 0


def test_a_database_out_of_reach(tmp_path: Path) -> None:
    url = f"postgresql://dragoman:hunter2@127.0.0.1:{free_port()}/none"
    said = complaint(dragoman("account", "list", DATA_DIR=str(tmp_path), DATABASE_URL=url))
    assert "the database cannot be opened" in said
    assert "hunter2" not in said


def test_a_database_that_is_none(tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_text("This is a letter, and long enough to be taken for the header of a database. " * 3)
    said = complaint(dragoman("account", "list", DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{junk}"))
    assert "file is not a database" in said
    complaint(dragoman("account", "list", DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}"))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "inner"):
        complaint(dragoman("account", "list", DATA_DIR=str(folder)))
        complaint(dragoman("serve", "--port", "0", DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{tmp_path}/a.db"))


@pytest.mark.parametrize("url", ["ftp://host/x", "s3://", "{tmp_path}/file"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_attachments_without_a_place(tmp_path: Path, url: str, workers: str) -> None:
    (tmp_path / "file").touch()
    place = url.format(tmp_path=tmp_path)
    said = complaint(dragoman("serve", "--port", "0", "--workers", workers, DATA_DIR=str(tmp_path), STORAGE_URL=place))
    assert "storage" in said


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for workers in ("1", "2"):
            said = complaint(dragoman("serve", "--port", port, "--workers", workers, DATA_DIR=str(tmp_path)))
            assert said == f"dragoman: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_an_address_that_is_not_ours(tmp_path: Path) -> None:
    assert "cannot listen on" in complaint(dragoman("serve", "--host", "192.0.2.1", DATA_DIR=str(tmp_path)))


def test_a_stale_sqlite_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "dragoman.db"
    stale_copy(path)
    before = path.read_bytes()
    for words in (["serve", "--port", "0"], ["worker"], ["account", "list"]):
        said = complaint(dragoman(*words, DATA_DIR=str(tmp_path)))
        assert "revision 0001" in said
        assert f"needs {migrate.head()}" in said
        assert "dragoman migrate" in said
    assert path.read_bytes() == before


def stale_copy(path: Path) -> None:
    """A current file that says it is an old one."""
    migrate.upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_failed_migration_says_so(tmp_path: Path) -> None:
    stale_copy(tmp_path / "dragoman.db")
    result = dragoman("migrate", DATA_DIR=str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing of it was kept" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_reads_well() -> None:
    said = dragoman("--help").stdout
    for command in ("serve", "migrate", "worker", "demo", "account", "user", "key", "import", "load", "openapi"):
        assert f" {command} " in said
    for words in (["serve"], ["key", "create"], ["user", "create"], ["account", "create"]):
        shown = dragoman(*words, "-h")
        assert (shown.exit_code, "Usage:" in shown.stdout) == (0, True)


def test_the_real_command_runs() -> None:
    program = Path(sys.executable).with_name("dragoman")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("dragoman ")
    assert done.stderr == ""
