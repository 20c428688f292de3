"""Counts that are kept as things change, so that no list ever counts its rows.

A tally's name is a set of facets ("status=open channel=email"). Each is kept in several slots, one of which a
transaction adds to; the sum is the count. SQLite needs one slot, PostgreSQL's writers would queue behind one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func

from dragoman.store.schema import tallies
from dragoman.store.tx import Tx, WriteTx


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


async def total_between(tx: Tx, first: str, behind: str) -> int:
    """The sum of all tallies whose names sort from `first` on and before `behind`."""
    query = tx.select(func.sum(tallies.c.total)).where(tallies.c.facets >= first, tallies.c.facets < behind)
    return int(await tx.scalar(query) or 0)
