"""What was measured, for people and for programs: tables on the screen, a JSON file and a page of the docs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks import plots
from benchmarks.client import Measured
from benchmarks.figures import BARS, GROWTH_LIMIT, Figures, by_database, growths, verdicts

T = TypeVar("T")
BEGIN, END = "<!-- written by make bench -->", "<!-- end -->"
WORST = 10
NOTHING = "–"


@dataclass(slots=True)
class Run:
    """One run of the command, and what it has found so far."""

    seed: int
    seconds: float
    sizes: str
    databases: str
    found: list[Figures] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    took: float = 0.0

    @property
    def machine(self) -> str:
        return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"


def write(run: Run, out: Path, docs: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(json.dumps(as_json(run), indent=2))
    if not run.found:
        return
    pictures = plots.draw(run.found, docs / "pictures")
    page = docs / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{markdown(run, pictures)}\n{END}{rest.partition(END)[2]}")


def as_json(run: Run) -> Mapping[str, object]:
    about = {name: getattr(run, name) for name in ("seed", "seconds", "sizes", "databases", "machine", "took", "notes")}
    growth = {database: [asdict(one) for one in growths(sizes)] for database, sizes in by_database(run.found)}
    return {**about, "bars": verdicts(run.found), "growth": growth, "figures": [asdict(one) for one in run.found]}


def print_tables(run: Run) -> None:
    console = Console()
    for heading, header, rows in _sections(run.found):
        table = Table(*header, title=heading)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    console.print(f"BENCH_SEED={run.seed}, {run.machine}, {run.took:.0f} s")


def markdown(run: Run, pictures: Mapping[str, Path]) -> str:
    about = f"{run.machine}, one worker, the load made by another process on the same machine. Filters drawn with"
    lines = [f"{about} `BENCH_SEED={run.seed}`; {run.seconds:g} s for each figure.", *run.notes]
    for heading, header, rows in _sections(run.found):
        lines += ["", f"### {heading}", "", _row(header), "|---" + "|---:" * (len(header) - 1) + "|", *map(_row, rows)]
    for title, path in pictures.items():
        lines += ["", f"![{title}](pictures/{path.name})"]
    return "\n".join([*lines, "", *_notes(run.found)]).rstrip()


def _notes(found: Sequence[Figures]) -> Iterator[str]:
    for note in dict.fromkeys(note for one in found for note in one.notes):
        yield f"- {note} ({', '.join(one.title for one in found if note in one.notes)})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


Section = tuple[str, list[str], list[list[str]]]


def _sections(found: Sequence[Figures]) -> Iterator[Section]:
    titles = [one.title for one in found]
    yield "Bars", ["figure", "bar", *titles], [*_bar_rows(found), *_growth_rows(found)]
    yield "A second (p50 / p95 ms)", ["what", *titles], _rows(found, lambda one: one.measured, _rate)
    yield "Once", ["what", *titles], _rows(found, lambda one: one.numbers, lambda number: f"{number:,.4g}")
    for database, sizes in by_database(found):
        yield _growth_section(database, sizes)


def _bar_rows(found: Sequence[Figures]) -> Iterator[list[str]]:
    for bar in BARS:
        values = [bar.value(one) for one in found]
        if any(one.database in bar.databases for one in found):
            cells = [NOTHING if one is None else _judged(bar.shown(one), bar.is_reached(one)) for one in values]
            yield [bar.name, f"{bar.side} {bar.shown(bar.limit)}", *cells]


def _judged(text: str, is_reached: bool) -> str:
    return text if is_reached else f"**{text}** missed"


def _growth_rows(found: Sequence[Figures]) -> Iterator[list[str]]:
    """The growth stands under the largest size of its database."""
    cells = dict.fromkeys((one.title for one in found), NOTHING)
    for _, sizes in by_database(found):
        worst = growths(sizes)[:1] if len(sizes) > 1 else []
        for one in worst:
            largest = max(sizes, key=lambda figures: figures.size)
            cells[largest.title] = _judged(f"{one.ratio:.2f}x", one.ratio <= GROWTH_LIMIT)
    yield [
        "p50 at the largest size over the smallest, worst filter or pair",
        f"at most {GROWTH_LIMIT}x",
        *cells.values(),
    ]


def _rows(
    found: Sequence[Figures], of: Callable[[Figures], Mapping[str, T]], show: Callable[[T], str]
) -> list[list[str]]:
    names = dict.fromkeys(name for one in found for name in of(one))
    return [[name, *(show(of(one)[name]) if name in of(one) else NOTHING for one in found)] for name in names]


def _rate(one: Measured) -> str:
    return f"{one.per_second:,.0f} ({one.p50_ms:,.2f} / {one.p95_ms:,.2f})"


def _growth_section(database: str, found: Sequence[Figures]) -> Section:
    """One connection's median by filter: at every size, and the last over the first."""
    ends = sorted(found, key=lambda one: one.size)
    if len(ends) == 1:
        return _slowest_section(ends[0])
    known, compared = len(ends[0].filters), growths(found)
    over = sum(one.ratio > GROWTH_LIMIT for one in compared)
    heading = (
        f"{database}: the {min(WORST, len(compared))} of {len(compared)} filters and pairs that grow most"
        f" ({over} over {GROWTH_LIMIT}x; {known - len(compared)} not compared, their pages are not as full)"
    )
    rows = [
        [one.name, *(f"{size.filters[one.name].p50_ms:.2f}" for size in ends), f"{one.ratio:.2f}x"]
        for one in compared[:WORST]
    ]
    return heading, ["p50, ms", *(one.name for one in ends), "growth"], rows


def _slowest_section(one: Figures) -> Section:
    slowest = sorted(one.filters.items(), key=lambda pair: -pair[1].p50_ms)[:WORST]
    rows = [[name, f"{alone.p50_ms:.2f}"] for name, alone in slowest]
    return (
        f"{one.database}: the {len(rows)} slowest of {len(one.filters)} filters and pairs",
        ["p50, ms", one.name],
        rows,
    )
