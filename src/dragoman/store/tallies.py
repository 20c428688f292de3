"""Counts that are kept as things change, so that no list ever counts its rows.

A tally's name is a set of facets ("status=open channel=email"). Each is kept in several slots, one of which a
transaction adds to; the sum is the count. SQLite needs one slot, PostgreSQL's writers would queue behind one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union_all

from dragoman.store.prepared import Statements
from dragoman.store.schema import tallies
from dragoman.store.tx import Tx, WriteTx

_SUMS = Statements()


async def add(tx: WriteTx, changes: Mapping[str, int]) -> None:
    """Raise or lower each named tally, always in the same order, so that writers cannot deadlock."""
    rows = [
        {"account_id": tx.account_id, "facets": name, "slot": tx.session.slot, "total": change}
        for name, change in sorted(changes.items())
        if change
    ]
    if rows:
        insert = tx.upsert(tallies)
        grown = insert.on_conflict_do_update(
            index_elements=["account_id", "facets", "slot"],
            set_={"total": tallies.c.total + insert.excluded.total},
        )
        await tx.execute(grown, rows)


async def totals(tx: Tx, names: Iterable[str]) -> dict[str, int]:
    """The count behind each name; a name never used counts 0."""
    wanted = list(names)
    query = (
        tx.select(tallies.c.facets, func.sum(tallies.c.total))
        .where(tallies.c.facets.in_(wanted))
        .group_by(tallies.c.facets)
    )
    found = {row[0]: int(row[1]) for row in await tx.rows(query)}
    return {name: found.get(name, 0) for name in wanted}


async def sum_of(tx: Tx, names: Sequence[str], spans: Sequence[tuple[str, str]] = ()) -> int:
    """The sum of single tallies and of all whose names lie in a span: from its first name on, before its second."""
    if not names and not spans:
        return 0
    values = {f"name_{at}": name for at, name in enumerate(names)}
    for at, (first, behind) in enumerate(spans):
        values |= {f"first_{at}": first, f"behind_{at}": behind}
    shape = len(names), len(spans)
    ((total,),) = await _SUMS.rows(tx, shape, lambda form: _sum(form, *shape), values)
    return int(total or 0)


def _sum(form: Tx, names: int, spans: int) -> Select[*tuple[Any, ...]]:
    chosen = form.select(tallies.c.total)
    parts = [
        chosen.where(tallies.c.facets >= bindparam(f"first_{at}"), tallies.c.facets < bindparam(f"behind_{at}"))
        for at in range(spans)
    ]
    if names:
        parts.append(chosen.where(tallies.c.facets.in_([bindparam(f"name_{at}") for at in range(names)])))
    every = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    return select(func.sum(every.c.total))
