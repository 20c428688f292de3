"""What contacts belong to (aurion.md 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from world import BASE, World

COMPANIES, CONTACTS = "/api/v2/companies", "/api/v2/contacts"


async def test_a_company_is_made_read_changed_and_deleted(world: World) -> None:
    response = await world.boss("POST", COMPANIES, {"name": "Acme", "domain": "acme.test", "tags": ["eu"]})
    made = response.json()
    assert response.status_code == 201
    assert made == {
        "id": made["id"],
        "name": "Acme",
        "domain": "acme.test",
        "tags": ["eu"],
        "custom_attrs": {},
        "contact_count": 0,
        "created_at": "2026-03-08T09:15:00Z",
        "updated_at": "2026-03-08T09:15:00Z",
    }
    world.clock.advance(minutes=1)
    path = f"{COMPANIES}/{made['id']}"
    changed = await world.boss.ok("PATCH", path, {"custom_attrs": {"size": 7}, "domain": None})
    assert changed == made | {"custom_attrs": {"size": 7}, "domain": None, "updated_at": "2026-03-08T09:16:00Z"}
    assert await world.boss.ok("GET", path) == changed
    assert await world.boss.ok("PATCH", path, {}) == changed
    gone = await world.boss("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await world.boss("GET", path)).status_code == 404


async def test_the_list_is_by_name_with_counts_in_both_envelopes(world: World) -> None:
    ids = {name: (await world.boss.ok("POST", COMPANIES, {"name": name}))["id"] for name in ("Zeta", "Acme", "Äther")}
    await world.contact("Jane", company_id=ids["Acme"])
    await world.contact("John", company_id=ids["Acme"])
    page = await world.boss.ok("GET", f"{COMPANIES}?limit=2")
    assert (page["total"], page["limit"], page["offset"], len(page["items"])) == (3, 2, 0, 2)
    assert page["data"] == page["items"]
    found = (await world.boss.ok("GET", f"{COMPANIES}?search=aCM"))["items"]
    assert [(one["name"], one["contact_count"]) for one in found] == [("Acme", 2)]
    assert [one["name"] for one in (await world.boss.ok("GET", f"{COMPANIES}?search=äth"))["items"]] == ["Äther"]
    assert (await world.boss.ok("GET", COMPANIES))["limit"] == 25
    assert (await world.staff.ok("GET", COMPANIES))["limit"] == 50


async def test_a_new_name_shows_on_contacts_and_conversations(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    contact = await world.contact(company_id=company["id"])
    await world.conversation(contact_id=contact)
    await world.boss.ok("PATCH", f"{COMPANIES}/{company['id']}", {"name": "Acme Ltd"})
    assert (await world.boss.ok("GET", f"{CONTACTS}/{contact}"))["company_name"] == "Acme Ltd"
    assert (await world.boss.ok("GET", BASE))["items"][0]["company_name"] == "Acme Ltd"


async def test_a_company_in_use_stays(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    path = f"{COMPANIES}/{company['id']}"
    contact = await world.contact(company_id=company["id"])
    await world.conversation(contact_id=contact)
    refused = await world.boss("DELETE", path)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The company still has contacts")
    await world.boss.ok("DELETE", f"{CONTACTS}/{contact}")
    refused = await world.boss("DELETE", path)
    assert (refused.status_code, refused.json()["detail"]) == (409, "The company still has conversations")
    assert (await world.boss.ok("GET", path))["contact_count"] == 0


async def test_a_company_that_everybody_left_goes(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    leaver, deleted = await world.contact("Jane", company_id=company["id"]), await world.contact("John")
    await world.boss.ok("PATCH", f"{CONTACTS}/{deleted}", {"company_id": company["id"]})
    await world.conversation(contact_id=leaver)
    await world.boss.ok("PATCH", f"{CONTACTS}/{leaver}", {"company_id": None})
    await world.boss.ok("DELETE", f"{CONTACTS}/{deleted}")
    assert (await world.boss("DELETE", f"{COMPANIES}/{company['id']}")).status_code == 204


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "Acme", "domain": "x" * 201}, "domain"),
        ({"name": "Acme", "tags": [5]}, "tags"),
        ({"name": "Acme", "custom_attrs": "gold"}, "custom_attrs"),
    ],
)
async def test_a_bad_company_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", COMPANIES, sent)
    assert response.status_code == 422
    assert response.json()["details"][0]["field"].split(".")[0] == field


async def test_another_accounts_companies_do_not_exist(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    other = await world.other_account()
    assert (await other.ok("GET", COMPANIES))["items"] == []
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        response = await other(method, f"{COMPANIES}/{company['id']}", body)
        assert (response.status_code, response.json()["detail"]) == (404, "Company not found")


async def test_companies_need_the_scopes_of_contacts(world: World) -> None:
    reader = await world.key("contacts:read")
    assert (await reader("GET", COMPANIES)).status_code == 200
    refused = await reader("POST", COMPANIES, {"name": "Acme"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "API key missing required scope: contacts:write")
