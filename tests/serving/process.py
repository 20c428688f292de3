"""`dragoman …` as a process: started, waited for, asked over HTTP, ended."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PROGRAM = str(Path(sys.executable).with_name("dragoman"))
PATIENCE_SECONDS = 60
READY = re.compile(r"^Dragoman is ready on (http://\S+) \(API docs: /docs\)$", re.M)


@dataclass
class Process:
    """A running command whose output goes to files."""

    popen: subprocess.Popen[bytes]
    folder: Path

    @property
    def out(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def err(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def address(self) -> str:
        found = READY.search(self.out)
        assert found, (self.out, self.err)
        return found[1]

    def wait_for(self, words: str) -> None:
        """Until it has said so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.out:
            assert self.popen.poll() is None, f"ended with {self.popen.returncode}: {self.out}{self.err}"
            assert time.monotonic() < deadline, f"not ready: {self.out}{self.err}"
            time.sleep(0.05)

    def stop(self, name: signal.Signals = signal.SIGTERM) -> int:
        self.popen.send_signal(name)
        return self.popen.wait(PATIENCE_SECONDS)


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")}
    ours = {"DATA_DIR": str(data), "PUBLIC_RATE_LIMIT": "0", **settings}
    return kept | {f"DRAGOMAN_{name}": value for name, value in ours.items()}


@contextmanager
def started(folder: Path, *words: object, **settings: str) -> Iterator[Process]:
    """A command with its data in `folder`/data; killed at the end if it still runs."""
    home = folder / f"run-{time.monotonic_ns()}"
    home.mkdir(parents=True)
    with (home / "stdout").open("wb") as out, (home / "stderr").open("wb") as err:
        popen = subprocess.Popen(
            [PROGRAM, *map(str, words)], stdout=out, stderr=err, cwd=home, env=environment(folder / "data", **settings)
        )
    try:
        yield Process(popen, home)
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.wait(PATIENCE_SECONDS)


@contextmanager
def served(folder: Path, *words: object, **settings: str) -> Iterator[Process]:
    """`dragoman serve` on a free port, once it is ready."""
    with started(folder, "serve", "--port", 0, *words, **settings) as process:
        process.wait_for("ready on")
        yield process


def told(folder: Path, *words: object, **settings: str) -> Any:
    """What a command with --json says."""
    done = subprocess.run(
        [PROGRAM, *map(str, words), "--json"],
        capture_output=True,
        check=True,
        cwd=folder,
        env=environment(folder / "data", **settings),
    )
    return json.loads(done.stdout)


def helpdesk(folder: Path, **settings: str) -> dict[str, str]:
    """A new account; the headers of one who may do everything in it."""
    account = told(folder, "account", "create", "Acme", **settings)
    key = told(folder, "key", "create", "--account", account["id"], "--scope", "*", **settings)
    return {"X-API-Key": key["key"]}


def client(process: Process, headers: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=process.address, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False)


def migrated(folder: Path, **settings: str) -> None:
    """Run `dragoman migrate`."""
    subprocess.run([PROGRAM, "migrate"], capture_output=True, check=True, env=environment(folder / "data", **settings))
