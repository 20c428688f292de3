"""A database of an earlier version, full of rows: after the upgrade its lists answer as those of a new one do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from dragoman.core.search import queries
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.store import migrate, schema
from dragoman.store.database import Database, open_backend
from dragoman.store.tx import SYSTEM, Tx
from indexes import assert_index_is_right
from services.postgres import PostgresServer
from world import BASE, World

BEFORE = "0003"  # lists were answered from tallies and a table of tags
COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns",
}
GONE = ("tallies", "conversation_tags")
QUESTIONS = [
    Question(),
    Question(sort=Sort.SUBJECT, is_descending=False),
    Question(where=(Condition("tags", Op.IS, ("vip",)),)),
    Question(where=(Condition("priority", Op.IS, ("urgent",)),)),
    Question(visibilities=(1,)),
]


@pytest.fixture
async def old_url(world: World, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Beside the world's database, an empty one of the same kind as it was before."""
    if world.database.backend.dialect == "sqlite":
        url = f"sqlite:///{tmp_path}/old.db"
        await asyncio.to_thread(migrate.upgrade, url, BEFORE)
        yield url
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = await server.create_database()
    await asyncio.to_thread(migrate.upgrade, server.url(name), BEFORE)
    yield server.url(name)
    await server.drop_database(name)


async def story(world: World) -> list[int]:
    made = [await world.conversation(f"Subject {at}", tags=["vip"] if at % 2 else []) for at in range(5)]
    await world.boss.ok("PATCH", f"{BASE}/{made[0]['id']}", {"priority": "urgent"})
    await world.boss.ok("POST", f"{BASE}/{made[1]['id']}/archive")
    await world.customer_writes(made[2]["id"])
    await world.customer_writes(made[3]["id"])
    await world.boss.ok("POST", f"{BASE}/{made[3]['id']}/reply", {"body": "We look into it."})
    return [read(Prefix.CONVERSATION, one["id"]) for one in made]


async def copy(source: Database, target: Database, conversation_ids: list[int]) -> None:
    """All rows of all tables, without what the old version did not know; and some of what only it knew."""
    async with source.backend.read() as reading, target.backend.write() as writing:
        there = set(map(tuple, (await writing.execute(text(COLUMNS[writing.dialect]))).fetchall()))
        for table in schema.metadata.sorted_tables:
            known = [column for column in table.c if (table.name, column.name) in there]
            if not known:
                continue
            rows = [dict(row._mapping) for row in (await reading.execute(select(*known))).fetchall()]
            if rows:
                await writing.execute(table.insert().inline(), rows)
        await writing.execute(text("INSERT INTO tallies VALUES (1, 'v0', 0, 5)"))
        for one in conversation_ids:
            await writing.execute(text(f"INSERT INTO conversation_tags VALUES (1, 'vip', 0, 0, {one})"))


async def answers(database: Database, account_id: int) -> list[Any]:
    async def look(tx: Tx) -> list[Any]:
        await assert_index_is_right(tx)
        return [await queries.answer(tx, one, reader_id=1) for one in QUESTIONS]

    return await database.browse(account_id, SYSTEM, look)


async def test_lists_work_after_the_upgrade(world: World, old_url: str) -> None:
    ids = await story(world)
    right = await answers(world.database, world.account_id)
    assert [one.total for one in right] == [4, 4, 1, 1, 1]
    before = Database(open_backend(old_url))
    await copy(world.database, before, ids)
    await before.close()

    await asyncio.to_thread(migrate.upgrade, old_url)
    assert await asyncio.to_thread(migrate.current, old_url) == migrate.head()
    after = Database(open_backend(old_url), clock=world.clock)
    try:
        assert await answers(after, world.account_id) == right
        assert await derived(after) == await derived(world.database)
        async with after.write(world.account_id) as tx:
            await tx.alter(schema.conversations, ids[2], {"priority": "urgent"})
        assert [one.total for one in await answers(after, world.account_id)] == [4, 4, 1, 2, 1]
        for table in GONE:
            with pytest.raises(DBAPIError):
                await count(after, table)
    finally:
        await after.close()


async def derived(database: Database) -> list[Any]:
    """What the upgrade finds out by itself."""
    names = ("id", "last_activity_at", "first_human_response_at", "waiting_since")
    query = select(*(schema.conversations.c[name] for name in names)).order_by(schema.conversations.c.id)
    async with database.backend.read() as session:
        return list(map(tuple, (await session.execute(query)).fetchall()))


async def count(database: Database, table: str) -> Any:
    async with database.backend.read() as session:
        return await session.execute(text(f"SELECT count(*) FROM {table}"))
