"""The least that a durable reply can cost: the driver alone, writing the rows that our replies wrote, in batches.

The rows are read back from the database after our own run, given new ids, and written again: one message, one
document for the full text, the events, and the new state of the conversation; one fsync'd commit for each batch.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvloop

from benchmarks.client import Measured, summed
from benchmarks.places import ACCOUNT, Place, run_sql
from dragoman.store import schema

TOGETHER = 32
REPLIES = 16 * TOGETHER  # are written again and again
BEYOND, WINDOW = 2**45, 2**20  # no id is so high, and these replies' ids lie no further apart
TABLES = (schema.messages, schema.search_documents, schema.events)
CHANGED = ("status", "message_count", "last_message_snippet", "first_response_at", "updated_at", "version")
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows for each of TABLES, and new states of conversations: CHANGED and the id."""

    inserts: Sequence[Rows]
    updates: Rows


def measure(place: Place, after_id: int, seconds: float) -> Measured:
    """Replies a second, each 32 of them in one commit; `after_id` is the last id before our replies."""
    batches = _batches(place, after_id)
    if place.figures.database == "postgresql":
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_on_postgresql(place, batches, seconds))
    return _on_sqlite(place, batches, seconds)


def _batches(place: Place, after_id: int) -> Iterator[Batch]:
    """Without end, all of it read beforehand. Raises SystemExit for too few replies."""
    written = [_written(place, table, after_id) for table in TABLES]
    if len(written[0]) < TOGETHER:
        raise SystemExit(f"fewer than {TOGETHER} replies were written: give it more seconds")
    return _again_and_again(written, {row[-1]: row for row in _states(place, after_id)})


def _again_and_again(written: Sequence[Rows], states: Mapping[Any, list[Any]]) -> Iterator[Batch]:
    """The same replies, under ids that nobody has."""
    count = len(written[0]) // TOGETHER
    at = schema.messages.c.keys().index("conversation_id")
    for step in itertools.count(BEYOND, WINDOW):
        for number in range(count):
            parts = [_part(rows, number, count) for rows in written]
            yield Batch([_renumbered(part, step) for part in parts], [states[row[at]] for row in parts[0]])


def _part(rows: Rows, number: int, of: int) -> Rows:
    """One of so many equal shares: a reply may have more than one event."""
    each = len(rows) // of
    return rows[number * each : (number + 1) * each]


def _written(place: Place, table: Any, after_id: int) -> Rows:
    names = ", ".join(column.name for column in table.c)
    mine = f"FROM {table.name} WHERE account_id = {ACCOUNT} AND id > {after_id}"
    messages = f"SELECT count(*) FROM messages WHERE account_id = {ACCOUNT} AND id > {after_id}"
    ((count, of),) = run_sql(place, [f"SELECT (SELECT count(*) {mine}), ({messages})"])
    each = round(count / max(1, of))
    return [list(row) for row in run_sql(place, [f"SELECT {names} {mine} ORDER BY id LIMIT {REPLIES * each}"])]


def _states(place: Place, after_id: int) -> Rows:
    names = ", ".join((*CHANGED, "id"))
    told = f"SELECT conversation_id FROM messages WHERE account_id = {ACCOUNT} AND id > {after_id}"
    sql = f"SELECT {names} FROM conversations WHERE account_id = {ACCOUNT} AND id IN ({told})"
    return [list(row) for row in run_sql(place, [sql])]


def _renumbered(rows: Rows, step: int) -> Rows:
    return [[row[0], row[1] % WINDOW + step, *row[2:]] for row in rows]


def _insertion(table: Any, blank: str) -> str:
    names = [column.name for column in table.c]
    blanks = ", ".join(blank.format(at) for at in range(1, len(names) + 1))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({blanks})"


def _alteration(blank: str, stamp: str) -> str:
    settings = ", ".join(f"{name} = {blank.format(at)}" for at, name in enumerate(CHANGED, 1))
    at_id = blank.format(len(CHANGED) + 1)
    return f"UPDATE conversations SET {settings}, changed_in = {stamp} WHERE account_id = {ACCOUNT} AND id = {at_id}"


def _on_sqlite(place: Place, batches: Iterator[Batch], seconds: float) -> Measured:
    inserts = [_insertion(table, "?") for table in TABLES]
    update = _alteration("?", "changed_in + 1")
    with closing(sqlite3.connect(place.folder / "dragoman.db", timeout=30, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

        def write(batch: Batch) -> None:
            connection.execute("BEGIN IMMEDIATE")
            for sql, rows in zip(inserts, batch.inserts, strict=True):
                connection.executemany(sql, rows)
            connection.executemany(update, batch.updates)
            connection.execute("COMMIT")

        times = []
        started = time.perf_counter()
        while (now := time.perf_counter()) - started < seconds:
            write(next(batches))
            times.append(time.perf_counter() - now)
        return _of_replies(times, time.perf_counter() - started)


async def _on_postgresql(place: Place, batches: Iterator[Batch], seconds: float) -> Measured:
    inserts = [_insertion(table, "${}") for table in TABLES]
    update = _alteration("${}", "pg_current_xact_id()::text::bigint")
    connection = await asyncpg.connect(place.url)
    try:
        times = []
        started = time.perf_counter()
        while (now := time.perf_counter()) - started < seconds:
            batch = next(batches)
            async with connection.transaction():
                for sql, rows in zip(inserts, batch.inserts, strict=True):
                    await connection.executemany(sql, rows)
                await connection.executemany(update, batch.updates)
            times.append(time.perf_counter() - now)
        return _of_replies(times, time.perf_counter() - started)
    finally:
        await connection.close()


def _of_replies(times: Sequence[float], took: float) -> Measured:
    """Times are those of batches; the rate is that of replies."""
    batches = summed(times, took)
    return Measured(
        per_second=batches.per_second * TOGETHER,
        p50_ms=batches.p50_ms,
        p95_ms=batches.p95_ms,
        p99_ms=batches.p99_ms,
        answers=batches.answers * TOGETHER,
        bytes_each=0,
    )
