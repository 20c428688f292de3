"""The people who write (aurion.md 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from world import BASE, World

CONTACTS, COMPANIES = "/api/v2/contacts", "/api/v2/companies"
FIELDS = {
    *("id", "name", "first_name", "last_name", "email", "phone", "role", "company_id", "company_name"),
    *("conversation_count", "custom_attrs", "external_id", "locale", "timezone", "tags", "unsubscribed_from_emails"),
    *("last_seen_at", "created_at", "updated_at", "deleted_at"),
}


async def names(world: World, query: str) -> list[str]:
    found = await world.boss.ok("GET", f"{CONTACTS}?{query}")
    return [one["name"] for one in found["items"]]


async def test_a_contact_has_every_field_of_both_documentations(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    sent = {
        "name": "Jane Smith",
        "email": "jane@example.com",
        "phone": "+49 30 123456",
        "company_id": company["id"],
        "tags": ["vip", "VIP", "eu"],
        "role": "Buyer",
        "external_id": "crm-17",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
        "custom_attrs": {"plan": "gold"},
        "unsubscribed_from_emails": True,
    }
    response = await world.boss("POST", CONTACTS, sent)
    made = response.json()
    assert response.status_code == 201
    assert set(made) == FIELDS
    expected = {**sent, "phone": "+4930123456", "tags": ["vip", "eu"], "first_name": "Jane", "last_name": "Smith"}
    expected |= {"company_name": "Acme", "conversation_count": 0, "deleted_at": None, "last_seen_at": None}
    expected |= {"created_at": "2026-03-08T09:15:00Z", "updated_at": "2026-03-08T09:15:00Z"}
    assert {name: made[name] for name in expected} == expected
    assert await world.boss.ok("GET", f"{CONTACTS}/{made['id']}") == made


@pytest.mark.parametrize(
    ("sent", "name", "first", "last"),
    [
        ({"name": "Jane van Dyk"}, "Jane van Dyk", "Jane", "van Dyk"),
        ({"name": "Cher"}, "Cher", "Cher", None),
        ({"first_name": "Jane", "last_name": "Smith"}, "Jane Smith", "Jane", "Smith"),
        ({"last_name": "Smith"}, "Smith", None, "Smith"),
        ({"name": "J. Smith", "first_name": "Jane"}, "J. Smith", "Jane", None),
        ({"email": "jane@example.com", "name": " "}, "jane@example.com", None, None),
        ({"phone": "+4930123456"}, "+4930123456", None, None),
        ({"name": "Jane\u0007\tSmith\u0085"}, "Jane Smith", "Jane", "Smith"),
    ],
)
async def test_a_name_comes_in_one_piece_or_in_two(
    world: World, sent: dict[str, Any], name: str, first: str | None, last: str | None
) -> None:
    made = await world.boss.ok("POST", CONTACTS, sent)
    assert (made["name"], made["first_name"], made["last_name"]) == (name, first, last)


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"phone": "+4930123456"}, {"phone": "+4930123456"}),
        ({"tags": []}, {"tags": []}),
        ({"email": None}, {"email": None}),
        ({"email": ""}, {"email": None}),
        ({"first_name": "Joan"}, {"first_name": "Joan", "name": "Joan Smith"}),
        ({"name": "Joan Doe"}, {"first_name": "Joan", "last_name": "Doe", "name": "Joan Doe"}),
        ({"last_name": None}, {"last_name": None, "name": "Jane"}),
        ({"custom_attrs": {"a": None, "b": 2}}, {"custom_attrs": {"b": 2, "c": 3}}),
        ({"unsubscribed_from_emails": True}, {"unsubscribed_from_emails": True}),
    ],
)
async def test_a_patch_changes_what_is_sent_and_nothing_else(
    world: World, sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = await world.boss.ok(
        "POST",
        CONTACTS,
        {"name": "Jane Smith", "email": "jane@example.com", "tags": ["vip"], "custom_attrs": {"a": 1, "c": 3}},
    )
    world.clock.advance(minutes=1)
    after = await world.boss.ok("PATCH", f"{CONTACTS}/{before['id']}", sent)
    moved = {"updated_at": "2026-03-08T09:16:00Z"} if sent else {}
    assert after == {**before, **changed, **moved}


async def test_the_list_pages_newest_first_without_overlap(world: World) -> None:
    for at in range(7):
        await world.boss.ok("POST", CONTACTS, {"name": f"Contact {at}"})
    pages = [await world.boss.ok("GET", f"{CONTACTS}?limit=3&offset={offset}") for offset in (0, 3, 6)]
    assert [one["name"] for page in pages for one in page["items"]] == [f"Contact {at}" for at in range(6, -1, -1)]
    assert {(page["total"], page["limit"]) for page in pages} == {(7, 3)}
    assert all(page["data"] == page["items"] for page in pages)


async def test_the_usual_limit_follows_the_credentials_header(world: World) -> None:
    assert (await world.boss.ok("GET", CONTACTS))["limit"] == 25
    assert (await world.staff.ok("GET", CONTACTS))["limit"] == 50
    assert (await world.boss.ok("GET", f"{CONTACTS}?limit=200"))["limit"] == 200


@pytest.mark.parametrize(("chosen", "left"), [("items", "data"), ("data", "items")])
async def test_one_envelope_can_be_dropped(world: World, chosen: str, left: str) -> None:
    await world.contact()
    page = await world.boss.ok("GET", f"{CONTACTS}?envelope={chosen}")
    assert len(page[chosen]) == 1
    assert left not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search=jane", ["Jane Smith"]),
        ("search=JANE%40EXAMPLE", ["Jane Smith"]),
        ("search=ößler", ["Jörg GÖSSLER"]),
        ("search=4930", ["Jane Smith"]),
        ("search=%25", ["100% Real_Name"]),
        ("search=_", ["100% Real_Name"]),
        ("search=%00", []),
        ("search=%20%20", ["100% Real_Name", "Jörg GÖSSLER", "Jane Smith"]),
        ("tag=vip", ["Jane Smith"]),
        ("tags=VIP,eu", ["Jörg GÖSSLER", "Jane Smith"]),
        ("tag=vip&tag=eu", ["Jörg GÖSSLER", "Jane Smith"]),
        ("tags=vi", []),
        ("tags=vip&search=jörg", []),
        ("company_id=nonsense", []),
    ],
)
async def test_the_list_is_filtered(world: World, query: str, expected: list[str]) -> None:
    await world.boss.ok(
        "POST",
        CONTACTS,
        {"name": "Jane Smith", "email": "jane@example.com", "phone": "+4930123456", "tags": ["vip"]},
    )
    await world.boss.ok("POST", CONTACTS, {"name": "Jörg GÖSSLER", "email": "joerg@example.org", "tags": ["EU"]})
    await world.boss.ok("POST", CONTACTS, {"name": "100% Real_Name", "email": "real@example.org"})
    assert await names(world, query) == expected
    assert (await world.boss.ok("GET", f"{CONTACTS}?{query}&limit=1"))["total"] == len(expected)


async def test_contacts_of_a_company(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    await world.contact("Jane Smith", company_id=company["id"])
    await world.contact("John Doe")
    assert await names(world, f"company_id={company['id']}") == ["Jane Smith"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("sent", [{"email": "JANE@example.com"}, {"phone": "+49 30 / 123456"}])
async def test_an_address_belongs_to_one_contact(world: World, method: str, sent: dict[str, Any]) -> None:
    await world.contact("Jane", email="jane@example.com", phone="+4930123456")
    other = await world.contact("John")
    response = await world.boss(method, CONTACTS if method == "POST" else f"{CONTACTS}/{other}", {"name": "X", **sent})
    assert (response.status_code, response.json()["error"]) == (409, "conflict")
    assert (await world.boss.ok("GET", CONTACTS))["total"] == 2
    assert (await world.boss.ok("GET", f"{CONTACTS}/{other}"))["name"] == "John"


async def test_a_deleted_contact_leaves_the_list_and_frees_its_address(world: World) -> None:
    contact = await world.contact("Jane Smith", email="jane@example.com")
    conversation = await world.conversation(contact_id=contact)
    response = await world.boss("DELETE", f"{CONTACTS}/{contact}")
    assert (response.status_code, response.content) == (204, b"")
    assert await names(world, "") == []
    [shown] = (await world.boss.ok("GET", f"{CONTACTS}?include_deleted=true"))["items"]
    assert shown["deleted_at"] == "2026-03-08T09:15:00Z"
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        assert (await world.boss(method, f"{CONTACTS}/{contact}", body)).status_code == 404
    assert (await world.detail(conversation["id"]))["contact_name"] == "Jane Smith"
    await world.contact("Jane Again", email="jane@example.com")


async def test_conversations_show_and_count_for_their_contact(world: World) -> None:
    contact = await world.contact("Jane Smith")
    conversation = await world.conversation(contact_id=contact)
    gone = await world.conversation(contact_id=contact)
    assert (await world.boss.ok("GET", f"{CONTACTS}/{contact}"))["conversation_count"] == 2
    await world.boss.ok("DELETE", f"{BASE}/{gone['id']}")
    assert (await world.boss.ok("GET", CONTACTS))["items"][0]["conversation_count"] == 1
    await world.boss.ok("PATCH", f"{CONTACTS}/{contact}", {"name": "Jane Doe"})
    [listed] = (await world.boss.ok("GET", BASE))["items"]
    assert (listed["id"], listed["contact_name"]) == (conversation["id"], "Jane Doe")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "\u0001"}, "name"),
        ({"first_name": "x" * 128}, "first_name"),
        ({"email": "no address"}, "email"),
        ({"email": "two@at@signs.example"}, "email"),
        ({"email": "x" * 315 + "@x.org"}, "email"),
        ({"name": "J", "phone": "call me"}, "phone"),
        ({"name": "J", "tags": "vip"}, "tags"),
        ({"name": "J", "tags": ["x" * 65]}, "tags"),
        ({"name": "J", "tags": [" "]}, "tags"),
        ({"name": "J", "tags": ["x"] * 101}, "tags"),
        ({"name": "J", "custom_attrs": []}, "custom_attrs"),
        ({"name": "J", "custom_attrs": {str(at): at for at in range(201)}}, "custom_attrs"),
        ({"name": "J", "unsubscribed_from_emails": "yes"}, "unsubscribed_from_emails"),
        ({"name": "J", "company_id": 5}, "company_id"),
    ],
)
async def test_a_bad_contact_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", CONTACTS, sent)
    body = response.json()
    assert (response.status_code, body["error"]) == (422, "validation_error")
    assert body["details"][0]["field"].split(".")[0] == field
    assert all(isinstance(part, str) for fault in body["detail"] for part in fault["loc"])
    assert (await world.boss.ok("GET", CONTACTS))["total"] == 0


@pytest.mark.parametrize("sent", [{"name": None}, {"tags": None}, {"custom_attrs": None}, {"name": ""}])
async def test_what_cannot_be_empty_is_not_cleared(world: World, sent: dict[str, Any]) -> None:
    contact = await world.contact()
    response = await world.boss("PATCH", f"{CONTACTS}/{contact}", sent)
    assert response.status_code == 422
    assert response.json()["details"][0]["field"] == next(iter(sent))


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=x", "offset=-1", "offset=1e9", f"search={'x' * 501}", "envelope=rows"),
        *("tags=" + ",".join(f"t{at}" for at in range(101)), f"tags={'x' * 65}", "tags=" + "&tags=".join("x" * 101)),
    ],
)
async def test_a_bad_query_is_refused_by_its_parameter(world: World, query: str) -> None:
    response = await world.boss("GET", f"{CONTACTS}?{query}")
    assert response.status_code == 422
    assert response.json()["details"][0]["field"] == query.partition("=")[0]


async def test_attributes_do_not_pile_up_without_end(world: World) -> None:
    contact = await world.contact(custom_attrs={f"a{at}": at for at in range(150)})
    response = await world.boss("PATCH", f"{CONTACTS}/{contact}", {"custom_attrs": {f"b{at}": at for at in range(51)}})
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, "custom_attrs")


@pytest.mark.parametrize("company", ["co_0000000zzzz", "co_", "nonsense"])
async def test_an_unknown_company_is_not_found(world: World, company: str) -> None:
    response = await world.boss("POST", CONTACTS, {"name": "Jane", "company_id": company})
    assert (response.status_code, response.json()["detail"]) == (404, "Company not found")


async def test_another_accounts_contacts_do_not_exist(world: World) -> None:
    company = await world.boss.ok("POST", COMPANIES, {"name": "Acme"})
    contact = await world.contact("Jane", email="jane@example.com", company_id=company["id"])
    other = await world.other_account()
    assert (await other.ok("GET", f"{CONTACTS}?include_deleted=true"))["total"] == 0
    assert (await other.ok("GET", f"{CONTACTS}?company_id={company['id']}"))["total"] == 0
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        response = await other(method, f"{CONTACTS}/{contact}", body)
        assert (response.status_code, response.json()["detail"]) == (404, "Contact not found")
    assert (await other("POST", CONTACTS, {"name": "J", "company_id": company["id"]})).status_code == 404
    await other.ok("POST", CONTACTS, {"name": "Jane", "email": "jane@example.com"})
    assert (await world.boss.ok("GET", f"{CONTACTS}/{contact}"))["name"] == "Jane"


async def test_reading_and_writing_need_their_own_scopes(world: World) -> None:
    contact = await world.contact()
    reader, writer = await world.key("contacts:read"), await world.key("contacts:write")
    assert (await reader("GET", CONTACTS)).status_code == 200
    assert (await writer("PATCH", f"{CONTACTS}/{contact}", {"name": "X"})).status_code == 200
    for caller, method, path, scope in (
        (writer, "GET", CONTACTS, "contacts:read"),
        (writer, "GET", f"{CONTACTS}/{contact}", "contacts:read"),
        (reader, "POST", CONTACTS, "contacts:write"),
        (reader, "PATCH", f"{CONTACTS}/{contact}", "contacts:write"),
        (reader, "DELETE", f"{CONTACTS}/{contact}", "contacts:write"),
    ):
        response = await caller(method, path, {} if method != "GET" else None)
        assert response.status_code == 403
        assert response.json()["detail"] == f"API key missing required scope: {scope}"
    assert (await world.stranger("GET", CONTACTS)).status_code == 401
