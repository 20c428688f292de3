"""Every statement on a tenant's table names the account: nobody's rows are read or written by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import isfunction
from typing import Any

import pytest
from sqlalchemy import Engine, event

from aurion.checklist import of, team_of
from dragoman.store import schema
from dragoman.store.postgres import PostgresSession
from dragoman.store.sqlite import SqliteSession
from dragoman.store.tx import Session
from world import BASE, World

TENANTS = sorted(table.name for table in schema.metadata.sorted_tables if "account_id" in table.c)
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(" + "|".join(TENANTS) + r")\b", re.IGNORECASE)


# The ways past SQLAlchemy, straight to the driver (store/tx.py, Session). Its own are heard by its listener.
DRIVEN = ("fetch", "latest", "stream", "write", "write_many")
BY_SQLALCHEMY = {"execute", "execute_slowly"}


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every statement that any engine or any session runs meanwhile."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    with pytest.MonkeyPatch.context() as patch:
        for session in (SqliteSession, PostgresSession):
            for name in DRIVEN:
                patch.setattr(session, name, _telling(getattr(session, name), statements))
            patch.setattr(session, "copy", _telling_of_copies(session.copy, statements))
        yield statements
    event.remove(Engine, "before_cursor_execute", listen)


def _telling(run: Any, statements: list[str]) -> Any:
    async def telling(session: Any, sql: str, *more: Any, **named: Any) -> Any:
        statements.append(sql)
        return await run(session, sql, *more, **named)

    return telling


def _telling_of_copies(run: Any, statements: list[str]) -> Any:
    async def telling(session: Any, account_id: int, table: str, columns: Any, rows: Any) -> Any:
        statements.append(f"INSERT INTO {table} (account_id, {', '.join(columns)})")  # what either driver makes of it
        return await run(session, account_id, table, columns, rows)

    return telling


def test_no_way_to_the_database_is_unheard() -> None:
    ways = {name for name, one in vars(Session).items() if isfunction(one) and not name.startswith("_")}
    numbers = {"reserve_ids", "next_numbers"}  # from sequences and counters, by way of `fetch`
    assert ways == {*DRIVEN, *BY_SQLALCHEMY, "copy", *numbers}


async def story(world: World) -> None:
    """A bit of everything."""
    one, other, third = [await world.conversation(tags=["a", "b"]) for _ in range(3)]
    team, (bob,) = await team_of(world, "Bob")
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    share = await world.boss.ok("POST", of(one, "share"), {"permission": "view_and_comment"})
    for method, path, body in (
        ("PATCH", of(one), {"status": "resolved", "tags": ["b", "c"], "subject": "New", "assigned_agent_id": bob}),
        ("POST", of(one, "reply"), {"body": "Hello", "attachment_ids": [file["id"]]}),
        ("POST", of(one, "reassign"), {"team_id": team}),
        ("POST", of(one, "children"), {"subject": "Part"}),
        ("POST", of(other, "parent"), {"parent_id": third["id"]}),
        ("PUT", of(one, "resolution"), {"resolution": "x"}),
        ("PUT", of(one, "resolution"), {"resolution": "y"}),
        ("PATCH", of(one, "read"), None),
        ("POST", of(one, "archive"), None),
        ("POST", of(one, "unarchive"), None),
        ("POST", of(one, "snooze"), {"snoozed_until": "2027-01-01"}),
        ("DELETE", of(one, "links", link["id"]), None),
        ("DELETE", of(one, "attachments", file["id"]), None),
        ("POST", of(one, "merge"), {"source_conversation_ids": [other["id"]]}),
        ("POST", f"{BASE}/share/{share['token']}/comments", {"body": "Hello"}),
        ("GET", share["url"], None),
        ("GET", of(one), None),
        ("GET", of(one, "links"), None),
        ("GET", of(one, "children"), None),
        ("GET", of(one, "shares"), None),
        ("GET", of(one, "activities"), None),
        ("GET", of(one, "activities", "export?format=json"), None),
        ("GET", f"{BASE}?search=help&tags=a,b&status=open&created_after=2026-01-01&include_deleted=true", None),
        ("GET", f"{BASE}?tags=a&sort_by=subject&limit=1&offset=1", None),
        ("POST", f"{BASE}/search", {"conditions": conditions(), "match": "any", "search": "help me"}),
        ("POST", f"{BASE}/search", {"conditions": conditions()}),
        ("GET", f"{BASE}/filter-options", None),
        ("GET", f"{BASE}/tags/search?q=a", None),
        ("GET", "/api/v2/contacts?search=jane", None),
        ("PATCH", f"/api/v2/contacts/{one['contact_id']}", {"name": "Jane Doe"}),
        ("GET", "/api/v2/teams", None),
        ("GET", "/api/v1/users", None),
    ):
        await world.boss.ok(method, path, body, headers={"Idempotency-Key": f"{method} {path}"})
    await world.customer_writes(one["id"])
    await world.boss.ok("DELETE", of(one))


def conditions() -> list[dict[str, Any]]:
    return [
        {"field": "contact_name", "operator": "contains", "value": "jane"},
        {"field": "assignee_user_name", "operator": "is_not", "value": "Bob"},
        {"field": "tags", "operator": "excludes", "values": ["a"]},
        {"field": "company_name", "operator": "is", "value": None},
        {"field": "tags", "operator": "is", "value": None},
    ]


async def test_every_statement_names_the_account(world: World) -> None:
    with heard() as statements:
        await story(world)
    on_tenants = [one for one in statements if NAMED.search(one)]
    assert len(on_tenants) > 200
    assert {table for one in on_tenants for table in NAMED.findall(one)} >= {"conversations", "messages", "events"}
    assert [one for one in on_tenants if not each_part_names_it(one)] == []


def each_part_names_it(statement: str) -> bool:
    """Whether there are at least as many conditions on the account as tables, subqueries included."""
    return statement.count("account_id") >= len(NAMED.findall(statement))


ANY_JOIN = re.compile(r"\bJOIN\b", re.IGNORECASE)
JOIN = re.compile(r"\bJOIN (\w+)(?: AS (\w+))? ON (\w+)\.account_id = (\S+)", re.IGNORECASE)
# SQLite's index of words is no table of accounts: each document that it finds is compared with the account.
WORDS = re.compile(
    r"FROM search_words JOIN search_documents ON search_documents\.id = search_words\.rowid\s+"
    r"WHERE search_documents\.account_id = \?"
)
NO_TABLE = re.compile(r"\(SELECT 1\) AS one LEFT OUTER (?=JOIN)", re.IGNORECASE)
COMMA = re.compile(r"\bFROM\s+\w+(?:\s+AS\s+\w+)?\s*,", re.IGNORECASE)


async def test_every_join_stays_in_the_account(world: World) -> None:
    with heard() as statements:
        await story(world)
    joining = [one for one in statements if ANY_JOIN.search(one) and not WORDS.search(one)]
    assert len(joining) > 50
    assert [one for one in joining if not each_join_is_by_account(one)] == []
    assert [one for one in statements if COMMA.search(one)] == []


def each_join_is_by_account(statement: str) -> bool:
    """Whether each join begins with `a.account_id = b.account_id`, one of them being the table that is joined.

    What is joined to no table at all is compared with the account itself.
    """
    lonely = [found.end() for found in NO_TABLE.finditer(statement)]
    found = list(JOIN.finditer(statement))
    return len(found) == len(ANY_JOIN.findall(statement)) and all(
        is_by_account(*one.groups(), is_lonely=one.start() in lonely) for one in found
    )


def is_by_account(table: str, alias: str | None, left: str, right: str, *, is_lonely: bool) -> bool:
    joined = alias or table
    if is_lonely:
        return left == joined and bool(re.match(r"\$\d|\?", right))
    other, _, column = right.partition(".")
    return column == "account_id" and left != other and joined in (left, other)


@pytest.mark.parametrize(
    ("statement", "is_good"),
    [
        ("FROM a JOIN b ON b.account_id = a.account_id AND b.id = a.b_id", True),
        ("FROM a LEFT OUTER JOIN b AS c ON a.account_id = c.account_id AND c.id = a.b_id", True),
        ("FROM a JOIN b ON b.id = a.b_id", False),
        ("FROM a JOIN b ON b.id = a.b_id AND b.account_id = a.account_id", False),
        ("FROM a JOIN b ON b.account_id = $1 AND b.id = a.b_id", False),
        ("FROM a JOIN b ON b.account_id = b.account_id", False),
        ("FROM a JOIN b AS c ON b.account_id = a.account_id", False),
        ("FROM a JOIN (SELECT 1) AS b ON b.account_id = a.account_id", False),
        ("FROM (SELECT 1) AS one LEFT OUTER JOIN a ON a.account_id = $1::BIGINT", True),
        ("FROM (SELECT 1) AS one LEFT OUTER JOIN a ON a.id = $1", False),
    ],
)
def test_a_join_that_leaves_the_account_is_noticed(statement: str, is_good: bool) -> None:
    assert each_join_is_by_account(statement) is is_good
