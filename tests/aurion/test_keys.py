"""API keys, for administrators alone; and the paths that no key opens (aurion.md 1.3, checklist 17)."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.core.accounts import actions as accounts
from dragoman.dialects.aurion.ids import Prefix, show
from world import BASE, Caller, World

KEYS = "/api/configuration/api-keys"
CLOSED = ["/api/configuration/api-keys", "/api/sync/contacts", "/api/v1/super-admin/tenants"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def test_a_key_is_shown_once_and_opens_what_its_scopes_say(world: World) -> None:
    response = await world.staff("POST", KEYS, {"name": "Export", "scopes": ["conversations:read"]})
    made = response.json()
    assert response.status_code == 201
    assert made["key"].startswith("ak_live_")
    assert (made["name"], made["scopes"], made["user_id"]) == ("Export", ["conversations:read"], None)
    caller = Caller(world.client, {"X-API-Key": made["key"]})
    assert (await caller("GET", BASE)).status_code == 200
    assert (await caller("POST", BASE, {})).status_code == 403
    listed = await world.staff("GET", KEYS)
    assert made["key"] not in listed.text
    assert [one["name"] for one in listed.json()["items"]] == ["boss", "Export"]
    assert listed.json()["data"] == listed.json()["items"]


async def test_a_key_can_act_as_a_user(world: World) -> None:
    bob = await world.user("Bob")
    user_id = show(Prefix.USER, bob.id)
    made = await world.staff.ok("POST", KEYS, {"name": "Bob's", "scopes": ["conversations:read"], "user_id": user_id})
    caller = Caller(world.client, {"X-API-Key": made["key"]})
    me = await caller.ok("GET", "/api/v1/auth/me")
    assert (me["user"]["id"], me["api_key"]["id"], me["scopes"]) == (user_id, made["id"], ["conversations:read"])


async def test_a_revoked_key_opens_nothing(world: World) -> None:
    made = await world.staff.ok("POST", KEYS, {"name": "Export", "scopes": ["*"]})
    caller = Caller(world.client, {"X-API-Key": made["key"]})
    assert (await caller("GET", BASE)).status_code == 200
    gone = await world.staff("DELETE", f"{KEYS}/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await caller("GET", BASE)).status_code == 401
    assert [one["name"] for one in (await world.staff.ok("GET", KEYS))["items"]] == ["boss"]
    again = await world.staff("DELETE", f"{KEYS}/{made['id']}")
    assert (again.status_code, again.json()["detail"]) == (404, "API key not found")


@pytest.mark.parametrize("path", CLOSED)
async def test_no_key_opens_a_closed_path_by_any_method(world: World, path: str) -> None:
    weak = await world.key("conversations:read")
    for caller in (world.boss, weak, Caller(world.client, {"Authorization": world.boss.headers["X-API-Key"]})):
        if "Authorization" in caller.headers:
            caller.headers["Authorization"] = f"Bearer {caller.headers['Authorization']}"
        for method in METHODS:
            for at in (path, f"{path}/x"):
                refused = await caller(method, at)
                assert refused.status_code == 403
                assert refused.json()["detail"] == "API keys are not permitted for this endpoint"
                assert refused.json()["error"] == "forbidden"


@pytest.mark.parametrize("path", CLOSED[1:])
async def test_staff_find_nothing_there_and_strangers_are_asked_who_they_are(world: World, path: str) -> None:
    for method in METHODS:
        nothing = await world.staff(method, path)
        assert (nothing.status_code, nothing.json()["error"]) == (404, "not_found")
        unknown = await world.stranger(method, path)
        assert (unknown.status_code, unknown.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_agents_have_no_business_with_keys(world: World) -> None:
    bob = await world.user("Bob")
    async with world.database.write(world.account_id) as tx:
        token = (await accounts.issue_token(tx, bob, world.services.pepper)).secret
    caller = Caller(world.client, {"Authorization": f"Bearer {token}"})
    for method, path in (("GET", KEYS), ("POST", KEYS), ("DELETE", f"{KEYS}/key_0000000000h")):
        refused = await caller(method, path)
        assert (refused.status_code, refused.json()["detail"]) == (403, "API key missing required scope: users:write")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"scopes": ["*"]}, "name"),
        ({"name": "K"}, "scopes"),
        ({"name": "K", "scopes": []}, "scopes"),
        ({"name": "K", "scopes": ["everything"]}, "scopes"),
        ({"name": "K", "scopes": "*"}, "scopes"),
        ({"name": "K", "scopes": ["*"] * 51}, "scopes"),
        ({"name": "K", "scopes": ["*"], "user_id": 3}, "user_id"),
    ],
)
async def test_a_bad_key_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.staff("POST", KEYS, sent)
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, field)


async def test_another_accounts_keys_and_users_do_not_exist(world: World) -> None:
    other = await world.other_account()
    made = await other.ok("POST", "/api/v1/users", {"email": "eve@x.org", "name": "Eve", "role": "administrator"})
    eve = Caller(world.client, {"Authorization": f"Bearer {made['access_token']}"})
    key = await world.staff.ok("POST", KEYS, {"name": "Export", "scopes": ["*"]})
    assert [one["name"] for one in (await eve.ok("GET", KEYS))["items"]] == ["key"]
    assert (await eve("DELETE", f"{KEYS}/{key['id']}")).status_code == 404
    theirs = {"name": "Spy", "scopes": ["*"], "user_id": show(Prefix.USER, world.admin.id)}
    assert (await eve("POST", KEYS, theirs)).status_code == 404
    assert (await Caller(world.client, {"X-API-Key": key["key"]})("GET", BASE)).status_code == 200


async def test_a_token_is_no_key_to_be_revoked(world: World) -> None:
    async with world.database.write(world.account_id) as tx:
        token = await accounts.issue_token(tx, world.admin, world.services.pepper)
    assert (await world.staff("DELETE", f"{KEYS}/{show(Prefix.KEY, token.credential.id)}")).status_code == 404
