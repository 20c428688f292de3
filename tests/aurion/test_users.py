"""The people who answer, as administrators see them (aurion.md 5.3)."""

from __future__ import annotations

from typing import Any

import pytest

from world import BASE, Caller, World

USERS = "/api/v1/users"
DOCUMENTED = {
    *("id", "email", "email_normalized", "full_name", "role", "is_active", "is_azure_bound", "last_login_at"),
    *("created_at", "created_by", "updated_at"),
}


async def test_a_new_user_gets_a_token_that_acts_as_them(world: World) -> None:
    response = await world.boss("POST", USERS, {"email": "Bob@Support.example", "full_name": "Bob Ray"})
    made = response.json()
    assert response.status_code == 201
    assert set(made) >= DOCUMENTED
    assert (made["email"], made["email_normalized"]) == ("Bob@Support.example", "bob@support.example")
    assert (made["full_name"], made["role"], made["is_active"], made["is_azure_bound"]) == (
        "Bob Ray",
        "agent",
        True,
        False,
    )
    bob = Caller(world.client, {"Authorization": f"Bearer {made['access_token']}"})
    assert (await bob.ok("GET", "/api/v1/auth/me"))["user"]["id"] == made["id"]
    shown = await world.boss.ok("GET", f"{USERS}/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "access_token"}


@pytest.mark.parametrize(
    ("query", "expected", "pages"),
    [
        ("", ["Ann", "Bob", "Cleo"], 1),
        ("page_size=2", ["Ann", "Bob"], 2),
        ("page_size=2&page=2", ["Cleo"], 2),
        ("page_size=2&page=3", [], 2),
        ("role=administrator", ["Ann"], 1),
        ("role=agent", ["Bob", "Cleo"], 1),
        ("is_active=false", ["Cleo"], 1),
        ("search=bO", ["Bob"], 1),
        ("search=cleo%40support", ["Cleo"], 1),
        ("search=nobody", [], 0),
    ],
)
async def test_the_list_counts_pages(world: World, query: str, expected: list[str], pages: int) -> None:
    await world.user("Bob")
    cleo = await world.boss.ok("POST", USERS, {"email": "cleo@support.example", "name": "Cleo"})
    await world.boss.ok("PATCH", f"{USERS}/{cleo['id']}", {"is_active": False})
    found = await world.boss.ok("GET", f"{USERS}?{query}")
    assert set(found) == {"users", "page", "page_size", "total", "total_pages"}
    assert [one["full_name"] for one in found["users"]] == expected
    assert found["total_pages"] == pages
    assert all("access_token" not in one for one in found["users"])


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"name": "Robert"}, {"name": "Robert", "full_name": "Robert"}),
        ({"full_name": "Robert"}, {"name": "Robert", "full_name": "Robert"}),
        ({"role": "administrator"}, {"role": "administrator"}),
        ({"is_available": False}, {"is_available": False}),
        ({"is_active": False}, {"is_active": False}),
        ({"password": "a new password"}, {}),
    ],
)
async def test_a_patch_changes_what_is_sent_and_nothing_else(
    world: World, sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    made = await world.boss.ok("POST", USERS, {"email": "bob@support.example", "name": "Bob"})
    before = await world.boss.ok("GET", f"{USERS}/{made['id']}")
    world.clock.advance(minutes=1)
    after = await world.boss.ok("PATCH", f"{USERS}/{made['id']}", sent)
    assert after == {**before, **changed, **({"updated_at": "2026-03-08T09:16:00Z"} if sent else {})}


async def test_an_inactive_user_is_let_in_no_more(world: World) -> None:
    made = await world.boss.ok("POST", USERS, {"email": "bob@support.example", "name": "Bob"})
    bob = Caller(world.client, {"Authorization": f"Bearer {made['access_token']}"})
    assert (await bob("GET", BASE)).status_code == 200
    await world.boss.ok("PATCH", f"{USERS}/{made['id']}", {"is_active": False})
    assert (await bob("GET", BASE)).status_code == 401


@pytest.mark.parametrize("sent", [{"role": "agent"}, {"is_active": False}])
async def test_the_last_administrator_stays(world: World, sent: dict[str, Any]) -> None:
    [ann] = (await world.boss.ok("GET", USERS))["users"]
    refused = await world.boss("PATCH", f"{USERS}/{ann['id']}", sent)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The account needs an administrator")
    await world.boss.ok("POST", USERS, {"email": "bob@support.example", "name": "Bob", "role": "administrator"})
    assert (await world.boss("PATCH", f"{USERS}/{ann['id']}", sent)).status_code == 200


async def test_an_address_is_one_users(world: World) -> None:
    refused = await world.boss("POST", USERS, {"email": "ANN@support.example", "name": "Other Ann"})
    assert (refused.status_code, refused.json()["error"]) == (409, "conflict")
    other = await world.other_account()
    await other.ok("POST", USERS, {"email": "ann@support.example", "name": "Elsewhere's Ann"})


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "Bob"}, "email"),
        ({"email": "nobody", "name": "Bob"}, "email"),
        ({"email": "bob@x.org"}, "full_name"),
        ({"email": "bob@x.org", "name": "Bob", "full_name": "Robert"}, "name"),
        ({"email": "bob@x.org", "name": "Bob", "role": "owner"}, "role"),
        ({"email": "bob@x.org", "name": "Bob", "password": "short"}, "password"),
        ({"email": "bob@x.org", "name": "Bob", "password": "x" * 1025}, "password"),
    ],
)
async def test_a_bad_user_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", USERS, sent)
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    "query", ["page=0", "page=99999999999", "page_size=101", "page_size=0", "role=owner", "is_active=maybe"]
)
async def test_a_bad_query_is_refused_by_its_parameter(world: World, query: str) -> None:
    response = await world.boss("GET", f"{USERS}?{query}")
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, query.partition("=")[0])


async def test_users_are_for_administrators(world: World) -> None:
    made = await world.boss.ok("POST", USERS, {"email": "bob@support.example", "name": "Bob"})
    bob = Caller(world.client, {"Authorization": f"Bearer {made['access_token']}"})
    assert (await bob("GET", USERS)).status_code == 403
    assert (await bob("PATCH", f"{USERS}/{made['id']}", {"role": "administrator"})).status_code == 403
    reader = await world.key("users:read")
    assert (await reader("GET", USERS)).status_code == 200
    refused = await reader("POST", USERS, {"email": "eve@x.org", "name": "Eve"})
    assert refused.json()["detail"] == "API key missing required scope: users:write"


async def test_a_key_cannot_reach_further_through_a_user_than_by_itself(world: World) -> None:
    writer = await world.key("users:read", "users:write")
    [ann] = (await writer.ok("GET", USERS))["users"]
    bob = await writer.ok("POST", USERS, {"email": "bob@support.example", "name": "Bob"})
    for method, path, body in (
        ("POST", USERS, {"email": "eve@x.org", "name": "Eve", "role": "administrator"}),
        ("PATCH", f"{USERS}/{bob['id']}", {"role": "administrator"}),
        ("PATCH", f"{USERS}/{ann['id']}", {"password": "mine from now on"}),
    ):
        assert (await writer(method, path, body)).status_code == 403
    assert (await world.boss.ok("GET", USERS))["total"] == 2


async def test_another_accounts_users_do_not_exist(world: World) -> None:
    [ann] = (await world.boss.ok("GET", USERS))["users"]
    other = await world.other_account()
    assert (await other.ok("GET", USERS))["total"] == 0
    for method, body in (("GET", None), ("PATCH", {"name": "X"})):
        response = await other(method, f"{USERS}/{ann['id']}", body)
        assert (response.status_code, response.json()["detail"]) == (404, "User not found")
