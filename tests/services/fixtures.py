"""The services as pytest fixtures, and the end of them; ``conftest.py`` loads this as a plugin."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from services import clamd, postgres, redis, run, s3
from services.run import NOT_INSTALLED

Server = TypeVar("Server")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        run.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        run.current().stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were left out and why: in a quiet run a skip is a letter that nobody reads."""
    left_out = Counter(reason for report in terminalreporter.stats.get("skipped", []) if (reason := _reason(report)))
    for reason, tests in left_out.items():
        terminalreporter.write_line(f"{tests} left out: {reason}", yellow=True)


@pytest.fixture(scope="session")
def postgres_server() -> postgres.PostgresServer:
    """The run's PostgreSQL, without any database of ours yet."""
    return started(postgres.server)


@pytest.fixture(scope="session")
def postgres_pair() -> postgres.Pair:
    """The run's primary and its hot standby."""
    return started(postgres.pair)


@pytest.fixture(scope="session")
def clamd_server() -> clamd.ClamdServer:
    """The run's ClamAV daemon, which knows EICAR as ``clamd.SIGNATURE`` and nothing else."""
    return started(clamd.server)


@pytest.fixture(scope="session")
def redis_server() -> redis.RedisServer:
    """The run's Redis, empty; whoever publishes in it is heard by other tests as well."""
    return started(redis.server)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3.S3Server]:
    """The run's S3, with its credentials in the environment."""
    server = started(s3.server)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3.ENVIRONMENT.items():
            patch.setenv(name, value)
        yield server


def started(start: Callable[[run.Run], Server]) -> Server:
    """Start a service; where it is not installed, a person's run skips the test and CI's run fails it."""
    try:
        return start(run.current())
    except run.ServiceMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def _reason(report: pytest.TestReport) -> str | None:
    """Why a service's test was skipped; None for skips of any other kind."""
    reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
    return reason if NOT_INSTALLED in reason else None


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
