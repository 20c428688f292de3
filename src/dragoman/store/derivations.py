"""Large things that are derived from an account's rows and kept beside them, so that a restart need not derive them.

Each is a row of pieces of a few megabytes, every one written in a transaction of its own: nobody waits long. Whoever
reads takes the newest that is whole.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func

from dragoman.store.database import Database
from dragoman.store.prepared import Statements
from dragoman.store.schema import derivations
from dragoman.store.tx import Tx

PIECE = 2 * 1024 * 1024  # bytes
_PIECES, _NEWEST = Statements(), Statements()


async def keep(database: Database, account_id: int, mark: str, data: bytes) -> None:
    """Keep this as of a mark (changes.py), in place of what was kept before."""
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    generation = 0
    for number, piece in enumerate(pieces):
        async with database.write(account_id) as tx:
            own_id = await tx.next_id()
            generation = generation or own_id
            row = {"id": own_id, "generation": generation, "piece": number, "pieces": len(pieces)}
            await tx.insert(derivations, {**row, "mark": mark, "data": piece})
    async with database.write(account_id) as tx:
        await tx.execute(tx.delete(derivations).where(derivations.c.generation < generation))


async def kept(tx: Tx) -> tuple[str, bytes] | None:
    """The newest that is whole, and its mark."""
    for generation, mark, pieces, there in await _NEWEST.rows(tx, "newest", _generations, {}):
        if pieces == there:
            rows = await _PIECES.rows(tx, "pieces", _pieces_of, {"generation": generation})
            return mark, b"".join(bytes(row[0]) for row in rows)
    return None


def _generations(form: Tx) -> Select[*tuple[Any, ...]]:
    of_one = (derivations.c.generation, derivations.c.mark, derivations.c.pieces)
    query = form.select(*of_one, func.count(derivations.c.id)).group_by(*of_one)
    return query.order_by(derivations.c.generation.desc())


def _pieces_of(form: Tx) -> Select[*tuple[Any, ...]]:
    query = form.select(derivations.c.data).where(derivations.c.generation == bindparam("generation"))
    return query.order_by(derivations.c.piece)
