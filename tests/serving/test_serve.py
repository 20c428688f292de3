"""`dragoman serve` and `dragoman worker` as a person or systemd runs them."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving.process import Process, client, helpdesk, served, started

TRACE = "Traceback"


def assert_quiet(process: Process) -> None:
    """One line on stdout, and nothing that anybody need read on stderr."""
    assert process.out.count("\n") == 1, process.out
    assert process.err == ""


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_from_nothing_and_ends_cleanly(tmp_path: Path, workers: int, ending: signal.Signals) -> None:
    with served(tmp_path, "--workers", workers) as process:
        health = httpx.get(f"{process.address}/healthz", trust_env=False)
        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        assert (tmp_path / "data" / "dragoman.db").exists()
        assert process.stop(ending) == 0
    assert_quiet(process)


def test_its_docs_need_no_other_host(tmp_path: Path) -> None:
    with served(tmp_path) as process, client(process, {}) as browser:
        page = browser.get("/docs")
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert not re.findall(r"""(?:src|href|url)\s*[=:]\s*["'](?:https?:)?//""", page.text)
        needed = re.findall(r"""(?:src|href|url)\s*[=:]\s*["'](/[^"']+)""", page.text)
        assert len(needed) >= 4
        for address in needed:
            assert browser.get(address).status_code == 200, address
        assert process.stop() == 0


def test_what_is_being_answered_is_answered_before_the_end(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path) as process, client(process, headers) as caller:
        body = _slowly(process)
        response = caller.post("/api/v2/contacts", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 201
        assert process.popen.wait(20) == 0
    assert TRACE not in process.err


def _slowly(process: Process) -> Iterator[bytes]:
    """A body in whose midst the server is told to end."""
    yield b'{"name": "Jane",'
    time.sleep(0.3)
    process.popen.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    yield b' "email": "jane@example.com"}'


def test_jobs_are_done_while_serving_or_by_a_worker(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path, "--no-jobs") as process, client(process, headers) as caller:
        gone = _deleted_attachment(caller, tmp_path)
        time.sleep(1)
        assert gone.exists(), "a server with --no-jobs did a job"
        with started(tmp_path, "worker") as worker:
            worker.wait_for("ready")
            _wait_until_gone(gone)
            assert worker.stop() == 0
        assert worker.out == "Dragoman's worker is ready\n"
        assert worker.err == ""
        assert process.stop() == 0
    with served(tmp_path) as process, client(process, headers) as caller:
        _wait_until_gone(_deleted_attachment(caller, tmp_path))


def _deleted_attachment(caller: httpx.Client, folder: Path) -> Path:
    """The file of an attachment that was just deleted."""
    contact = caller.post("/api/v2/contacts", json={"name": "J", "email": f"j{time.monotonic_ns()}@example.com"}).json()
    told = {"subject": "S", "contact_id": contact["id"], "description": "D"}
    at = f"/api/v2/conversations/{caller.post('/api/v2/conversations', json=told).json()['id']}/attachments"
    file = caller.post(at, files={"file": ("a.txt", b"bytes", "text/plain")}).json()
    (path,) = (folder / "data" / "files").rglob("*.blob")
    assert caller.delete(f"{at}/{file['id']}").status_code == 200
    assert caller.get(f"{at}/{file['id']}/download").status_code == 404
    return path


def _wait_until_gone(path: Path) -> None:
    deadline = time.monotonic() + 20
    while path.exists():
        assert time.monotonic() < deadline, "nobody did the job"
        time.sleep(0.05)


def test_no_secret_and_no_letter_reaches_the_log(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path, LOG_LEVEL="debug")
    with served(tmp_path, LOG_LEVEL="debug") as process, client(process, headers) as caller:
        caller.post("/api/v2/contacts", json={"name": "Jane Private", "email": "jane@private.example"})
        caller.get("/api/v2/conversations?search=confidential")
        caller.post("/api/v2/contacts", content=b"{", headers={"Content-Type": "application/json"})
        caller.get("/api/v2/conversations", headers={"X-API-Key": "ak_live_1_" + "0" * 48})
        assert process.stop() == 0
    said = process.out + process.err
    for secret in (
        headers["X-API-Key"],
        "0" * 48,
        "private",
        "confidential",
        (tmp_path / "data/secret_key").read_text(),
    ):
        assert secret not in said
    assert TRACE not in said


def test_a_broken_database_is_told_without_a_trace(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path, "--no-jobs") as process, client(process, headers) as caller:
        with sqlite3.connect(tmp_path / "data" / "dragoman.db") as meddler:
            meddler.execute("ALTER TABLE conversations RENAME TO conversations_elsewhere")
        meddler.close()
        response = caller.get("/api/v2/conversations?search=confidential")
        assert response.status_code in (500, 503)
        assert response.json()["error"]
        for word in ("sqlite", "conversations_elsewhere", TRACE):
            assert word not in response.text
        assert process.stop() == 0
    assert "no such table" in process.err
    assert "confidential" not in process.err
    assert headers["X-API-Key"] not in process.err
