"""`make bench`: ours, a plain ORM version and the floor, side by side in one run."""

from __future__ import annotations

import asyncio
import json
import mailbox
import os
import shutil
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks import report
from benchmarks.client import Asking, Client
from benchmarks.report import Figures
from benchmarks.server import running
from benchmarks.workloads import workload
from dragoman.app import build_services
from dragoman.channels.email.importing import import_mail
from dragoman.config import Settings

OUT = Path(__file__).parent / "out"
UNITS = {"k": 1_000, "m": 1_000_000}
MAILS = 2_000
console = Console(stderr=True)


def main(
    sizes: Annotated[str, typer.Option(envvar="BENCH_SIZES", help="Conversations, such as 10k,100k,1m.")] = "10k,100k",
    seconds: Annotated[float, typer.Option(help="How long each thing is measured.")] = 5.0,
) -> None:
    """Measure, print ratios, and write benchmarks/out/bench.json, docs/pictures/bench.png and docs/performance.md."""
    found = [bench(name, seconds) for name in sizes.lower().split(",")]
    report.print_tables(found)
    report.write(found, OUT)


def bench(name: str, seconds: float) -> Figures:
    """Everything at one size, on a database of its own."""
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=OUT))
    try:
        figures = Figures(name, _size(name))
        console.print(f"[bold]{name}[/]: loading …")
        key = _load(folder, figures)
        _serve(folder, key, figures, seconds)
        figures.rates["mails imported"] = _import(folder)
        return figures
    finally:
        shutil.rmtree(folder)


def _size(name: str) -> int:
    return int(float(name[:-1]) * UNITS[name[-1]]) if name[-1] in UNITS else int(name)


def _environment(folder: Path) -> dict[str, str]:
    return {"DRAGOMAN_DATA_DIR": str(folder), "DRAGOMAN_DATABASE_URL": f"sqlite:///{folder}/dragoman.db"}


def _dragoman(folder: Path, *words: str) -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("dragoman")), *words, "--json"]
    done = subprocess.run(command, env={**os.environ, **_environment(folder)}, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _load(folder: Path, figures: Figures) -> str:
    """Fill account 1; a key that may do everything."""
    _dragoman(folder, "account", "create", "Bench")
    loaded = _dragoman(folder, "load", "--account", "1", "--conversations", str(figures.size))
    figures.rates["conversations loaded"] = float(loaded["conversations_per_second"])
    return str(_dragoman(folder, "key", "create", "--account", "1", "--scope", "*")["key"])


def _serve(folder: Path, key: str, figures: Figures, seconds: float) -> None:
    """The plain version first: replies change what there is to list."""
    headers = {"X-API-Key": key}
    with running("ours", _environment(folder)) as port, running("plain", _environment(folder)) as plain_port:
        ours, plain = Client(port, headers), Client(plain_port, headers)
        work = workload(ours)
        _require_the_same(ours, plain, work.mix)
        for name, asking in work.filters.items():
            console.print(f"  {name} …")
            ours.ask(Asking("/floor", "POST", json.dumps(ours.ask(asking)).encode()))
            figures.filters[name] = {
                "ours": ours.measure([asking], seconds=seconds / 2),
                "plain": plain.measure([asking], seconds=seconds / 2),
                "floor": ours.measure([Asking("/floor")], seconds=seconds / 5),
            }
        figures.mix = {
            "plain": plain.measure(work.mix, seconds=seconds),
            "floor": ours.measure([Asking("/floor")], seconds=seconds),
            "ours": ours.measure(work.mix, seconds=seconds),
            "ours, first twenty pages": ours.measure(work.pages, seconds=seconds),
            "ours, both envelopes": ours.measure(work.both_envelopes, seconds=seconds),
        }
        for name, asking in work.searches.items():
            figures.others[name] = ours.measure([asking], seconds=seconds / 2)
        figures.others["detail"] = ours.measure(work.details, seconds=seconds / 2)
        figures.others["reply"] = ours.measure(work.replies, seconds=seconds)


def _require_the_same(ours: Client, plain: Client, askings: list[Asking]) -> None:
    """A peer that answers something else is no peer."""
    for asking in askings:
        mine, theirs = ours.ask(asking), plain.ask(asking)
        if mine["total"] != theirs["total"] or mine["items"] != theirs["items"]:
            raise SystemExit(f"{asking.path}: {mine['total']} of ours, {theirs['total']} of the plain version's")


def _import(folder: Path) -> float:
    """Mails a second, into the full account."""
    path = folder / "bench.mbox"
    _write_mails(path)
    started = time.perf_counter()
    taken = asyncio.run(_take(folder, path))
    if taken != MAILS:
        raise SystemExit(f"{taken} of {MAILS} mails were imported")
    return MAILS / (time.perf_counter() - started)


async def _take(folder: Path, path: Path) -> int:
    settings = Settings(data_dir=folder, database_url=_environment(folder)["DRAGOMAN_DATABASE_URL"])
    services = build_services(settings)
    try:
        return (await import_mail(services, 1, [path])).read
    finally:
        await services.database.close()


def _write_mails(path: Path) -> None:
    """Every third one answers the one before."""
    box = mailbox.mbox(path)
    for number in range(MAILS):
        mail = EmailMessage()
        mail["From"] = f"Customer {number % 500} <customer{number % 500}@mail.example>"
        mail["To"] = "support@bench.example"
        mail["Subject"] = f"Printer {number} does not answer"
        mail["Date"] = f"Mon, 09 Mar 2026 10:{number % 60:02}:00 +0000"
        mail["Message-ID"] = f"<{number}@bench.example>"
        if number % 3 == 2:
            mail["In-Reply-To"] = f"<{number - 1}@bench.example>"
        mail.set_content(f"Hello,\n\nsince this morning printer {number} does not answer any more.\n\nRegards\n")
        box.add(mail)
    box.close()


if __name__ == "__main__":
    typer.run(main)
