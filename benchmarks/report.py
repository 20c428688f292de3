"""What was measured, for people: tables, a JSON file, a picture and a page of docs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import matplotlib as mpl
from rich.console import Console
from rich.table import Table

from benchmarks.client import CONNECTIONS, Measured

mpl.use("Agg")
from matplotlib import pyplot

DOCS = Path(__file__).parent.parent / "docs"
BEGIN, END = "<!-- written by make bench -->", "<!-- end -->"


@dataclass(slots=True)
class Figures:
    """All that was measured at one size; `rates` are plain numbers a second."""

    name: str
    size: int
    mix: dict[str, Measured] = field(default_factory=dict)
    filters: dict[str, dict[str, Measured]] = field(default_factory=dict)
    others: dict[str, Measured] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def times_plain(self) -> float:
        return self.mix["ours"].per_second / self.mix["plain"].per_second

    @property
    def share_of_floor(self) -> float:
        return self.mix["ours"].per_second / self.mix["floor"].per_second


def print_tables(found: list[Figures]) -> None:
    console = Console()
    for figures in found:
        table = Table("what", "a second", "p50 ms", "p99 ms", title=f"{figures.name} conversations")
        for name, one in _lines(figures):
            table.add_row(name, f"{one.per_second:,.1f}", f"{one.p50_ms:,.1f}", f"{one.p99_ms:,.1f}")
        for name, rate in figures.rates.items():
            table.add_row(name, f"{rate:,.0f}", "", "")
        console.print(table)
        console.print(_ratios(figures))


def _lines(figures: Figures) -> Iterator[tuple[str, Measured]]:
    for name, one in figures.mix.items():
        yield f"list, mix: {name}", one
    for name, kinds in figures.filters.items():
        for kind, one in kinds.items():
            yield f"list, {name}: {kind}", one
    yield from figures.others.items()


def _ratios(figures: Figures) -> str:
    return (
        f"{figures.name}: the mix is {figures.times_plain:,.0f} times the plain ORM version "
        f"and {figures.share_of_floor:.0%} of the floor"
    )


def write(found: list[Figures], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "bench.json").write_text(json.dumps([_as_json(one) for one in found], indent=2))
    _draw(found, DOCS / "pictures" / "bench.png")
    page = DOCS / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{_markdown(found)}\n{END}{rest.partition(END)[2]}")


def _as_json(figures: Figures) -> dict[str, object]:
    ratios = {"times_plain": figures.times_plain, "share_of_floor": figures.share_of_floor}
    return {**asdict(figures), **ratios}


def _draw(found: list[Figures], path: Path) -> None:
    kinds = ["plain", "ours", "floor"]
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    for at, kind in enumerate(kinds):
        rates = [one.mix[kind].per_second for one in found]
        bars = axes.bar([place + (at - 1) * 0.27 for place in range(len(found))], rates, 0.25, label=kind)
        axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], fontsize=8)
    axes.set_yscale("log")
    axes.set_xticks(range(len(found)), [f"{one.name} conversations" for one in found])
    axes.set_ylabel("lists a second (log)")
    axes.legend(labels=["plain FastAPI + ORM", "Dragoman", "the same bytes from a constant"], fontsize=8)
    axes.margins(y=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _markdown(found: list[Figures]) -> str:
    names = [name for name, _ in _lines(found[0])]
    by_size = [dict(_lines(one)) for one in found]
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} cores, one worker, {CONNECTIONS} connections.",
        "",
        "| a second (p99 ms) | " + " | ".join(one.name for one in found) + " |",
        "|---|" + "---:|" * len(found),
    ]
    for name in names:
        cells = [f"{lines_of[name].per_second:,.0f} ({lines_of[name].p99_ms:,.0f})" for lines_of in by_size]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for name in found[0].rates:
        lines.append(f"| {name} | {' | '.join(f'{one.rates[name]:,.0f}' for one in found)} |")
    return "\n".join([*lines, "", *(f"- {_ratios(one)}." for one in found)])
