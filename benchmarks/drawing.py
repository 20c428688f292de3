"""Filters and sorts drawn anew: singly, in pairs and in triples, with values that the database has.

The seed decides which ones and in what shape (one value or two, a year or a week), the same at every size; the values
come from each database itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import quote

from benchmarks.client import Asking, Client
from dragoman.core.search.model import Sort
from dragoman.dialects.aurion.wire.asking import FILTERS, SORTS
from dragoman.dialects.aurion.wire.parameters import LIST_PARAMETERS

LIST = "/api/v2/conversations"
PAGE = "limit=50&envelope=items"
ROWS = 50
PAIRS, TRIPLES = 30, 30
TRIES = 6
ORDERS = ("asc", "desc")
# What is no filter, and full text, which is measured for itself.
ELSEWHERE = {"limit", "offset", "envelope", "search", "sort_by", "sort_order"}


@dataclass(frozen=True, slots=True)
class Pools:
    """What there is to ask for: values by parameter, and instants by field."""

    values: Mapping[str, Sequence[str]]
    instants: Mapping[str, Sequence[datetime]]


Draw = Callable[[Random, Random, Pools], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to filter or sort. `draw` takes chance for the shape and for the values, and gives a piece of a query.

    Kinds about the same thing are never put together. `pool` names what must not be empty.
    """

    name: str
    about: str
    pool: str
    draw: Draw


def _one_of(pool: str, *spellings: str) -> Draw:
    return lambda shape, values, pools: f"{shape.choice(spellings)}={quote(values.choice(pools.values[pool]))}"


def _some_of(pool: str) -> Draw:
    def draw(shape: Random, values: Random, pools: Pools) -> str:
        known = pools.values[pool]
        chosen = values.sample(known, min(len(known), shape.choice((1, 1, 2))))
        return f"{pool}={quote(','.join(chosen))}"

    return draw


def _year(field: str) -> Draw:
    def draw(_shape: Random, values: Random, pools: Pools) -> str:
        year = values.choice(pools.instants[field]).year
        return f"{field}_after={year}-01-01T00:00:00Z&{field}_before={year + 1}-01-01T00:00:00Z"

    return draw


def _stretch(field: str) -> Draw:
    def draw(shape: Random, values: Random, pools: Pools) -> str:
        side, days = shape.choice(("after", "before", "between")), shape.choice((7, 30, 90))
        at = values.choice(pools.instants[field])
        since, until = f"{field}_after={_written(at)}", f"{field}_before={_written(at + timedelta(days=days))}"
        return {"after": since, "before": until}.get(side, f"{since}&{until}")

    return draw


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _is_set(name: str) -> Draw:
    return lambda _shape, _values, _pools: f"{name}=true"


def _sorted_by(sort: Sort) -> Draw:
    spellings = [name for name, meant in SORTS.items() if meant is sort]
    return lambda shape, _values, _pools: f"sort_by={shape.choice(spellings)}&sort_order={shape.choice(ORDERS)}"


PLAIN = (
    *("conversation_type", "source", "department_id", "category", "sla_state", "sentiment"),
    *("language", "email_channel_id", "contact_id", "company_id", "exclude_id"),
)
KINDS: Sequence[Kind] = (
    *(Kind(name, name, name, _some_of(name)) for name in ("status", "priority", "channel", "tags")),
    Kind("agent", "agent", "agent", _one_of("agent", "assignee_user_id", "assigned_agent_id")),
    Kind("team", "team", "team", _one_of("team", "assignee_team_id", "assigned_team_id")),
    *(Kind(name, name, name, _one_of(name, name)) for name in PLAIN),
    *(Kind(f"{one} in a year", one, one, _year(one)) for one in ("created", "updated")),
    *(Kind(one, one, one, _stretch(one)) for one in ("created", "updated")),
    *(Kind(one, one, "", _is_set(one)) for one in ("archived", "is_spam", "include_deleted")),
    *(Kind(f"by {sort.value}", "sort", "", _sorted_by(sort)) for sort in Sort if sort in SORTS.values()),
)
_BY_NAME = {kind.name: kind for kind in KINDS}
# Where a conversation in a list shows what a parameter asks for.
_SHOWN = {name: name for name in PLAIN} | {
    "language": "detected_language",
    "sentiment": "current_sentiment_label",
    "exclude_id": "id",
    "status": "status",
    "priority": "priority",
    "channel": "channel",
    "agent": "assignee_user_id",
    "team": "assignee_team_id",
}


def require_all_parameters() -> None:
    """Raises SystemExit when the list takes a parameter that is not drawn here."""
    probe = Pools({name: ["x"] for name in (*_SHOWN, "tags")}, {one: [datetime.min] for one in ("created", "updated")})
    drawn = {
        piece.partition("=")[0]
        for kind in KINDS
        for chance in range(50)
        for piece in kind.draw(Random(chance), Random(chance), probe).split("&")
    }
    known = {one["name"] for one in LIST_PARAMETERS} | FILTERS.keys()
    if missing := known - drawn - ELSEWHERE:
        raise SystemExit(f"never drawn: {', '.join(sorted(missing))}")


def pools(client: Client) -> Pools:
    """What some pages across the database show, and what the filter options say."""
    options = client.ask(Asking(f"{LIST}/filter-options"))
    items = [one for asking in _samples(client) for one in client.ask(asking)["items"]]
    found = {name: _distinct(one[shown] for one in items) for name, shown in _SHOWN.items()}
    instants = {
        name: [datetime.fromisoformat(one[f"{name}_at"].replace("Z", "+00:00")) for one in items]
        for name in ("created", "updated")
    }
    return Pools({**found, "tags": options["tags"]}, instants)


def _samples(client: Client) -> list[Asking]:
    whole = f"{LIST}?limit=100&envelope=items&sort_by=created_at"
    total = client.total(Asking(f"{whole}&sort_order=asc"))
    return [Asking(f"{whole}&sort_order=asc&offset={total * step // 10}") for step in range(10)]


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(one for one in values if one))


def known_kinds(found: Pools) -> list[str]:
    """The names of the kinds for which there is a value."""
    return [kind.name for kind in KINDS if not kind.pool or found.values.get(kind.pool) or kind.pool in found.instants]


def together(names: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """Every set of so many kinds that are about different things."""
    return [
        chosen
        for chosen in itertools.combinations(names, count)
        if len({_BY_NAME[name].about for name in chosen}) == count
    ]


def asking(chosen: Sequence[str], found: Pools, seed: int, attempt: int = 0) -> Asking:
    """The list with these kinds of filters."""
    pieces = [PAGE]
    for name in chosen:
        shape, values = Random(f"{seed} {chosen} {name}"), Random(f"{seed} {chosen} {name} {attempt}")
        pieces.append(_BY_NAME[name].draw(shape, values, found))
    return Asking(f"{LIST}?{'&'.join(pieces)}")


def mix(found: Pools, seed: int) -> list[Asking]:
    """Every kind alone, some pairs and some triples, in no order."""
    chance, names = Random(seed), known_kinds(found)
    chosen = [(name,) for name in names]
    chosen += chance.sample(together(names, 2), PAIRS) + chance.sample(together(names, 3), TRIPLES)
    chance.shuffle(chosen)
    return [asking(one, found, seed) for one in chosen]


def fullest(client: Client, chosen: Sequence[str], found: Pools, seed: int) -> tuple[Asking, int]:
    """Of some draws the first that fills a page, or else the one that finds most; and how many it finds."""
    best, most = asking(chosen, found, seed), -1
    for attempt in range(TRIES):
        drawn = asking(chosen, found, seed, attempt)
        total = client.total(drawn)
        if total > most:
            best, most = drawn, total
        if total >= ROWS:
            break
    return best, most
