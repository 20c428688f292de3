"""What came from another system, and what it is here: so that an import can be run again."""

from __future__ import annotations

from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

carried = schema.carried


async def all_of(tx: Tx, source: str, kind: str) -> dict[str, int]:
    """Here by there."""
    query = tx.select(carried.c.remote_id, carried.c.local_id)
    rows = await tx.rows(query.where(carried.c.source == source, carried.c.kind == kind))
    return {row[0]: row[1] for row in rows}


async def find(tx: Tx, source: str, kind: str, remote_id: object) -> int | None:
    query = tx.select(carried.c.local_id).where(
        carried.c.source == source, carried.c.kind == kind, carried.c.remote_id == str(remote_id)
    )
    found: int | None = await tx.scalar(query)
    return found


async def keep(tx: WriteTx, source: str, kind: str, remote_id: object, local_id: int) -> None:
    row = {"source": source, "kind": kind, "remote_id": str(remote_id), "local_id": local_id}
    await tx.insert_new(carried, row)
