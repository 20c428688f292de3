"""Keeps each account's index beside its rows: read whole once, then followed by what has changed.

Whoever asks sees everything that was committed when they asked, their own writes and other processes' included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from dragoman.core.search.index import COLUMNS, SUBJECT, Index
from dragoman.store import changes, schema
from dragoman.store.tx import Tx

conversations = schema.conversations
FOLLOWED = (*COLUMNS, SUBJECT)
AT_ONCE = 512  # rows that are taken in before others get a turn


async def current(tx: Tx) -> Index:
    """The account's index as of now. Look at it before the next await: then it may be another moment's."""
    return await tx.memory.of(tx.account_id, Keeper).current(tx)


async def by_subject(tx: Tx) -> Index:
    """The same with its conversations in the order of their subjects, too."""
    return await tx.memory.of(tx.account_id, Keeper).by_subject(tx)


class Keeper:
    """One index and how far it has followed. Askings that come together share one look at the database."""

    def __init__(self) -> None:
        self._index: Index | None = None
        self._mark = changes.BEGINNING
        self._turn = asyncio.Lock()
        self._begun = self._ended = 0

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

    async def _read(self, tx: Tx) -> Index:
        index = Index()
        self._mark = await changes.everything(tx, conversations, COLUMNS, index.fill)
        await asyncio.to_thread(index.settle)
        return index

    async def _follow(self, tx: Tx, index: Index) -> None:
        news = await changes.since(tx, conversations, FOLLOWED, self._mark)
        for at in range(0, len(news.rows), AT_ONCE):
            if at:
                await asyncio.sleep(0)
            self._take_in(index, news.rows[at : at + AT_ONCE])
        self._mark = news.mark

    def _take_in(self, index: Index, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            index.put(row[:-1])
            index.put_subject(row[0], row[-1])
