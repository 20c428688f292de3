"""What all the neighbours of conversations have in common: hostile bodies and an honest OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from world import Caller, World

FAMILIES = (
    *("/api/v2/contacts", "/api/v2/companies", "/api/v2/teams", "/api/v2/email/channels"),
    *("/api/v1/users", "/api/v1/webhooks", "/api/v1/auth", "/api/configuration/api-keys"),
)
NASTY: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**53, -(2**70), 1e308),
    *("", " ", "x" * 20_000, "\u0000", "\u0001\u001f\u007f", "\u202e\u2066", "\U0001f4a5" * 300, "\ufffe", "a\r\nb"),
    *("%", "_", "'; DROP TABLE users --", "${x}", "\\", "=cmd()", "ct_00000000010", "2026-03-08"),
    *([], [[]], [None], ["\u0000"], ["x"] * 5000, {}, {"": ""}, {"\u0000": {"a": [None]}}, {"x": 2**80}),
]
BODIES: dict[str, dict[str, Any]] = {
    "/api/v2/contacts": {
        **{"name": "J", "first_name": "J", "last_name": "S", "email": "j@x.org", "phone": "+4930123456", "role": "r"},
        **{"company_id": None, "external_id": "e", "locale": "l", "timezone": "t", "tags": [], "custom_attrs": {}},
        **{"unsubscribed_from_emails": False},
    },
    "/api/v2/companies": {"name": "A", "domain": "a.test", "tags": [], "custom_attrs": {}},
    "/api/v2/teams": {
        **{"name": "T", "description": "d", "routing_method": "manual", "department": "d", "location": "l"},
        **{"email": "t@x.org", "escalate_to_user_id": None, "unassigned_timeout_minutes": 5},
    },
    "/api/v1/users": {
        **{"email": "u@x.org", "name": "U", "role": "agent", "password": None},
        **{"is_active": True, "is_available": True},
    },
    "/api/v2/email/channels": {
        "name": "C",
        "email": "c@x.org",
        "provider": "smtp",
        "provider_config": {},
        "status": "active",
    },
    "/api/v1/webhooks": {"url": "https://93.184.216.34/", "events": ["user.created"], "secret": "s"},
    "/api/configuration/api-keys": {"name": "K", "scopes": ["*"], "user_id": None},
    "/api/v1/auth/login": {"email": "a@x.org", "password": "guess", "account_id": 1},
}
PATCHED = ("/api/v2/contacts", "/api/v2/companies", "/api/v2/teams", "/api/v1/users", "/api/v2/email/channels")


def caller_for(world: World, path: str) -> Caller:
    return world.staff if path.startswith("/api/configuration") else world.boss


@pytest.mark.parametrize("path", BODIES)
async def test_no_value_in_any_field_breaks_a_creation(world: World, path: str) -> None:
    caller = caller_for(world, path)
    for field in BODIES[path]:
        for value in NASTY if path != "/api/v1/auth/login" else NASTY[:12]:
            response = await caller("POST", path, {**BODIES[path], field: value})
            assert response.status_code in (200, 201, 400, 401, 404, 409, 422), (field, value, response.text)
            if response.status_code == 422:
                named = {fault["field"].split(".")[0] for fault in response.json()["details"]}
                assert named <= {*BODIES[path], "full_name"}, (field, value, response.text)
    if "login" not in path:
        assert (await caller("GET", path)).status_code == 200


@pytest.mark.parametrize("path", PATCHED)
async def test_no_value_in_any_field_breaks_a_change(world: World, path: str) -> None:
    made = await world.boss.ok("POST", path, BODIES[path])
    for field in BODIES[path]:
        for value in NASTY:
            response = await world.boss("PATCH", f"{path}/{made['id']}", {field: value})
            assert response.status_code in (200, 400, 404, 409, 422), (field, value, response.text)
    assert (await world.boss("GET", path)).status_code == 200


NO_OBJECTS = (b"", b"{", b"null", b"[]", b'"x"', b"7", b"NaN", b'{"name": "\\ud800"}', b"\xff\xfe", b"[" * 3000)


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_that_is_no_object_is_refused(world: World, path: str) -> None:
    caller = caller_for(world, path)
    for body in NO_OBJECTS:
        response = await caller("POST", path, content=body, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.json()["error"]) == (422, "validation_error"), body[:20]
        assert response.json()["details"]


async def test_attributes_nested_as_deep_as_json_goes_can_be_read_again(world: World) -> None:
    """At whatever depth the reader gives up, what was taken in can always be given out."""
    accepted = []
    for depth in range(1, 1000, 37):
        deep = '{"name": "Deep", "custom_attrs": {"a": ' + "[" * depth + "]" * depth + "}}"
        headers = {"Content-Type": "application/json"}
        response = await world.boss("POST", "/api/v2/contacts", content=deep.encode(), headers=headers)
        assert response.status_code in (201, 422), (depth, response.text[:200])
        accepted.append(response.status_code == 201)
        assert (await world.boss("GET", "/api/v2/contacts")).status_code == 200, depth
    assert accepted == sorted(accepted, reverse=True)
    assert any(accepted)


async def test_strange_ids_are_unknown_ones(world: World) -> None:
    for path in PATCHED:
        for one in ("x", "%00", "ct_", "ct_zzzzzzzzzzz", "💥", "a" * 200, "-1", "1"):
            response = await world.boss("PATCH", f"{path}/{one}", {})
            assert (response.status_code, response.json()["error"]) == (404, "not_found"), (path, one)
        assert (await world.boss("PATCH", f"{path}/{'a' * 201}", {})).status_code == 422


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        if path.startswith(FAMILIES):
            for method, operation in methods.items():
                yield method.upper(), path, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


async def test_every_operation_is_described(world: World) -> None:
    document = await world.boss.ok("GET", "/openapi.json")
    found = list(operations(document))
    assert len(found) == 33
    for method, path, operation in found:
        where = f"{method} {path}"
        [status] = [one for one in operation["responses"] if one.startswith("2")]
        if status == "204":
            assert method == "DELETE", where
        else:
            assert operation["responses"][status]["content"]["application/json"]["schema"], where
        assert ("requestBody" in operation) == (method in ("POST", "PATCH", "PUT")), where
        in_path = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}, where
        assert operation["summary"], where
    schemas = document["components"]["schemas"]
    assert {one.removeprefix("#/components/schemas/") for one in references(document)} <= set(schemas)


async def test_generated_clients_find_the_reference_names(world: World) -> None:
    document = await world.boss.ok("GET", "/openapi.json")
    ids = {operation["operationId"] for _, _, operation in operations(document)}
    assert {"list_contacts_v2_api_v2_contacts_get", "list_users_api_v1_users_get"} <= ids
    listed = {one["name"]: one["schema"] for one in document["paths"]["/api/v2/contacts"]["get"]["parameters"]}
    assert set(listed) >= {"limit", "offset", "search", "company_id", "tag", "tags", "include_deleted", "envelope"}
    [limit] = [one for one in listed["limit"]["anyOf"] if one["type"] == "integer"]
    assert (limit["minimum"], limit["maximum"]) == (1, 200)
