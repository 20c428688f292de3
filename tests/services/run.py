"""What all processes of one test run share: a temporary folder, and each service once, started when first asked for.

Under pytest-xdist the controller makes the folder and names it in the environment; whichever worker first needs
a service starts it under a file lock, and the others read its address. The controller stops them all at the end.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.keeper import GRACE_SECONDS, Charge, as_user, is_running

RUN_VARIABLE = "DRAGOMAN_TEST_RUN"
START_SECONDS = 60
NOT_INSTALLED = "is not installed"
KEEPER = Path(__file__).with_name("keeper.py")

# PostgreSQL refuses to run as root; started by root, a service runs as this user instead.
UNPRIVILEGED = "nobody" if os.geteuid() == 0 else None


class ServiceMissing(Exception):
    """The programs of a service are not on this machine; the message has the command that installs them."""

    def __init__(self, service: str, package: str) -> None:
        command = f"sudo apt-get install -y --no-install-recommends {package}"
        super().__init__(f"{service} {NOT_INSTALLED}; to run its tests: {command}")


class ServiceFailed(Exception):
    """A service did not come up; the message has the end of its log."""


@dataclass(frozen=True, slots=True)
class Run:
    """One test run: its temporary folder, and the process whose end is the end of everything in it."""

    folder: Path
    owner: int

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Hold the lock of this name among all processes of the run."""
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def once(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what ``make`` returned to the first process of the run that asked for this name."""
        made = self.folder / f"{name}.json"
        with self.alone(name):
            if not made.exists():
                made.write_text(json.dumps(make()))
            found: dict[str, Any] = json.loads(made.read_text())
            return found

    def home(self, service: str) -> Path:
        """Make the folder of a service, owned by the user it will run as."""
        home = self.folder / service
        home.mkdir()
        if UNPRIVILEGED is not None:
            shutil.chown(home, UNPRIVILEGED)
        return home

    def launch(
        self,
        home: Path,
        command: list[str],
        *,
        is_ready: Callable[[], bool],
        stop_signal: int = signal.SIGTERM,
        user: str | None = UNPRIVILEGED,
    ) -> None:
        """Start a service under a keeper and wait until it is ready.

        Raises ServiceFailed when it ends at once or takes longer than START_SECONDS.
        """
        charge = Charge(
            owner=self.owner,
            folder=str(self.folder),
            command=command,
            home=str(home),
            user=user,
            stop_signal=stop_signal,
        )
        keeper = _spawn_keeper(charge, log=home / "log")
        (self.folder / f"{home.name}.keeper").write_text(str(keeper))
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if not _is_alive(keeper) or time.monotonic() > deadline:
                raise ServiceFailed(f"{home.name} did not start:\n{(home / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop every service and remove every trace; for the owner, when no test runs any more."""
        keepers = [int(file.read_text()) for file in self.folder.glob("*.keeper")]
        for keeper in filter(_is_alive, keepers):
            os.kill(keeper, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS + 2
        while any(_is_alive(keeper) for keeper in keepers) and time.monotonic() < deadline:
            time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)


def begin() -> Run:
    """Make the folder of a new run and name it in the environment, for the workers that will be started."""
    folder = Path(tempfile.mkdtemp(prefix="dragoman-tests-"))
    folder.chmod(0o711)  # a service that runs as another user must reach its own folder below
    os.environ[RUN_VARIABLE] = f"{os.getpid()}:{folder}"
    return current()


def current() -> Run:
    """The run that this process belongs to."""
    owner, _, folder = os.environ[RUN_VARIABLE].partition(":")
    return Run(Path(folder), int(owner))


def run_to_end(home: Path, command: list[str]) -> None:
    """Run one command of a service, as the user it runs as. Raises ServiceFailed with what it printed."""
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, **as_user(UNPRIVILEGED))
    if done.returncode:
        raise ServiceFailed(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _spawn_keeper(charge: Charge, *, log: Path) -> int:
    """Start a keeper in its own session, so that Ctrl-C reaches the tests alone; return its process id."""
    return os.posix_spawn(
        sys.executable,
        [sys.executable, str(KEEPER), json.dumps(charge)],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _is_alive(pid: int) -> bool:
    """Like is_running, but a child of this process that has ended is reaped and does not count."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return is_running(pid)
