"""A whole process, measured: how soon it is ready, what it holds, how late its live events come, how mail goes in."""

from __future__ import annotations

import asyncio
import importlib
import mailbox
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from benchmarks.client import Asking, Client
from benchmarks.drawing import LIST, PAGE
from benchmarks.lists import Desk
from benchmarks.places import ACCOUNT, PROGRAM, Place, memory_of
from benchmarks.server import end, free_port, wait
from dragoman.app import build_services
from dragoman.channels.email.importing import import_mail
from dragoman.config import Settings

STARTS = 3
MAILS_PER_SECOND = 300  # about: so long the import is to take
STREAMS = 500
EVENTS = "/api/v2/events"


def measure_process(place: Place, seconds: float) -> None:
    """`dragoman serve` as people run it: start to healthy, the first list, memory before and after it."""
    numbers, took = place.figures.numbers, []
    starts = STARTS if seconds >= 1 else 1
    for start in range(starts):
        began = time.perf_counter()
        with _serving(place) as (process, port):
            took.append(time.perf_counter() - began)
            if start == starts - 1:
                _keep_memory(numbers, process.pid, "after start")
                numbers["first list after start, s"] = _first_list(place, port)
                _keep_memory(numbers, process.pid, "after the first list")
    numbers["start-up, s"] = statistics.median(took)


@contextmanager
def _serving(place: Place) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port)], env={**os.environ, **place.environment}, stdout=subprocess.DEVNULL
    )
    try:
        wait(port, process)
        yield process, port
    finally:
        end(process)


def _first_list(place: Place, port: int) -> float:
    """Seconds; the index is read from the rows with it."""
    began = time.perf_counter()
    Client(port, place.headers).raw(Asking(f"{LIST}?{PAGE}"))
    return time.perf_counter() - began


def _keep_memory(numbers: dict[str, float], pid: int, when: str) -> None:
    memory = memory_of(pid)
    if memory is not None:
        for name, megabytes in asdict(memory).items():
            numbers[f"memory {when}, MB ({name.upper()})"] = megabytes


def measure_live(desk: Desk, seconds: float) -> None:
    """Where live events are served and there is something to measure them with."""
    figures = desk.place.figures
    is_served = EVENTS in desk.client.ask(Asking("/openapi.json"))["paths"]
    try:
        live: Any = importlib.import_module("benchmarks.live")
    except ModuleNotFoundError:
        live = None
    if live is None or not is_served:
        figures.notes.append("live events: not there")
        return
    found = live.measure(desk.client.port, desk.client.headers, streams=STREAMS, seconds=seconds)
    told: Mapping[str, Any] = asdict(found) if is_dataclass(found) and not isinstance(found, type) else found
    figures.numbers.update({f"live: {name}": float(value) for name, value in told.items()})


def measure_import(place: Place, seconds: float) -> None:
    """Mails a second, into the full account. Raises SystemExit when one is not taken."""
    path, mails = place.folder / "bench.mbox", max(30, round(MAILS_PER_SECOND * seconds))
    _write_mails(path, mails)
    started = time.perf_counter()
    taken = asyncio.run(_take(place, path))
    if taken != mails:
        raise SystemExit(f"{taken} of {mails} mails were imported")
    place.figures.numbers["mails imported a second"] = mails / (time.perf_counter() - started)


async def _take(place: Place, path: Path) -> int:
    services = build_services(Settings(data_dir=place.folder, database_url=place.url))
    try:
        return (await import_mail(services, ACCOUNT, [path])).read
    finally:
        await services.database.close()


def _write_mails(path: Path, count: int) -> None:
    """Every third one answers the one before."""
    box = mailbox.mbox(path)
    for number in range(count):
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
