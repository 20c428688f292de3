"""What is measured of one database of one size, and the bars that it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.client import Measured

FULLER = 1.25  # pages that differ more than so in their rows are not compared


@dataclass(frozen=True, slots=True)
class Alone:
    """One filter, or two together, asked by one connection: the median, and how much there was on the page and in all.

    `path` is what was asked.
    """

    p50_ms: float
    rows: int
    total: int
    path: str


@dataclass(slots=True)
class Figures:
    """All that was measured; `numbers` are counts, seconds, megabytes or rates, as their names say."""

    database: str
    name: str
    size: int
    measured: dict[str, Measured] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    filters: dict[str, Alone] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.database} {self.name}"

    def p50(self, name: str) -> float:
        return self.measured[name].p50_ms

    def rate(self, name: str) -> float:
        return self.measured[name].per_second


@dataclass(frozen=True, slots=True)
class Bar:
    """A ratio or a limit; `of` raises KeyError for figures that do not have it. `databases` are those it is set for."""

    name: str
    side: Literal["at least", "at most"]
    limit: float
    unit: str
    of: Callable[[Figures], float]
    databases: Sequence[str] = ("sqlite", "postgresql")

    def value(self, figures: Figures) -> float | None:
        if figures.database not in self.databases:
            return None
        try:
            return self.of(figures)
        except KeyError:
            return None

    def is_reached(self, value: float) -> bool:
        return value >= self.limit if self.side == "at least" else value <= self.limit

    def shown(self, value: float) -> str:
        return f"{value:,.0f}{self.unit}" if abs(value) >= 10 else f"{value:.3g}{self.unit}"


def _share_of_floor(one: Figures) -> float:
    return one.rate("list mix: ours, 16 connections") / one.rate("list mix: floor, 16 connections")


def _times_plain(one: Figures) -> float:
    return one.rate("list mix: ours, 16 connections") / one.rate("list mix: plain, 16 connections")


def _deep(one: Figures) -> float:
    pages = [name.removesuffix(", deep page") for name in one.measured if name.endswith(", deep page")]
    if not pages:
        raise KeyError("deep page")
    return max(one.p50(f"{name}, deep page") / one.p50(f"{name}, first page") for name in pages)


def _over(name: str, base: str) -> Callable[[Figures], float]:
    return lambda one: one.p50(name) / one.p50(base)


def _number(name: str) -> Callable[[Figures], float]:
    return lambda one: one.numbers[name]


BARS: Sequence[Bar] = (
    Bar("list mix, share of the floor", "at least", 0.20, "", _share_of_floor, ("sqlite",)),
    Bar("list mix, share of the floor", "at least", 0.08, "", _share_of_floor, ("postgresql",)),
    Bar("list mix, times the plain ORM version", "at least", 90, "x", _times_plain),
    Bar("deep page over first page, worst sort", "at most", 3, "x", _deep),
    Bar(
        "the four counts over one indexed row read",
        "at most",
        3,
        "x",
        _over("counts: all four", "counts: one row read"),
    ),
    Bar("replies over the raw driver", "at least", 0.30, "", _number("replies: share of the raw driver")),
    Bar("good replies lost beside failing ones", "at most", 0, "", _number("replies: good ones lost")),
    Bar(
        "search, rare term, over the query alone",
        "at most",
        2,
        "x",
        _over("search, rare term: over HTTP", "search, rare term: the query alone"),
    ),
    Bar(
        "search, common term, over the query alone",
        "at most",
        2,
        "x",
        _over("search, common term: over HTTP", "search, common term: the query alone"),
    ),
    Bar("live event to 500 sockets, p99", "at most", 50, " ms", _number("live: p99")),
    Bar("idle memory after start", "at most", 120, " MB", _number("memory after start, MB (PSS)"), ("sqlite",)),
    Bar("ready after start", "at most", 1.5, " s", _number("start-up, s")),
)
GROWTH_LIMIT = 1.5


@dataclass(frozen=True, slots=True)
class Growth:
    """A filter's median at the largest size over that at the smallest."""

    name: str
    small_ms: float
    large_ms: float

    @property
    def ratio(self) -> float:
        return self.large_ms / self.small_ms


def growths(found: Sequence[Figures]) -> list[Growth]:
    """Of one database, worst first; only filters whose pages are about as full at both ends."""
    ends = sorted(found, key=lambda one: one.size)
    small, large = ends[0].filters, ends[-1].filters
    shared = [name for name in small if name in large and _is_alike(small[name].rows, large[name].rows)]
    return sorted((Growth(one, small[one].p50_ms, large[one].p50_ms) for one in shared), key=lambda one: -one.ratio)


def _is_alike(rows: int, others: int) -> bool:
    return max(rows, others) <= FULLER * min(rows, others) + 1


def by_database(found: Sequence[Figures]) -> Iterator[tuple[str, list[Figures]]]:
    for database in dict.fromkeys(one.database for one in found):
        yield database, [one for one in found if one.database == database]


def verdicts(found: Sequence[Figures]) -> list[Mapping[str, object]]:
    """Every bar with its value, as JSON has it; the growth is one of a database, not of a size."""
    told: list[Mapping[str, object]] = [
        {
            "bar": bar.name,
            "side": bar.side,
            "limit": bar.limit,
            "database": one.database,
            "size": one.name,
            "value": value,
            "is_reached": None if value is None else bar.is_reached(value),
        }
        for bar in BARS
        for one in found
        if one.database in bar.databases
        for value in (bar.value(one),)
    ]
    return [*told, *(_growth_verdict(database, sizes) for database, sizes in by_database(found) if len(sizes) > 1)]


def _growth_verdict(database: str, found: Sequence[Figures]) -> Mapping[str, object]:
    ends = sorted(found, key=lambda one: one.size)
    worst = next(iter(growths(found)), None)
    return {
        "bar": "growth of the worst filter or pair",
        "side": "at most",
        "limit": GROWTH_LIMIT,
        "database": database,
        "size": f"{ends[-1].name}/{ends[0].name}",
        "value": worst and worst.ratio,
        "is_reached": worst and worst.ratio <= GROWTH_LIMIT,
    }
