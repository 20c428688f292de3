"""`make bench`: ours, a plain ORM version, the raw driver and the floor, side by side in one run."""

from __future__ import annotations

import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import drawing, inside, lists, lives, peer, places, report, writes
from benchmarks.client import Client
from benchmarks.figures import Figures
from benchmarks.lists import Desk
from benchmarks.places import Place
from benchmarks.server import running
from services.postgres import PostgresServer
from services.run import ServiceMissing

HERE = Path(__file__).parent
LEAST = 300  # enough to have something of everything
UNITS = {"k": 1_000, "m": 1_000_000}
Make = Callable[[Figures], Place]
console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is measured: the chance that filters are drawn with, and how long."""

    seed: int
    seconds: float
    most_pairs: int | None
    out: Path


def main(
    sizes: Annotated[str, typer.Option(envvar="BENCH_SIZES", help="Conversations, such as 10k,100k,1m.")] = "10k,100k",
    databases: Annotated[str, typer.Option(envvar="BENCH_DATABASES", help="sqlite, postgresql.")] = "sqlite,postgresql",
    seconds: Annotated[float, typer.Option(envvar="BENCH_SECONDS", help="How long each thing is measured.")] = 3.0,
    seed: Annotated[int, typer.Option(envvar="BENCH_SEED", help="Draws the same filters again; 0 draws anew.")] = 0,
    pairs: Annotated[int | None, typer.Option(help="Pairs of filters measured alone; all by default.")] = None,
    out: Annotated[Path, typer.Option(help="Where bench.json goes.")] = HERE / "out",
    docs: Annotated[Path, typer.Option(help="Where performance.md and its pictures are.")] = HERE.parent / "docs",
) -> None:
    """Measure, print ratios beside their bars, and write bench.json, the pictures and docs/performance.md."""
    # Whoever ends it ends its servers and takes its databases away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    drawing.require_all_parameters()
    wanted, names = [size_of(one) for one in sizes.split(",")], databases.split(",")
    if unknown := set(names) - {"sqlite", "postgresql"}:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is neither sqlite nor postgresql")
    plan = Plan(seed or secrets.randbelow(10**6) + 1, seconds, pairs, out)
    run = report.Run(seed=plan.seed, seconds=seconds, sizes=sizes, databases=databases)
    console.print(f"BENCH_SEED={plan.seed}")
    for database in names:
        _run(run, plan, database, wanted)
        report.write(run, out, docs)
    report.print_tables(run)


def _run(run: report.Run, plan: Plan, database: str, sizes: Sequence[tuple[str, int]]) -> None:
    began = time.monotonic()
    try:
        run.found += bench(database, sizes, plan)
    except ServiceMissing as missing:
        console.print(f"[yellow]postgresql is left out:[/] {missing}")
        run.notes.append("PostgreSQL is not installed here and was left out.")
    run.took += time.monotonic() - began


def size_of(name: str) -> tuple[str, int]:
    """`10k` and the like. Raises BadParameter."""
    text = name.strip().lower()
    try:
        size = int(float(text[:-1]) * UNITS[text[-1]]) if text[-1:] in UNITS else int(text)
    except ValueError:
        size = 0
    if size < LEAST:
        raise typer.BadParameter(f"{name} is no size: give 10k, 100k, 1m; {LEAST} at least")
    return text, size


@contextmanager
def workshop(database: str, out: Path) -> Iterator[Make]:
    """Makes databases in a folder, or on a server, that are gone in the end."""
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out))
    try:
        with ExitStack() as stack:
            server: PostgresServer | None = stack.enter_context(places.postgresql()) if database != "sqlite" else None
            yield lambda figures: places.filled(figures, folder / figures.name, server)
    finally:
        shutil.rmtree(folder)


def bench(database: str, sizes: Sequence[tuple[str, int]], plan: Plan) -> list[Figures]:
    """Everything on one kind of database: all sizes are there at once, so that growth is measured side by side."""
    found = [Figures(database, name, size) for name, size in sizes]
    with workshop(database, plan.out) as make:
        made = [told("loading", figures, partial(make, figures)) for figures in found]
        for place in made:
            told("start, memory", place.figures, partial(lives.measure_process, place, plan.seconds))
        with ExitStack() as stack:
            desks = [_opened(stack, place) for place in made]
            for desk in desks:
                told("lists, counts, search", desk.place.figures, partial(_read, desk, plan))
            alone = partial(lists.measure_alone, desks, plan.seed, plan.seconds, plan.most_pairs)
            told("every filter and every pair alone, all sizes", found[-1], alone)
            for desk in desks:
                told("live events, writes", desk.place.figures, partial(_write, desk, plan.seconds))
        for place in made:
            told("import", place.figures, partial(lives.measure_import, place, plan.seconds))
    return found


def told(what: str, figures: Figures, work: Callable[[], report.T]) -> report.T:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    done = work()
    console.print(f"[bold]{figures.title}[/]: {what}, {time.monotonic() - began:.0f} s")
    return done


def _opened(stack: ExitStack, place: Place) -> Desk:
    client = Client(stack.enter_context(running("ours", place.environment)), place.headers)
    return Desk(place, client, drawing.pools(client))


def _read(desk: Desk, plan: Plan) -> None:
    seconds = plan.seconds
    with peer.prepared(desk.place), running("plain", desk.place.environment) as port:
        lists.measure_mix(desk, Client(port, desk.place.headers), plan.seed, seconds)
    lists.measure_deep(desk, seconds)
    lists.measure_detail(desk, seconds)
    rare = lists.rare_word(desk)
    lists.measure_search(desk, rare, inside.COMMON, seconds)
    inside.measure_inside(desk.place, rare, seconds)


def _write(desk: Desk, seconds: float) -> None:
    lives.measure_live(desk, seconds)
    writes.measure_writes(desk, seconds)


if __name__ == "__main__":
    typer.run(main)
