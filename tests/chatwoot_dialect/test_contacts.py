"""Contacts as Chatwoot's clients know them (chatwoot.md 6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.store import schema
from world import Caller


async def made(office: Office, by: Caller | None = None, **fields: Any) -> dict[str, Any]:
    """A new contact."""
    answer = await (by or office.boss).ok("POST", f"{office.base}/contacts", fields)
    found: dict[str, Any] = answer["payload"]["contact"]
    return found


async def refused(office: Office, method: str, path: str, body: Any = None) -> list[str]:
    """The attributes that a 422 names."""
    answer = await office.boss(method, office.base + path, body)
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["message"]
    assert told["error"] == told["message"]
    found: list[str] = told["attributes"]
    return found


async def names(office: Office, query: str, **more: Any) -> list[str]:
    answer = await office.boss.ok("GET", f"{office.base}/contacts{query}", **more)
    return [one["name"] for one in answer["payload"]]


async def filtered(office: Office, *rows: dict[str, Any]) -> list[str]:
    answer = await office.boss.ok("POST", f"{office.base}/contacts/filter", {"payload": list(rows)})
    found = sorted(one["name"] for one in answer["payload"])
    assert answer["meta"] == {"count": len(found), "current_page": 1}
    return found


def row(key: str, operator: str, *values: Any, then: str | None = None) -> dict[str, Any]:
    return {"attribute_key": key, "filter_operator": operator, "values": list(values), "query_operator": then}


async def test_statement_135_creation_with_an_inbox_answers_contact_and_source_id(office: Office) -> None:
    body = {"name": "Hank", "email": "hank@globex.example", "inbox_id": office.inbox.id}
    answer = await office.agent.ok("POST", f"{office.base}/contacts", body)
    payload = answer["payload"]
    source_id = payload["contact_inbox"]["source_id"]
    assert source_id
    assert payload["contact_inbox"]["inbox"]["id"] == office.inbox.id
    assert payload["contact"]["contact_inboxes"][0]["source_id"] == source_id
    alone = await office.agent.ok("POST", f"{office.base}/contacts", {"name": "Alone"})
    assert alone["payload"]["contact_inbox"] == {"inbox": None, "source_id": None}


async def test_statement_011_creation_is_answered_200(office: Office) -> None:
    assert (await office.boss("POST", f"{office.base}/contacts", {"name": "Hank"})).status_code == 200


async def test_a_contact_has_the_documented_fields(office: Office) -> None:
    body = {
        "name": "Hank",
        "phone_number": "+491701234567",
        "identifier": "h-1",
        "additional_attributes": {"city": "X"},
    }
    one = await made(office, **body)
    assert set(one) == {
        *("additional_attributes", "availability_status", "email", "id", "name", "phone_number", "blocked"),
        *("identifier", "thumbnail", "custom_attributes", "created_at", "contact_inboxes"),
    }
    assert (one["phone_number"], one["identifier"]) == ("+491701234567", "h-1")
    assert (one["additional_attributes"], one["custom_attributes"], one["blocked"]) == ({"city": "X"}, {}, False)
    shown = await office.agent.ok("GET", f"{office.base}/contacts/{one['id']}?include_contact_inboxes=false")
    assert "contact_inboxes" not in shown["payload"]
    assert (await office.boss("GET", f"{office.base}/contacts/999999")).status_code == 404
    assert (await office.boss("GET", f"{office.base}/contacts/none")).status_code == 404


async def test_statement_136_an_email_in_other_letter_case_is_taken(office: Office) -> None:
    one = await made(office, name="Hank", email="Hank@Globex.example")
    assert one["email"] == "hank@globex.example"
    assert await refused(office, "POST", "/contacts", {"name": "H", "email": "HANK@globex.EXAMPLE"}) == ["email"]


@pytest.mark.parametrize(("field", "value"), [("phone_number", "+491701234567"), ("identifier", "h-1")])
async def test_numbers_and_identifiers_are_one_contacts_alone(office: Office, field: str, value: str) -> None:
    one = await made(office, name="Hank", **{field: value})
    assert await refused(office, "POST", "/contacts", {"name": "H", field: value}) == [field]
    other = await made(office, name="Other")
    assert await refused(office, "PUT", f"/contacts/{other['id']}", {field: value}) == [field]
    await office.boss.ok("PUT", f"{office.base}/contacts/{one['id']}", {field: None})
    changed = await office.boss.ok("PUT", f"{office.base}/contacts/{other['id']}", {field: value})
    assert changed["payload"][field] == value


async def test_the_other_dialect_takes_external_ids_that_others_have(office: Office) -> None:
    await made(office, name="Hank", identifier="h-1")
    for _ in range(2):
        answer = await office.world.boss("POST", "/api/v2/contacts", {"name": "Hank", "external_id": "h-1"})
        assert answer.status_code == 201
    clash = {"name": "A", "email": "a@globex.example"}
    assert (await office.world.boss("POST", "/api/v2/contacts", clash)).status_code == 201
    assert (await office.world.boss("POST", "/api/v2/contacts", clash)).status_code == 409


@pytest.mark.parametrize("number", ["491701234567", "+0", "+49 170", "0170 1234567"])
async def test_statement_137_a_number_that_is_not_e164_is_refused(office: Office, number: str) -> None:
    assert await refused(office, "POST", "/contacts", {"name": "H", "phone_number": number}) == ["phone_number"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", {"a": 1}),
        ("blocked", "perhaps"),
        ("custom_attributes", "x"),
        ("custom_attributes", [1]),
        ("avatar_url", "javascript:1"),
        ("inbox_id", "x"),
        ("name", "x" * 300),
    ],
)
async def test_bad_input_is_a_422_that_names_the_field(office: Office, field: str, value: Any) -> None:
    assert await refused(office, "POST", "/contacts", {"name": "Hank", field: value}) == [field]


async def test_a_contact_without_any_name_is_taken(office: Office) -> None:
    assert (await made(office, identifier="h-1"))["name"] == "h-1"
    assert (await made(office))["name"] == "Visitor"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_statements_016_and_138_update_merges_attributes(office: Office, method: str) -> None:
    one = await made(
        office, name="Hank", custom_attributes={"plan": "gold", "seats": 3}, additional_attributes={"city": "Rome"}
    )
    path = f"{office.base}/contacts/{one['id']}"
    body = {"custom_attributes": {"seats": 4}, "additional_attributes": {"country": "Italy"}}
    after = (await office.agent.ok(method, path, body))["payload"]
    assert after["custom_attributes"] == {"plan": "gold", "seats": 4}
    assert after["additional_attributes"] == {"city": "Rome", "country": "Italy"}
    assert after["name"] == "Hank"
    gone = await office.agent.ok("POST", f"{path}/destroy_custom_attributes", {"custom_attributes": ["plan", "none"]})
    assert gone["payload"]["custom_attributes"] == {"seats": 4}


async def test_statement_139_pages_have_fifteen_rows_and_search_has_more(office: Office) -> None:
    for at in range(16):
        await made(office, name=f"Person {at:02}", email=f"p{at}@globex.example")
    await made(office, name="Person unknown")
    first = await office.agent.ok("GET", f"{office.base}/contacts?sort=name&page=1")
    second = await office.agent.ok("GET", f"{office.base}/contacts?sort=name&page=2")
    assert first["meta"] == {"count": 16, "current_page": 1}
    assert second["meta"] == {"count": 16, "current_page": 2}
    found = [one["name"] for one in (*first["payload"], *second["payload"])]
    assert found == [f"Person {at:02}" for at in range(16)]
    searched = await office.agent.ok("GET", f"{office.base}/contacts/search?q=person&sort=name")
    assert searched["meta"] == {"count": 15, "current_page": 1, "has_more": True}
    rest = await office.agent.ok("GET", f"{office.base}/contacts/search?q=person&sort=name&page=2")
    assert rest["meta"] == {"count": 2, "current_page": 2, "has_more": False}
    assert rest["payload"][-1]["name"] == "Person unknown"


@pytest.mark.parametrize("page", ["0", "x", "-1"])
async def test_what_is_no_page_is_the_first(office: Office, page: str) -> None:
    await made(office, name="Hank", email="hank@globex.example")
    assert await names(office, f"?page={page}") == ["Hank"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20"])
async def test_statement_140_a_search_without_q_is_refused(office: Office, query: str) -> None:
    assert await refused(office, "GET", f"/contacts/search{query}") == ["q"]


@pytest.mark.parametrize("text", ["ank sco", "HANK", "globex", "1701", "H-1x"])
async def test_a_search_looks_at_names_addresses_numbers_and_identifiers(office: Office, text: str) -> None:
    await made(office, name="Hank Scorpio", email="h@globex.example", phone_number="+491701234567", identifier="H-1x")
    await made(office, name="Somebody else", identifier="other")
    assert await names(office, "/search", params={"q": text}) == ["Hank Scorpio"]


@pytest.mark.parametrize("text", ["h-1x", "%", "_", "nobody"])
async def test_a_search_for_what_is_nowhere_finds_nothing(office: Office, text: str) -> None:
    await made(office, name="Hank Scorpio", identifier="H-1x")
    assert await names(office, "/search", params={"q": text}) == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["ann", "Bob", "Cid"]),
        ("-name", ["Cid", "Bob", "ann"]),
        ("email", ["Cid", "Bob", "ann"]),
        ("-email", ["Bob", "Cid", "ann"]),
        ("city", ["Bob", "ann", "Cid"]),
        ("-city", ["ann", "Bob", "Cid"]),
        ("company_name", ["ann", "Bob", "Cid"]),
        ("created_at", ["ann", "Bob", "Cid"]),
        ("-created_at", ["Cid", "Bob", "ann"]),
        ("nonsense", ["Cid", "Bob", "ann"]),
    ],
)
async def test_sorting_puts_what_is_empty_last(office: Office, sort: str, expected: list[str]) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "ann", "identifier": "1", "additional_attributes": {"city": "Zurich", "company_name": "Acme"}},
        {"name": "Bob", "email": "z@x.example", "additional_attributes": {"city": "aachen", "company_name": "Globex"}},
        {"name": "Cid", "email": "a@x.example"},
    ]
    for one in rows:
        await made(office, **one)
        office.world.clock.advance(minutes=1)
    assert await names(office, f"?sort={sort}") == expected


@pytest.mark.parametrize("query", ["labels[]=vip&labels[]=new", "labels=vip&labels=new", "labels=vip,new"])
async def test_labels_of_contacts_in_every_form_of_a_list(office: Office, query: str) -> None:
    for name, labels in (("A", ["vip"]), ("B", ["new", "old"]), ("C", ["other"])):
        one = await made(office, name=name, identifier=name)
        path = f"{office.base}/contacts/{one['id']}/labels"
        assert await office.agent.ok("POST", path, {"labels": labels}) == {"payload": labels}
        assert await office.agent.ok("GET", path) == {"payload": labels}
    assert sorted(await names(office, f"?{query}")) == ["A", "B"]


async def definitions(office: Office) -> None:
    for key, kind in (("plan", "text"), ("seats", "number"), ("since", "date"), ("paying", "checkbox")):
        body = {
            "attribute_display_name": key,
            "attribute_key": key,
            "attribute_display_type": kind,
            "attribute_model": "contact_attribute",
        }
        await office.boss.ok("POST", f"{office.base}/custom_attribute_definitions", body)


async def people(office: Office) -> None:
    await definitions(office)
    gold = {"plan": "Gold", "seats": 12, "since": "2025-05-01", "paying": True}
    silver = {"plan": "silver", "seats": 3, "since": "2026-02-01", "paying": False}
    rome = {"city": "Rome", "country_code": "IT", "company_name": "Globex"}
    await made(
        office,
        **{"name": "Ann", "email": "ann@x.example", "custom_attributes": gold, "additional_attributes": rome},
    )
    office.world.clock.advance(days=2)
    bob = await made(office, name="Bob", phone_number="+491701234567", blocked=True, custom_attributes=silver)
    await office.boss.ok("POST", f"{office.base}/contacts/{bob['id']}/labels", {"labels": ["vip"]})
    await made(office, name="Cid", identifier="c-1", custom_attributes={"seats": "many", "plan": ""})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (row("name", "equal_to", "ann", "cid"), ["Ann", "Cid"]),
        (row("name", "not_equal_to", "ann"), ["Bob", "Cid"]),
        (row("name", "contains", "B"), ["Bob"]),
        (row("email", "does_not_contain", "nobody"), ["Ann"]),
        (row("phone_number", "equal_to", "491701234567"), ["Bob"]),
        (row("phone_number", "contains", "1701"), ["Bob"]),
        (row("identifier", "equal_to", "c-1"), ["Cid"]),
        (row("city", "contains", "ro"), ["Ann"]),
        (row("country_code", "equal_to", "IT"), ["Ann"]),
        (row("company_name", "equal_to", "globex"), ["Ann"]),
        (row("labels", "equal_to", "vip"), ["Bob"]),
        (row("labels", "not_equal_to", "vip"), ["Ann", "Cid"]),
        (row("labels", "is_present"), ["Bob"]),
        (row("labels", "is_not_present"), ["Ann", "Cid"]),
        (row("created_at", "is_greater_than", "2026-03-08"), ["Bob", "Cid"]),
        (row("created_at", "is_less_than", "2026-03-10"), ["Ann"]),
        (row("created_at", "days_before", "1"), ["Ann"]),
        (row("last_activity_at", "is_greater_than", "2020-01-01"), []),
        (row("blocked", "equal_to", True), ["Bob"]),
        (row("blocked", "equal_to", "false"), ["Ann", "Cid"]),
        (row("plan", "equal_to", "gold"), ["Ann"]),
        (row("plan", "not_equal_to", "gold"), ["Bob", "Cid"]),
        (row("plan", "is_present"), ["Ann", "Bob"]),
        (row("seats", "is_greater_than", 3), ["Ann"]),
        (row("seats", "not_equal_to", 3), ["Ann", "Cid"]),
        (row("seats", "equal_to", "3", "12"), ["Ann", "Bob"]),
        (row("since", "is_greater_than", "2025-05-01"), ["Bob"]),
        (row("since", "days_before", "60"), ["Ann"]),
        (row("paying", "equal_to", True), ["Ann"]),
        (row("paying", "not_equal_to", True), ["Bob", "Cid"]),
    ],
    ids=lambda one: f"{one['attribute_key']}-{one['filter_operator']}" if isinstance(one, dict) else None,
)
async def test_every_key_and_operator_of_a_filter(
    office: Office, condition: dict[str, Any], expected: list[str]
) -> None:
    await people(office)
    assert await filtered(office, condition) == expected


async def test_and_binds_tighter_than_or(office: Office) -> None:
    await people(office)
    rows = (row("name", "equal_to", "Ann", then="OR"), row("name", "contains", "b", then="and"))
    assert await filtered(office, *rows, row("blocked", "equal_to", True)) == ["Ann", "Bob"]
    assert await filtered(office, *rows, row("blocked", "equal_to", False)) == ["Ann"]


@pytest.mark.parametrize(
    "payload",
    [
        [row("nonsense", "equal_to", "x")],
        [row("name", "days_before", "x")],
        [row("name", "equal_to")],
        [row("name", "equal_to", "")],
        [row("created_at", "is_greater_than", "yesterday")],
        [row("created_at", "days_before", "9" * 30)],
        [row("blocked", "equal_to", "perhaps")],
        [row("name", "equal_to", "x", then="XOR")],
        [row("name", "equal_to", "x"), row("name", "equal_to", "y")],
        ["x"],
        "x",
        None,
    ],
    ids=str,
)
async def test_a_filter_that_cannot_be_asked_is_refused(office: Office, payload: Any) -> None:
    answer = await office.boss("POST", f"{office.base}/contacts/filter", {"payload": payload})
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)


async def test_statement_141_conversations_of_a_contact_newest_activity_first(office: Office) -> None:
    one = await made(office, name="Hank", inbox_id=office.inbox.id)
    world = office.world
    made_for = []
    for at in range(21):
        world.clock.advance(minutes=1)
        made_for.append((await world.conversation(f"Number {at}", contact_id=f"ct_{_shown(one['id'])}"))["display_id"])
    listed = await office.boss.ok("GET", f"{office.base}/contacts/{one['id']}/conversations")
    shown = [each["id"] for each in listed["payload"]]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) == 20
    # They came through no inbox that an agent belongs to.
    hidden = await office.agent.ok("GET", f"{office.base}/contacts/{one['id']}/conversations")
    assert hidden == {"payload": []}


def _shown(number: int) -> str:
    return show(Prefix.CONTACT, number).partition("_")[2]


async def test_an_agent_sees_conversations_of_own_inboxes_alone(office: Office) -> None:
    number = await office.conversation("Hello")
    found = await office.boss.ok("GET", f"{office.base}/conversations/{number}")
    path = f"{office.base}/contacts/{found['meta']['sender']['id']}/conversations"
    assert [one["id"] for one in (await office.agent.ok("GET", path))["payload"]] == [number]
    assert (await office.outsider.ok("GET", path))["payload"] == []


async def test_a_contact_is_made_known_to_inboxes(office: Office) -> None:
    one, other = await made(office, name="Hank"), await made(office, name="Other")
    path = f"{office.base}/contacts/{one['id']}/contact_inboxes"
    body = {"inbox_id": office.inbox.id, "source_id": "s-1"}
    link = await office.agent.ok("POST", path, body)
    assert (link["source_id"], link["inbox"]["id"]) == ("s-1", office.inbox.id)
    assert await office.agent.ok("POST", path, body) == link
    assert await refused(office, "POST", f"/contacts/{other['id']}/contact_inboxes", body) == ["source_id"]
    found = await office.agent.ok("POST", f"{office.base}/contact_inboxes/filter", body)
    assert found["id"] == one["id"]
    nobody = {**body, "source_id": "s-2"}
    assert (await office.agent("POST", f"{office.base}/contact_inboxes/filter", nobody)).status_code == 404
    assert (await office.outsider("POST", path, body)).status_code == 401
    rows = await office.agent.ok("GET", f"{office.base}/contacts/{one['id']}/contactable_inboxes")
    assert [(each["inbox"]["id"], each["source_id"]) for each in rows["payload"]] == [(office.inbox.id, "s-1")]


async def test_notes_of_a_contact(office: Office) -> None:
    one = await made(office, name="Hank")
    path = f"{office.base}/contacts/{one['id']}/notes"
    first = await office.agent.ok("POST", path, {"content": "Likes tea"})
    second = await office.boss.ok("POST", path, {"note": {"content": "Likes coffee"}})
    assert first["user"]["name"] == "Bob"
    assert [each["id"] for each in await office.agent.ok("GET", path)] == [second["id"], first["id"]]
    changed = await office.agent.ok("PATCH", f"{path}/{first['id']}", {"content": "Hates tea"})
    assert changed["content"] == "Hates tea"
    assert await refused(office, "POST", f"/contacts/{one['id']}/notes", {"content": " "}) == ["content"]
    assert (await office.agent("DELETE", f"{path}/{second['id']}")).content == b""
    assert [each["content"] for each in await office.agent.ok("GET", path)] == ["Hates tea"]
    assert (await office.agent("DELETE", f"{path}/{second['id']}")).status_code == 404


async def test_deleting_is_for_administrators(office: Office) -> None:
    one = await made(office, name="Hank", email="hank@globex.example")
    path = f"{office.base}/contacts/{one['id']}"
    assert (await office.agent("DELETE", path)).status_code == 401
    gone = await office.boss("DELETE", path)
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await office.boss("GET", path)).status_code == 404
    assert (await made(office, name="Hank", email="hank@globex.example"))["id"] != one["id"]


async def test_merging_moves_all_that_hangs_on_a_contact(office: Office) -> None:
    number = await office.conversation("Hello", contact="Mergee")
    before = await office.boss.ok("GET", f"{office.base}/conversations/{number}")
    other = before["meta"]["sender"]["id"]
    mergee = f"{office.base}/contacts/{other}"
    await office.boss.ok("PUT", mergee, {"email": "m@x.example", "custom_attributes": {"a": 1, "b": 1}})
    await office.boss.ok("POST", f"{mergee}/notes", {"content": "Note"})
    await office.boss.ok("POST", f"{mergee}/labels", {"labels": ["vip"]})
    base = await made(office, name="Base", phone_number="+491701234567", custom_attributes={"b": 2})
    body = {"base_contact_id": base["id"], "mergee_contact_id": other}
    after = await office.agent.ok("POST", f"{office.base}/actions/contact_merge", body)
    assert (after["id"], after["name"], after["email"]) == (base["id"], "Base", "m@x.example")
    assert after["custom_attributes"] == {"a": 1, "b": 2}
    assert [one["source_id"] for one in after["contact_inboxes"]] == [f"source-{other}"]
    kept = f"{office.base}/contacts/{base['id']}"
    assert [one["content"] for one in await office.boss.ok("GET", f"{kept}/notes")] == ["Note"]
    assert (await office.boss.ok("GET", f"{kept}/labels"))["payload"] == ["vip"]
    listed = (await office.agent.ok("GET", f"{kept}/conversations"))["payload"]
    assert [one["id"] for one in listed] == [number]
    assert listed[0]["meta"]["sender"]["id"] == listed[0]["messages"][0]["sender"]["id"] == base["id"]
    assert (await office.boss("GET", mergee)).status_code == 404
    assert await refused(office, "POST", "/contacts", {"name": "X", "email": "M@x.example"}) == ["email"]
    assert (await office.agent("POST", f"{office.base}/actions/contact_merge", body)).status_code == 404
    same = {**body, "mergee_contact_id": base["id"]}
    assert (await office.agent("POST", f"{office.base}/actions/contact_merge", same)).status_code == 422


async def test_nobody_is_here(office: Office) -> None:
    await made(office, name="Hank", email="hank@globex.example")
    answer = await office.agent.ok("GET", f"{office.base}/contacts/active")
    assert answer == {"meta": {"count": 0, "current_page": 1}, "payload": []}


async def test_who_is_here_is_listed_and_not_deleted(office: Office) -> None:
    one = await made(office, name="Hank", email="hank@globex.example")
    world, contacts = office.world, schema.contacts
    async with world.database.write(world.account_id) as tx:
        await tx.execute(tx.update(contacts).where(contacts.c.id == one["id"]).values(last_seen_at=tx.now))
    assert await names(office, "/active") == ["Hank"]
    path = f"{office.base}/contacts/{one['id']}"
    assert (await office.boss.ok("GET", path))["payload"]["availability_status"] == "online"
    held = await office.boss("DELETE", path)
    assert (held.status_code, "Hank" in held.json()["error"]) == (422, True)
    world.clock.advance(minutes=2)
    assert await names(office, "/active") == []
    assert (await office.boss("DELETE", path)).status_code == 200


async def test_another_accounts_contact_is_not_found(office: Office) -> None:
    one = await made(office, name="Hank")
    other = await office.world.other_account()
    elsewhere = (await other.ok("GET", "/api/v1/auth/me"))["account_id"]
    assert (await other("GET", f"/api/v1/accounts/{elsewhere}/contacts/{one['id']}")).status_code == 404
