"""Runs one service for as long as the test run lives: ``python keeper.py '{"owner": …}'`` (a ``Charge`` as JSON).

A test run can end in ways no ``finally`` sees: a CI time limit, a closed terminal, an out-of-memory kill.
So a service is never a child of a test process but of this one, which watches the run and outlives it by a blink.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, TypedDict

GRACE_SECONDS = 10
POLL_SECONDS = 0.1


class Charge(TypedDict):
    """A service to keep: whose run it serves and in which folder, its command, where and as whom, and how it ends."""

    owner: int
    folder: str
    command: list[str]
    home: str
    user: str | None
    stop_signal: int


def keep(charge: Charge) -> int:
    """Run the service until it ends, its owner is gone, or this process is told to stop; return its exit status.

    The owner removes the run's folder itself; only if it can no longer does that fall to this process.
    """
    told_to_stop = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told_to_stop
        told_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    service = subprocess.Popen(charge["command"], cwd=charge["home"], **as_user(charge["user"]))
    while service.poll() is None and not told_to_stop and is_running(charge["owner"]):
        time.sleep(POLL_SECONDS)
    status = _end(service, charge["stop_signal"])
    if not is_running(charge["owner"]):
        shutil.rmtree(charge["folder"], ignore_errors=True)
    return status


def as_user(name: str | None) -> dict[str, Any]:
    """The arguments of Popen that run a command as this user, with no other group than the user's own."""
    if name is None:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def is_running(pid: int) -> bool:
    """Whether a process with this id, anybody's, is still at work; ended but not yet reaped does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Where there is a /proc: the state follows the name, which stands in brackets and may hold anything."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] == "Z"


def _end(service: subprocess.Popen[bytes], stop_signal: int) -> int:
    if service.poll() is None:
        service.send_signal(stop_signal)
    try:
        return service.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        service.kill()
        return service.wait()


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
