"""A list costs a few look-ups by an index, whatever is asked and however deep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from dragoman.cli.load import Order, fill
from dragoman.core.search import queries
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.dialects.aurion.cards import Shelf, rendered
from dragoman.store import schema
from dragoman.store.tx import SYSTEM, Session
from world import World

SIZE = 3000
# Reading a table through, sorting, or an index by which all of an account's rows come.
WASTEFUL = re.compile(
    r"SCAN (conversations|reads)|TEMP B-TREE|\(account_id=\?\)$"
    r"|Seq Scan on (conversations|reads)|\bSort\b|Index Cond: \(account_id = '\d+'::bigint\)$",
    re.M,
)
NOBODYS = Condition("assignee_user_id", Op.IS, (None,))
QUESTIONS = [
    Question(limit=50),
    Question(limit=1),
    Question(limit=50, offset=2000),
    Question(limit=50, sort=Sort.PRIORITY),
    Question(limit=50, sort=Sort.CREATED, is_descending=False),
    Question(limit=50, where=(Condition("status", Op.IS, ("open",)), Condition("tags", Op.INCLUDES, ("billing",)))),
    Question(
        limit=50, where=(Condition("channel", Op.IS_NOT, ("email",)), Condition("assignee_user_id", Op.IS, (None,)))
    ),
    Question(limit=50, any_of=((Condition("priority", Op.IS, ("urgent",)),), (Condition("category", Op.IS, (None,)),))),
    Question(limit=50, visibilities=tuple(range(8))),
    Question(limit=50, where=(Condition("status", Op.IS, ("never",)),)),
]


class Heard:
    """A session that writes down what is asked of the database."""

    def __init__(self, session: Session, asked: list[tuple[str, Sequence[Any]]]) -> None:
        self._session, self._asked = session, asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def fetch(self, sql: str, values: Sequence[Any], *, is_slow: bool = False) -> list[Any]:
        self._asked.append((sql, values))
        return await self._session.fetch(sql, values, is_slow=is_slow)

    async def latest(self, sql: str, values: Sequence[Any]) -> list[Any]:
        self._asked.append((sql, values))
        return await self._session.latest(sql, values)

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        raise AssertionError(f"not prepared: {statement}")

    execute_slowly = stream = execute


class HeardBackend:
    def __init__(self, backend: Any) -> None:
        self._backend, self.asked = backend, list[tuple[str, Sequence[Any]]]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        async with self._backend.read() as session:
            yield Heard(session, self.asked)


@pytest.fixture
async def full(world: World) -> World:
    """Some thousand conversations, read by somebody, their index made; the planner knows how many there are."""
    await fill(world.database, Order(world.account_id, SIZE, messages=1))
    async with world.database.write(world.account_id) as tx:
        ids = await tx.scalars(tx.select(schema.conversations.c.id))
        # Enough of them that reading them all through is not the cheapest.
        rows = [(reader_id, one, 0) for reader_id in range(1, 21) for one in ids]
        await tx.session.copy(world.account_id, "reads", ["reader_id", "conversation_id", "read_at"], rows)
    async with world.database.backend.write() as session:
        await session.execute(text("ANALYZE"))
    async with world.database.read(world.account_id) as tx:
        await queries.answer(tx, QUESTIONS[0], reader_id=1)
    return world


async def asked_for(world: World, question: Question, shelf: Shelf) -> list[tuple[str, Sequence[Any]]]:
    whole = world.database.backend
    world.database.backend = heard = HeardBackend(whole)

    async def look(tx: Any) -> int:
        found = await queries.answer(tx, question, reader_id=1)
        await rendered(tx, shelf, found.stamps)
        return len(found.stamps)

    await world.database.browse(world.account_id, SYSTEM, look)
    world.database.backend = whole
    return heard.asked


async def test_a_list_asks_little_whatever_is_asked(full: World) -> None:
    shelf = Shelf()
    for question in QUESTIONS:
        first = await asked_for(full, question, shelf)
        again = await asked_for(full, question, shelf)
        is_empty = question.where == QUESTIONS[-1].where
        assert len(again) == (1 if is_empty else 2), question  # what has changed, and what this reader has read
        assert len(first) <= 3, question  # and the cards that nobody has rendered yet


async def test_each_of_them_is_a_look_up_by_an_index(full: World) -> None:
    seen = {sql: values for question in QUESTIONS for sql, values in await asked_for(full, question, Shelf())}
    assert len(seen) >= 3
    for sql, values in seen.items():
        plan = await planned(full, sql, values)
        assert "conversations" in plan or "reads" in plan, plan
        assert not WASTEFUL.search(plan), f"{sql}\n{plan}"


async def planned(world: World, sql: str, values: Sequence[Any]) -> str:
    word = "EXPLAIN QUERY PLAN" if world.database.backend.dialect == "sqlite" else "EXPLAIN"
    async with world.database.backend.read() as session:
        return "\n".join(str(row[-1]) for row in await session.fetch(f"{word} {sql}", values))
