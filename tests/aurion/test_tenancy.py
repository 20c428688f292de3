"""Every route of the OpenAPI document, asked for someone else's thing, by nobody, and by somebody who may nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import select

from aurion.checklist import of, team_of
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.secrets import account_of
from dragoman.store import schema
from world import BASE, Caller, World

PUBLIC = {
    ("GET", "/api/v2/conversations/share/{token}"),
    ("POST", "/api/v2/conversations/share/{token}/comments"),
    ("POST", "/api/v1/auth/login"),
}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    body: dict[str, Any] | None
    is_form: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


# Another dialect's, which has its own.
OTHERS = ("/api/v1/accounts", "/api/v1/profile", "/public/", "/auth/", "/attachments", "/health")


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        if path.startswith(OTHERS) or path == "/api":
            continue
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            known = content.get("application/json", {}).get("schema")
            body = example(document, known) if known else None
            yield Operation(method.upper(), path, body, "multipart/form-data" in content)


SAMPLES = {
    "subject": "Subject",
    "body": "Text",
    "name": "Name",
    "url": "https://example.com/hook",
    "email": "somebody@example.com",
    "snoozed_until": "2027-01-01T00:00:00Z",
    "operator": "is",
    "field": "status",
    "action": "dismiss",
    "role": "agent",
    "scopes": ["conversations:read"],
    "events": ["conversation.created"],
    "provider": "smtp",
    "description": "Text",
}


def example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The least that a schema asks for."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return example(document, schema["anyOf"][0])
    required = set(schema.get("required", ())) | ({"description"} & set(schema.get("properties", ())))
    if schema.get("type") == "object" or "properties" in schema:
        return {name: SAMPLES.get(name) or example(document, schema["properties"][name]) for name in sorted(required)}
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example(document, schema.get("items", {}))] if schema.get("minItems") else ["x"]
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "x")


async def theirs(world: World) -> dict[str, str]:
    """One of each thing that a path can name, in the account of `world`, by the name of its parameter."""
    one, other = await world.conversation(tags=["a"]), await world.conversation()
    team, (user,) = await team_of(world, "Bob")
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    share = await world.boss.ok("POST", of(one, "share"), {})
    await world.boss.ok("PUT", of(one, "resolution"), {"resolution": "Done"})
    return {
        "conversation_id": one["id"],
        "attachment_id": file["id"],
        "link_id": link["id"],
        "share_id": share["id"],
        "contact_id": one["contact_id"],
        "team_id": team,
        "user_id": user,
    } | await neighbours(world)


async def neighbours(world: World) -> dict[str, str]:
    company = await world.boss.ok("POST", "/api/v2/companies", {"name": "Globex"})
    hook = {"url": "https://93.184.215.14/hook", "events": ["conversation.created"]}
    webhook = await world.boss.ok("POST", "/api/v1/webhooks", hook)
    key = await world.staff.ok("POST", "/api/configuration/api-keys", {"name": "k", "scopes": ["conversations:read"]})
    channel = {"name": "Mail", "email": "help@support.example", "provider": "smtp"}
    inbox = await world.boss.ok("POST", "/api/v2/email/channels", channel)
    return {"company_id": company["id"], "webhook_id": webhook["id"], "key_id": key["id"], "channel_id": inbox["id"]}


async def snapshot(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the account of `world`, in every table."""
    found = {}
    async with world.database.read(world.account_id) as tx:
        for table in schema.metadata.sorted_tables:
            if "account_id" in table.c:
                rows = await tx.execute(select(table).where(table.c.account_id == world.account_id))
                found[table.name] = sorted((tuple(row) for row in rows.fetchall()), key=repr)
    return found


async def ask(caller: Caller, operation: Operation, names: dict[str, str]) -> httpx.Response:
    path = re.sub(r"{(\w+)}", lambda found: names.get(found[1], "x"), operation.path)
    more = {"files": {"file": ("a.txt", b"a", "text/plain")}} if operation.is_form else {}
    return await caller(operation.method, path, operation.body, **more)


async def document_of(world: World) -> dict[str, Any]:
    found: dict[str, Any] = await world.stranger.ok("GET", "/openapi.json")
    return found


async def test_another_accounts_things_are_404_on_every_route(world: World) -> None:
    names, elsewhere = await theirs(world), await world.other_account()
    staff = await other_staff(world, elsewhere)
    before, codes = await snapshot(world), {}
    named = [one for one in operations(await document_of(world)) if "{" in one.path and "{token}" not in one.path]
    assert {name for one in named for name in re.findall(r"{(\w+)}", one.path)} <= set(names)
    for operation in named:
        closed = operation.path.startswith("/api/configuration")
        codes[str(operation)] = (await ask(staff if closed else elsewhere, operation, names)).status_code
    assert {name: code for name, code in codes.items() if code != 404} == {}
    assert len(codes) > 40
    assert await snapshot(world) == before


async def other_staff(world: World, elsewhere: Caller) -> Caller:
    """An administrator of the other account."""
    account_id = account_of(elsewhere.headers["X-API-Key"])
    assert account_id is not None
    async with world.database.write(account_id) as tx:
        eve = await accounts.add_user(tx, email="eve@other.example", name="Eve", role="administrator")
        token = await accounts.issue_token(tx, eve, world.services.pepper)
    return Caller(world.client, {"Authorization": f"Bearer {token.secret}"})


async def test_another_accounts_ids_in_bodies_are_404(world: World) -> None:
    names, elsewhere = await theirs(world), await world.other_account()
    mine = await elsewhere.ok("POST", "/api/v2/contacts", {"name": "Mine"})
    here = await elsewhere.ok("POST", BASE, {"subject": "Mine", "contact_id": mine["id"], "description": "x"})
    before = await snapshot(world)
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", BASE, {"subject": "x", "contact_id": names["contact_id"], "description": "x"}),
        ("PATCH", of(here), {"contact_id": names["contact_id"]}),
        ("PATCH", of(here), {"assignee_user_id": names["user_id"]}),
        ("PATCH", of(here), {"assignee_team_id": names["team_id"]}),
        ("POST", of(here, "assign"), {"agent_id": names["user_id"]}),
        ("POST", of(here, "reassign"), {"team_id": names["team_id"]}),
        ("POST", of(here, "parent"), {"parent_id": names["conversation_id"]}),
        ("POST", of(here, "links"), {"linked_conversation_id": names["conversation_id"]}),
        ("POST", of(here, "merge"), {"source_conversation_ids": [names["conversation_id"]]}),
        ("POST", of(here, "reply"), {"body": "x", "attachment_ids": [names["attachment_id"]]}),
        ("POST", of(here, "children"), {"subject": "x", "contact_id": names["contact_id"]}),
    ]
    for method, path, body in bodies:
        assert (await elsewhere(method, path, body)).status_code == 404, (path, body)
    bulk = await elsewhere.ok(
        "POST", "/api/v2/bulk/conversations/archive", {"conversation_ids": [names["conversation_id"]]}
    )
    assert bulk["items"][0]["status"] == "error"
    assert await snapshot(world) == before


async def test_lists_and_searches_show_only_ones_own(world: World) -> None:
    names, elsewhere = await theirs(world), await world.other_account()
    for path in (BASE, f"{BASE}?search=help", f"{BASE}?contact_id={names['contact_id']}", f"{BASE}?tags=a"):
        page = await elsewhere.ok("GET", path)
        assert (page["items"], page["total"]) == ([], 0), path
    assert (await elsewhere.ok("POST", f"{BASE}/search", {"search": "help"}))["total"] == 0
    options = await elsewhere.ok("GET", f"{BASE}/filter-options")
    assert (options["teams"], options["agents"], options["tags"]) == ([], [], [])


async def test_without_a_credential_every_route_is_401(world: World) -> None:
    codes = {}
    for operation in operations(await document_of(world)):
        if (operation.method, operation.path) not in PUBLIC and operation.path.startswith("/api/"):
            codes[str(operation)] = (await ask(world.stranger, operation, {})).status_code
    assert {name: code for name, code in codes.items() if code != 401} == {}
    assert len(codes) > 50


ANYBODYS = {("GET", "/api/v1/auth/me")}  # who one is oneself


async def test_without_the_scope_every_route_is_403(world: World) -> None:
    nobody, codes = await world.key("events:read"), {}
    for operation in operations(await document_of(world)):
        if (operation.method, operation.path) not in PUBLIC | ANYBODYS and operation.path.startswith("/api/"):
            codes[str(operation)] = (await ask(nobody, operation, {})).status_code
    assert {name: code for name, code in codes.items() if code != 403} == {}
