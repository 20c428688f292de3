"""PostgreSQL's catalogue says that the schema can be spread over machines by account, as docs/scale.md tells."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dragoman.store import migrate, schema
from services.postgres import PostgresServer

SCALE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
OURS = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
TABLES = f"SELECT c.relname FROM pg_class c WHERE {OURS}"
COLUMNS = f"""
    SELECT c.relname, a.attname, a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE {OURS} AND a.attnum > 0 AND NOT a.attisdropped"""
UNIQUE = f"""
    SELECT c.relname, i.relname, (
        SELECT array_agg(a.attname::text ORDER BY part.place)
        FROM unnest(x.indkey) WITH ORDINALITY AS part(number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.number
    )
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE {OURS} AND (x.indisunique OR x.indisexclusion)"""
REFERENCES = f"""
    SELECT c.relname, there.relname, (
        SELECT array_agg(a.attname::text || '>' || b.attname::text ORDER BY part.place)
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS part(here, there, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = part.here
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = part.there
    )
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class there ON there.oid = k.confrelid
    WHERE {OURS} AND k.contype = 'f'"""
TRIGGERS = f"SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE {OURS} AND NOT t.tgisinternal"
ALEMBICS = "alembic_version"


@pytest.fixture
async def catalogue(postgres_server: PostgresServer) -> AsyncIterator[Any]:
    """A connection to a migrated database."""

    async def prepare(url: str) -> None:
        await asyncio.to_thread(migrate.upgrade, url)

    name = await postgres_server.create_database(await postgres_server.template("dragoman", prepare))
    connection = await asyncpg.connect(postgres_server.url(name))
    yield connection
    await connection.close()
    await postgres_server.drop_database(name)


async def tenants(catalogue: Any) -> set[str]:
    """The tables that have an account in every row."""
    return {row[0] for row in await catalogue.fetch(COLUMNS) if row[1] == "account_id" and row[2]}


async def test_every_table_but_the_accounts_is_a_tenants(catalogue: Any) -> None:
    tables = {row[0] for row in await catalogue.fetch(TABLES)}
    assert tables - await tenants(catalogue) == {"accounts", ALEMBICS}
    assert len(tables) > 20


async def test_every_unique_index_leads_with_the_account(catalogue: Any) -> None:
    theirs = await tenants(catalogue)
    indexes = [row for row in await catalogue.fetch(UNIQUE) if row[0] in theirs]
    assert {row[0] for row in indexes} == theirs
    assert [tuple(row) for row in indexes if row[2][0] != "account_id"] == []


async def test_every_reference_leads_with_the_account_on_both_sides(catalogue: Any) -> None:
    theirs = await tenants(catalogue)
    references = [row for row in await catalogue.fetch(REFERENCES) if row[0] in theirs]
    assert len(references) > len(theirs)
    for here, there, columns in references:
        leads_with = "account_id>id" if there == "accounts" else "account_id>account_id"
        assert columns[0] == leads_with, (here, there, columns)


async def test_no_trigger_would_be_lost(catalogue: Any) -> None:
    assert await catalogue.fetch(TRIGGERS) == []


async def test_scale_md_names_every_table_in_an_order_that_works(catalogue: Any) -> None:
    theirs = await tenants(catalogue)
    in_order = [table.name for table in schema.metadata.sorted_tables if table.name in theirs]
    assert set(in_order) == theirs
    calls = ["SELECT create_reference_table('accounts');"]
    calls += [
        f"SELECT create_distributed_table('{name}', 'account_id', colocate_with => '{with_}');"
        for name, with_ in zip(in_order, ["none", *[in_order[0]] * len(in_order)], strict=False)
    ]
    told = re.findall(r"^SELECT create_.*$", SCALE.read_text("utf-8"), re.M)
    assert told == calls, "\n".join(calls)
