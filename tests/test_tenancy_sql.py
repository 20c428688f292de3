"""Every statement on a tenant's table names the account: nobody's rows are read or written by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from aurion.checklist import of, team_of
from dragoman.store import schema
from world import BASE, World

TENANTS = sorted(table.name for table in schema.metadata.sorted_tables if "account_id" in table.c)
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(" + "|".join(TENANTS) + r")\b", re.IGNORECASE)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every statement that any engine runs meanwhile."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield statements
    event.remove(Engine, "before_cursor_execute", listen)


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
