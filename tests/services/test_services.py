"""The services that other tests stand on are shared by a run, told apart by test, and gone with the run."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from services import fixtures, run
from services.keeper import is_running
from services.postgres import PostgresServer
from services.run import RUN_VARIABLE, Run, ServiceFailed, ServiceMissing

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def other_run(tmp_path: Path) -> Run:
    """A run beside the one that this test belongs to."""
    folder = tmp_path / "run"
    folder.mkdir()
    return Run(folder, os.getpid())


def test_what_is_made_once_is_made_once(other_run: Run) -> None:
    made = [other_run.once("number", lambda: {"number": 1}), other_run.once("number", lambda: {"number": 2})]

    assert made == [{"number": 1}, {"number": 1}]


def test_what_failed_is_tried_again(other_run: Run) -> None:
    with pytest.raises(ZeroDivisionError):
        other_run.once("number", lambda: {"number": 1 // 0})

    assert other_run.once("number", lambda: {"number": 2}) == {"number": 2}


def test_the_end_of_a_run_leaves_neither_processes_nor_files(other_run: Run) -> None:
    home = other_run.home("sleep")
    other_run.launch(home, SLEEP, is_ready=lambda: True, user=None)
    keeper = int((other_run.folder / "sleep.keeper").read_text())
    assert is_running(keeper)

    other_run.stop()

    assert not is_running(keeper)
    assert not other_run.folder.exists()


def test_a_service_that_fails_shows_its_log(other_run: Run) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such port')"]

    with pytest.raises(ServiceFailed, match="no such port"):
        other_run.launch(other_run.home("broken"), command, is_ready=lambda: False, user=None)


def test_a_killed_run_takes_its_services_and_its_folder_along(tmp_path: Path) -> None:
    owner = subprocess.Popen(SLEEP)
    killed = Run(tmp_path / "run", owner.pid)
    killed.folder.mkdir()
    killed.launch(killed.home("sleep"), SLEEP, is_ready=lambda: True, user=None)
    keeper = int((killed.folder / "sleep.keeper").read_text())

    owner.kill()  # and not reaped, as under a parent that does not care

    assert os.waitpid(keeper, 0) == (keeper, 256 * (256 - signal.SIGTERM))
    assert not killed.folder.exists()
    owner.wait()


def test_a_missing_service_is_skipped_by_people_and_failed_by_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_run: Run) -> None:
        raise ServiceMissing("PostgreSQL", "postgresql")

    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match=r"apt-get install .* postgresql"):
        fixtures.started(start)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"apt-get install .* postgresql"):
        fixtures.started(start)


def test_every_worker_belongs_to_the_run_of_its_controller() -> None:
    owner = int(os.environ[RUN_VARIABLE].partition(":")[0])

    assert run.current().owner == owner
    assert owner == (os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid())


def test_databases_are_copies_that_do_not_touch_each_other(postgres_server: PostgresServer) -> None:
    async def prepare(url: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE word (text text)")
        await connection.execute("INSERT INTO word VALUES ('Ärger')")
        await connection.close()

    async def words(name: str) -> list[str]:
        connection = await asyncpg.connect(postgres_server.url(name))
        found = [row["lower"] for row in await connection.fetch("SELECT lower(text) FROM word")]
        await connection.execute("DELETE FROM word")
        await connection.close()
        return found

    async def story() -> None:
        template = await postgres_server.template("words", prepare)
        assert await postgres_server.template("words", prepare) == template
        names = await asyncio.gather(*[postgres_server.create_database(template) for _ in range(3)])
        assert [await words(name) for name in names] == [["ärger"]] * 3
        await postgres_server.drop_database(names[0])
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await words(names[0])

    asyncio.run(story())
