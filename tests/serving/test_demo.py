"""`make demo` in one command: what it prints works when pasted."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from services.run import free_port
from serving.process import Process, started


def lines(process: Process) -> list[str]:
    found = re.findall(r"^curl .*$", process.out, re.M)
    assert len(found) == 3, process.out
    return found


def pasted(line: str) -> str:
    """What bash says to a line."""
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing: sudo apt-get install -y curl")
def test_the_demo_starts_again_and_again_and_its_lines_work(tmp_path: Path) -> None:
    for _ in range(2):
        port = free_port()
        with started(tmp_path, "demo", "--port", port, "--folder", tmp_path / "demo") as process:
            process.wait_for(f"ready on http://127.0.0.1:{port}")
            listed, found, searched = (json.loads(pasted(line)) for line in lines(process))
            assert {one["status"] for one in listed["items"]} == {"open"}
            assert found["total"] > 0
            assert {one["priority"] for one in searched["items"]} <= {"high", "urgent"}
            assert searched["total"] > 0
            assert_login_works(process, port)
            assert process.stop(signal.SIGINT) == 0
        assert process.err == ""
    assert not (tmp_path / "data").exists(), "the demo lives in its own folder"


def assert_login_works(process: Process, port: int) -> None:
    found = re.search(r"Login\s+(\S+) / (\S+)", process.out)
    assert found, process.out
    body = {"email": found[1], "password": found[2]}
    answer = httpx.post(f"http://127.0.0.1:{port}/api/v1/auth/login", json=body, trust_env=False)
    assert answer.status_code < 300, answer.text
