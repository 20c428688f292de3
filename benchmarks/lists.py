"""Lists, measured: the mix beside its floor and its plain peer, every filter alone, deep pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import drawing
from benchmarks.client import Asking, Client
from benchmarks.drawing import LIST, PAGE, ROWS, Pools
from benchmarks.figures import Alone
from benchmarks.places import Place

SAME = 24  # of the mix, those whose answers are compared with the plain version's
ROUNDS, AGAIN = 3, 7
SUSPECT = 1.25  # slower than at another size by so much: measured again
FLOOR = Asking("/floor")


@dataclass(slots=True)
class Desk:
    """A place that is being served, and what there is to ask of it."""

    place: Place
    client: Client
    pools: Pools


def measure_mix(desk: Desk, plain: Client, seed: int, seconds: float) -> None:
    """Ours, plain and floor over the same askings, one after another on the same machine."""
    askings = drawing.mix(desk.pools, seed)
    _require_the_same(desk.client, plain, askings[:SAME])
    ours, measured = desk.client, desk.place.figures.measured
    warm = ours.measure(askings, seconds=0, is_whole=True)
    _set_floor(ours, warm.bytes_each)
    for connections, name in ((16, "16 connections"), (1, "1 connection")):
        measured[f"list mix: ours, {name}"] = ours.measure(askings, seconds=seconds, connections=connections)
        measured[f"list mix: floor, {name}"] = ours.measure([FLOOR], seconds=seconds / 2, connections=connections)
    for connections, name in ((16, "16 connections"), (1, "1 connection")):
        measured[f"list mix: plain, {name}"] = plain.measure(
            askings, seconds=seconds, connections=connections, is_whole=True
        )
    desk.place.figures.numbers["list mix: askings"] = len(askings)
    without = {kind.name for kind in drawing.KINDS} - set(drawing.known_kinds(desk.pools))
    if without:
        desk.place.figures.notes.append(f"not drawn, for the data has no value: {', '.join(sorted(without))}")


def _set_floor(client: Client, size: int) -> None:
    """A constant that is as large as a page of the mix is on average."""
    body = json.dumps({"items": "x" * size})[:size].encode()
    client.raw(Asking("/floor", "POST", body))


def _require_the_same(ours: Client, plain: Client, askings: Sequence[Asking]) -> None:
    """A peer that answers something else is no peer."""
    for asking in askings:
        mine, theirs = ours.ask(asking), plain.ask(asking)
        if mine["total"] != theirs["total"] or mine["items"] != theirs["items"]:
            ids = [[one["id"] for one in answer["items"][:3]] for answer in (mine, theirs)]
            raise SystemExit(f"{asking.path}: {mine['total']} of ours, {theirs['total']} of the plain version's, {ids}")


def measure_alone(desks: Sequence[Desk], seed: int, seconds: float, most_pairs: int | None = None) -> None:
    """Every kind and every pair of kinds, at all sizes in turn.

    The best of some rounds counts at each size, so that a neighbour's burst of work is nobody's growth; where the sizes
    seem to differ, there are some more rounds for all of them.
    """
    known = [set(drawing.known_kinds(desk.pools)) for desk in desks]
    names = [kind.name for kind in drawing.KINDS if all(kind.name in one for one in known)]
    for one in [*drawing.together(names, 1), *drawing.together(names, 2)[:most_pairs]]:
        drawn = [(desk, *drawing.fullest(desk.client, one, desk.pools, seed)) for desk in desks]
        best = _best_medians(drawn, ROUNDS, seconds / 100)
        if max(best) > SUSPECT * min(best):
            again = _best_medians(drawn, AGAIN, seconds / 100)
            best = list(map(min, best, again))
        for median, (desk, asking, total) in zip(best, drawn, strict=True):
            desk.place.figures.filters[" + ".join(one)] = Alone(median, min(ROWS, total), total, asking.path)


def _best_medians(drawn: Sequence[tuple[Desk, Asking, int]], rounds: int, seconds: float) -> list[float]:
    times: list[list[float]] = [[] for _ in drawn]
    for _ in range(rounds):
        for kept, (desk, asking, _total) in zip(times, drawn, strict=True):
            kept.append(desk.client.measure([asking], seconds=seconds, connections=1).p50_ms)
    return [min(kept) for kept in times]


def measure_deep(desk: Desk, seconds: float) -> None:
    """A page at nine tenths of all, beside the first one."""
    total = desk.client.total(Asking(f"{LIST}?{PAGE}"))
    for sort in ("updated_at", "created_at", "subject"):
        base = f"{LIST}?{PAGE}&sort_by={sort}"
        for name, offset in (("first", 0), ("deep", total * 9 // 10 // ROWS * ROWS)):
            asking = Asking(f"{base}&offset={offset}")
            desk.client.raw(asking)
            found = desk.client.measure([asking], seconds=seconds / 4, connections=1)
            desk.place.figures.measured[f"by {sort}, {name} page"] = found


def measure_detail(desk: Desk, seconds: float) -> None:
    first: list[dict[str, Any]] = desk.client.ask(Asking(f"{LIST}?{PAGE}"))["items"]
    details = [Asking(f"{LIST}/{one['id']}") for one in first]
    for connections, name in ((1, "1 connection"), (16, "16 connections")):
        found = desk.client.measure(details, seconds=seconds / 2, connections=connections)
        desk.place.figures.measured[f"detail, {name}"] = found


def measure_search(desk: Desk, rare: str, common: str, seconds: float) -> None:
    """Over HTTP; inside.py has the query alone."""
    for name, word in (("rare", rare), ("common", common)):
        asking = Asking(f"{LIST}?{PAGE}&search={word}")
        desk.place.figures.numbers[f"search, {name} term: found"] = desk.client.total(asking)
        found = desk.client.measure([asking], seconds=seconds / 2, connections=1)
        desk.place.figures.measured[f"search, {name} term: over HTTP"] = found


def rare_word(desk: Desk) -> str:
    """A code that hardly occurs twice. Raises StopIteration when no page has one."""
    shown = desk.client.ask(Asking(f"{LIST}?limit=100&envelope=items"))["items"]
    words = (word.strip(".:,") for one in shown for word in f"{one['subject']} {one['last_message_snippet']}".split())
    return next(word for word in words if word[-5:].isdigit())
