"""Keeps each account's index beside its rows: read whole once, then followed by what has changed.

Whoever asks sees everything that was committed when they asked, their own writes and other processes' included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from dragoman.core.search import attributes
from dragoman.core.search.index import COLUMNS, SUBJECT, Index
from dragoman.core.search.packing import pack, unpack
from dragoman.store import changes, derivations, schema
from dragoman.store.database import Database
from dragoman.store.tx import Tx

conversations = schema.conversations
FOLLOWED = (*COLUMNS, *attributes.COLUMNS)
WORTH_KEEPING = 10_000  # conversations that take longer to read than what is kept of them, or changes to follow
AT_ONCE = 512  # rows that are taken in before others get a turn


async def current(tx: Tx) -> Index:
    """The account's index as of now. Look at it before the next await: then it may be another moment's."""
    return await tx.memory.of(tx.account_id, Keeper).current(tx)


async def by_subject(tx: Tx) -> Index:
    """The same with its conversations in the order of their subjects, too."""
    return await tx.memory.of(tx.account_id, Keeper).by_subject(tx)


async def knowing(tx: Tx, fields: Sequence[str]) -> Index:
    """The same with these attributes among its facets, too (attributes.py)."""
    return await tx.memory.of(tx.account_id, Keeper).knowing(tx, fields)


async def keep_all(database: Database) -> None:
    """Write indexes that have changed much into the database, so that the next start reads what they were made of."""
    for account_id, keeper in database.memory.all(Keeper):
        if keeper.is_worth_keeping:
            await derivations.keep(database, account_id, *await keeper.packed())


class Keeper:
    """One index and how far it has followed. Askings that come together share one look at the database."""

    def __init__(self) -> None:
        self._index: Index | None = None
        self._mark = changes.BEGINNING
        self._unkept = 0  # changes that a restart would have to follow
        self._turn = asyncio.Lock()
        self._begun = self._ended = 0

    async def packed(self) -> tuple[changes.Mark, bytes]:
        """The index for the next start, and the mark that it stands at."""
        async with self._turn:
            data = await asyncio.to_thread(pack, self._index or Index())
            self._unkept = 0
            return self._mark, data

    @property
    def bytes(self) -> int:
        return 0 if self._index is None else self._index.bytes

    async def current(self, tx: Tx) -> Index:
        arrived = self._begun
        async with self._turn:
            if self._index is None:
                self._index = await self._read(tx)
            elif self._ended > arrived:
                return self._index  # a look that began after we came has seen what we must see
            self._begun += 1
            await self._follow(tx, self._index)
            self._ended = self._begun
            return self._index

    async def by_subject(self, tx: Tx) -> Index:
        index = await self.current(tx)
        async with self._turn:
            if index.subjects is None:
                subjects: list[tuple[int, str]] = []
                await changes.everything(tx, conversations, ("id", SUBJECT), subjects.extend)
                index.fill_subjects(subjects)
        return await self.current(tx)

    async def knowing(self, tx: Tx, fields: Sequence[str]) -> Index:
        index = await self.current(tx)
        async with self._turn:
            missing = [one for one in fields if one not in index.attributes]
            if missing:
                await self._read_attributes(tx, index, missing)
        return await self.current(tx)

    async def _read_attributes(self, tx: Tx, index: Index, fields: Sequence[str]) -> None:
        found: list[tuple[int, Sequence[str | None]]] = []

        def take(rows: list[tuple[Any, ...]]) -> None:
            found.extend((row[0], attributes.values_of(fields, row[1:])) for row in rows)

        mark = await changes.everything(tx, conversations, ("id", *attributes.COLUMNS), take)
        index.fill_attributes(fields, found)
        # The snapshot of `tx` may be older than what the index has followed.
        news = await changes.since(tx, conversations, FOLLOWED, mark)
        self._take_in(index, news.rows)

    @property
    def is_worth_keeping(self) -> bool:
        return self._index is not None and self._unkept >= max(WORTH_KEEPING, len(self._index) // 20)

    async def _read(self, tx: Tx) -> Index:
        found = await derivations.kept(tx)
        if found is not None and await changes.is_past(tx, conversations, found[0]):
            known = await asyncio.to_thread(unpack, found[1])
            if known is not None:
                self._mark = found[0]
                return known
        return await self._read_all(tx)

    async def _read_all(self, tx: Tx) -> Index:
        index = Index()
        self._mark = await changes.everything(tx, conversations, COLUMNS, index.fill)
        await asyncio.to_thread(index.settle)
        self._unkept = len(index)
        return index

    async def _follow(self, tx: Tx, index: Index) -> None:
        news = await changes.since(tx, conversations, FOLLOWED, self._mark)
        for at in range(0, len(news.rows), AT_ONCE):
            if at:
                await asyncio.sleep(0)
            self._take_in(index, news.rows[at : at + AT_ONCE])
        self._mark = news.mark
        self._unkept += len(news.rows)

    def _take_in(self, index: Index, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            index.put(row[: len(COLUMNS)])
            about = row[len(COLUMNS) :]
            index.put_subject(row[0], about[attributes.COLUMNS.index(SUBJECT)])
            index.put_attributes(row[0], about)
