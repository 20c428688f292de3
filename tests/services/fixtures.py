"""The services as pytest fixtures, and the end of them; ``conftest.py`` loads this as a plugin."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from services import clamd, postgres, run, s3

Server = TypeVar("Server")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        run.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        run.current().stop()


@pytest.fixture(scope="session")
def postgres_server() -> postgres.PostgresServer:
    """The run's PostgreSQL, without any database of ours yet."""
    return _started(postgres.server)


@pytest.fixture(scope="session")
def clamd_server() -> clamd.ClamdServer:
    """The run's ClamAV daemon, which knows EICAR as ``clamd.SIGNATURE`` and nothing else."""
    return _started(clamd.server)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3.S3Server]:
    """The run's S3, with its credentials in the environment."""
    server = _started(s3.server)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3.ENVIRONMENT.items():
            patch.setenv(name, value)
        yield server


def _started(start: Callable[[run.Run], Server]) -> Server:
    """Start a service; where it is not installed, a person's run skips the test and CI's run fails it."""
    try:
        return start(run.current())
    except run.ServiceMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
