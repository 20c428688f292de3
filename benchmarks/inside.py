"""Measured in this process, without HTTP: the four counts, and full text, each beside the database's own least."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from benchmarks.client import Measured, summed
from benchmarks.places import ACCOUNT, Place
from dragoman.app import build_services
from dragoman.config import Settings
from dragoman.core.search import queries as search
from dragoman.core.search.model import Condition, Op, Question
from dragoman.core.search.words import query_words
from dragoman.store import schema
from dragoman.store.database import Database
from dragoman.store.tx import Tx

OPEN = Question(where=(Condition("status", Op.IS, ("open",)),))
COMMON = "the"
# The full-text query alone: which conversations have a word in them (store/fulltext.py).
_HAVING = f"SELECT conversation_id FROM search_documents WHERE account_id = {ACCOUNT} AND "
WITH_WORD = {
    "sqlite": f'id IN (SELECT rowid FROM search_words WHERE search_words MATCH \'"a_{ACCOUNT}" AND "{{word}}"\')',
    "postgresql": f"lexemes @@ '''a_{ACCOUNT}'' & ''{{word}}'''::tsquery",
}
FEWEST = 3  # runs of whatever is slower than the time it is given


def measure_inside(place: Place, rare: str, seconds: float) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_measure(place, rare, seconds))


async def _measure(place: Place, rare: str, seconds: float) -> None:
    services = build_services(Settings(data_dir=place.folder, database_url=place.url))
    try:
        await _count(place, services.database, seconds)
        for name, word in (("rare", rare), ("common", COMMON)):
            await _search(place, services.database, name, word, seconds)
    finally:
        await services.database.close()


async def _count(place: Place, database: Database, seconds: float) -> None:
    """Chatwoot's mine, assigned, unassigned and all of the open ones, beside one row by its key."""
    async with database.read(ACCOUNT) as tx:
        user_id, conversation_id = await _somebody(tx), await _some_conversation(tx)
        parts = {
            "mine": (Condition("assignee_user_id", Op.IS, (user_id,)),),
            "assigned": (Condition("assignee_user_id", Op.IS_NOT, (None,)),),
            "unassigned": (Condition("assignee_user_id", Op.IS, (None,)),),
            "all": (),
        }
        counts = await search.count_each(tx, OPEN, parts)
        if counts["assigned"] + counts["unassigned"] != counts["all"]:
            raise SystemExit(f"the counts do not add up: {counts}")
        blanks = ("$1", "$2") if tx.session.dialect == "postgresql" else ("?", "?")
        sql = "SELECT id, status, version FROM conversations WHERE account_id = {} AND id = {}".format(*blanks)
        measured = place.figures.measured
        measured["counts: one row read"] = await _timed(
            lambda: tx.session.fetch(sql, [ACCOUNT, conversation_id]), seconds / 4
        )
        measured["counts: all four"] = await _timed(lambda: search.count_each(tx, OPEN, parts), seconds / 4)


async def _somebody(tx: Tx) -> int:
    return int(await tx.scalar(tx.select(schema.users.c.id).limit(1)))


async def _some_conversation(tx: Tx) -> int:
    return int(await tx.scalar(tx.select(schema.conversations.c.id).limit(1)))


async def _search(place: Place, database: Database, name: str, word: str, seconds: float) -> None:
    """The statement that finds the conversations with the word, by the driver; and the core's whole answer."""
    async with database.read(ACCOUNT) as tx:
        (folded,) = query_words(word)
        sql = _HAVING + WITH_WORD[tx.session.dialect].format(word=folded)
        measured, question = place.figures.measured, Question(text=word)
        await search.answer(tx, question, reader_id=0)
        measured[f"search, {name} term: the query alone"] = await _timed(lambda: tx.session.fetch(sql, []), seconds / 4)
        measured[f"search, {name} term: in process"] = await _timed(
            lambda: search.answer(tx, question, reader_id=0), seconds / 4
        )


async def _timed(work: Callable[[], Awaitable[Any]], seconds: float) -> Measured:
    await work()
    times: list[float] = []
    started = time.perf_counter()
    while (now := time.perf_counter()) - started < seconds or len(times) < FEWEST:
        await work()
        times.append(time.perf_counter() - now)
    return summed(times, time.perf_counter() - started)
