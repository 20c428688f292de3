"""How far somebody who follows the log for an account has come: kept, so that a restart loses and repeats nothing.

Where nobody has begun, nobody follows, and nothing is paid for it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from dragoman.store import events
from dragoman.store.events import Cursor
from dragoman.store.schema import places
from dragoman.store.tx import Session, Tx, WriteTx

PLACE = (places.c.transaction_id, places.c.event_id)


async def begin(tx: WriteTx, reader: str) -> None:
    """All that this transaction and later ones emit will be read; who has begun already goes on from where they are."""
    end = await events.end_of_account(tx.session, tx.account_id)
    row = {"reader": reader, "transaction_id": end.transaction_id, "event_id": end.id}
    await tx.insert_new(places, row)


async def of(tx: Tx, reader: str) -> Cursor | None:
    found = await tx.row(tx.select(*PLACE).where(places.c.reader == reader))
    return None if found is None else Cursor(found[0], found[1])


async def move(tx: WriteTx, reader: str, *, since: Cursor, to: Cursor) -> bool:
    """Whether it was still where it is thought to be: of two who read the same, one alone moves it."""
    here = (places.c.transaction_id == since.transaction_id, places.c.event_id == since.id)
    there = {"transaction_id": to.transaction_id, "event_id": to.id}
    moved = await tx.execute(tx.update(places).where(places.c.reader == reader, *here).values(there))
    return bool(moved.rowcount)


async def followed(session: Session, reader: str, account_ids: Collection[int] | None = None) -> set[int]:
    """Of these accounts, or of all, those that somebody follows."""
    query = select(places.c.account_id).where(places.c.reader == reader)
    if account_ids is not None:
        query = query.where(places.c.account_id.in_(sorted(account_ids)))
    return {row[0] for row in (await session.execute(query)).fetchall()}
