"""`make bench` end to end on a small account: everything is measured and told, however fast this machine is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = {
    "list mix: ours, 16 connections",
    "list mix: ours, 1 connection",
    "list mix: plain, 16 connections",
    "list mix: floor, 16 connections",
    "by updated_at, deep page",
    "by created_at, first page",
    "detail, 1 connection",
    "counts: all four",
    "counts: one row read",
    "search, rare term: over HTTP",
    "search, common term: the query alone",
    "create, 1 connection",
    "replies: ours, 32 connections",
    "replies: raw driver",
    "replies: good ones beside failing ones, 24 connections",
}
ONCE = {
    "conversations loaded a second",
    "mails imported a second",
    "start-up, s",
    "first list after start, s",
    "memory after start, MB (PSS)",
    "memory after the first list, MB (USS)",
    "replies: share of the raw driver",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server")  # skips, or fails in CI, where it is not installed
    return str(request.param)


def test_a_run_measures_everything_and_writes_it_down(database: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "performance.md", tmp_path)
    told = bench("--databases", database, "--out", str(tmp_path / "out"), "--docs", str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "BENCH_SEED=5" in told.stderr

    found: dict[str, Any] = json.loads((tmp_path / "out" / "bench.json").read_text())
    (figures,) = found["figures"]
    assert (found["seed"], figures["database"], figures["size"]) == (5, database, 300)
    assert EVERYWHERE - figures["measured"].keys() == set()
    assert [name for name, one in figures["measured"].items() if one["answers"] < 1 or one["p50_ms"] <= 0] == []
    assert ONCE - figures["numbers"].keys() == set()
    assert figures["numbers"]["replies: good ones lost"] == 0
    assert {"status", "created in a year", "status + priority"} <= figures["filters"].keys()
    assert all(one["rows"] <= 50 for one in figures["filters"].values())
    missing = {one["bar"] for one in found["bars"] if one["value"] is None}
    assert missing <= {"live event to 500 sockets, p99"}
    require_page(tmp_path)


def require_page(folder: Path) -> None:
    """The page has every bar, and pictures that are there; no database is left behind."""
    page = (folder / "performance.md").read_text()
    assert "| list mix, share of the floor | at least 0." in page
    assert "](pictures/bench-bars.png)" in page
    assert (folder / "pictures" / "bench-bars.png").stat().st_size > 1000
    assert [path.name for path in (folder / "out").iterdir()] == ["bench.json"]


@pytest.mark.parametrize(
    ("wrong", "said"), [(("--sizes", "many"), "is no size"), (("--databases", "oracle"), "is neither")]
)
def test_what_cannot_be_measured_is_refused(wrong: tuple[str, str], said: str) -> None:
    told = bench(*wrong)
    assert told.returncode == 2
    assert said in told.stderr


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", "--sizes", "300", "--seconds", "0.05", "--seed", "5", "--pairs", "9"]
    return subprocess.run([*command, *words], cwd=ROOT, capture_output=True, text=True, check=False)
