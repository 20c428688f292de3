"""Pictures of a run: how medians grow with the size, and how far each figure is from its bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.figures import BARS, Figures, by_database, growths

mpl.use("Agg")
from matplotlib import pyplot

NAMED = 6  # lines of the growth picture that have a name


def draw(found: Sequence[Figures], folder: Path) -> Mapping[str, Path]:
    """Draw them all; their titles and files. Pictures of an earlier run are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("bench*.png"):
        old.unlink()
    made = {"Bars: how far from each": folder / "bench-bars.png"}
    _draw_bars(found, made["Bars: how far from each"])
    for database, sizes in by_database(found):
        if len(sizes) > 1:
            path = made[f"Median of every filter and pair on {database}"] = folder / f"bench-growth-{database}.png"
            _draw_growth(database, sizes, path)
    return made


def _draw_growth(database: str, found: Sequence[Figures], path: Path) -> None:
    """Every filter and pair is a grey line; those that grow most have a colour and a name."""
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    sizes = sorted(found, key=lambda one: one.size)
    for place, one in enumerate(growths(found)):
        medians = [size.filters[one.name].p50_ms for size in sizes]
        named: dict[str, Any] = {"label": f"{one.name} ({one.ratio:.2f}x)", "linewidth": 1.5, "zorder": 3}
        style = named if place < NAMED else {"color": "0.8", "linewidth": 0.6}
        axes.plot([size.size for size in sizes], medians, marker=".", markersize=3, **style)
    axes.set(xscale="log", ylim=(0, None), xlabel="conversations (log)", ylabel="p50, ms", title=f"Lists on {database}")
    axes.set_xticks([one.size for one in sizes], [one.name for one in sizes])
    axes.minorticks_off()
    axes.legend(fontsize=7)
    _save(figure, path)


def _draw_bars(found: Sequence[Figures], path: Path) -> None:
    """Figures as multiples of their bars, turned so that more is better everywhere; 1 is the bar itself."""
    names = list(dict.fromkeys(bar.name for bar in BARS if bar.limit))
    height = 0.8 / max(1, len(found))
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.25 * len(names) * (1 + 0.4 * len(found))))
    for at, one in enumerate(found):
        values = {bar.name: _times_better(bar.side, bar.limit, value) for bar in BARS if (value := bar.value(one))}
        places = [place + at * height for place, name in enumerate(names) if name in values]
        axes.barh(places, [values[name] for name in names if name in values], height, label=one.title)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(names))], names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("times better than the bar (log); left of the line it is missed")
    axes.legend(fontsize=7)
    _save(figure, path)


def _times_better(side: str, limit: float, value: float) -> float:
    return value / limit if side == "at least" else limit / value


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
