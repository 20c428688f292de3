"""Authentication and scopes: statements 1 to 18 of the checklist (17 is told with the keys)."""

from __future__ import annotations

from typing import Any

from aurion.checklist import of, refusal
from world import BASE, World

READ, WRITE = "conversations:read", "conversations:write"
READABLE = (
    "",
    "/children",
    "/links",
    "/resolution",
    "/activities/export",
    "/attachments/{attachment}/download",
)
WRITABLE: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", BASE, {"subject": "New", "contact_id": "{contact}", "description": "Text"}),
    ("PATCH", "{one}", {"priority": "high"}),
    ("POST", "{one}/reply", {"body": "Hello"}),
    ("POST", "{one}/assign", {"agent_id": "{agent}"}),
    ("POST", "{one}/reassign", {"user_id": "{agent}"}),
    ("POST", "{one}/unassign", None),
    ("POST", f"{BASE}/search", {}),
    ("POST", "{one}/parent", {"parent_id": None}),
    ("PUT", "{one}/resolution", {"resolution": "Reset"}),
    ("POST", "{one}/spam", None),
    ("POST", "{one}/unspam", None),
    ("PATCH", "{one}/read", None),
    ("DELETE", "{one}", None),
    ("POST", "{one}/restore", None),
    ("POST", "{one}/archive", None),
    ("POST", "{one}/unarchive", None),
    ("DELETE", "{one}/links/{link}", None),
    ("DELETE", "{one}/attachments/{attachment}", None),
]
WRITABLE_TOO: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "{one}/children", {"subject": "Part"}),
    ("POST", "{one}/messages", {"body": "Hello"}),
    ("POST", "{one}/merge", {"source_conversation_ids": ["{other}"]}),
    ("PATCH", "{one}/ai-resolution", {"action": "dismiss"}),
    ("POST", "/api/v2/bulk/conversations/archive", {"conversation_ids": ["{one_id}"]}),
]


def filled(template: Any, names: dict[str, str]) -> Any:
    """A template with its {names} filled in, however deep they are."""
    if isinstance(template, str):
        return template.format(**names)
    if isinstance(template, dict):
        return {name: filled(value, names) for name, value in template.items()}
    return [filled(one, names) for one in template] if isinstance(template, list | tuple) else template


async def furnished(world: World) -> dict[str, str]:
    """A conversation with all that can be read of it or taken from it, as names for templates."""
    one, other = await world.conversation(), await world.conversation("Another")
    file = await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    await world.boss.ok("PUT", of(one, "resolution"), {"resolution": "Reset"})
    options = await world.boss.ok("GET", f"{BASE}/filter-options")
    return {
        "one": of(one),
        "one_id": one["id"],
        "other": other["id"],
        "contact": one["contact_id"],
        "agent": options["agents"][0]["id"],
        "link": link["id"],
        "attachment": file["id"],
    }


async def test_s001_a_key_with_read_lists(world: World) -> None:
    reader = await world.key(READ)
    assert (await reader("GET", BASE)).status_code == 200


async def test_s002_a_staff_token_lists_as_bearer(world: World) -> None:
    assert list(world.staff.headers) == ["Authorization"]
    assert (await world.staff("GET", BASE)).status_code == 200


async def test_s003_a_key_works_as_bearer(world: World) -> None:
    secret = world.boss.headers["X-API-Key"]
    response = await world.stranger("GET", BASE, headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 200


async def test_s004_no_credential_is_401_with_a_challenge(world: World) -> None:
    response = await world.stranger("GET", BASE)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_s005_an_unknown_key_is_401(world: World) -> None:
    for secret in ("ak_live_1_0000", "ak_live_zzzzzzzzzzz_00", "nonsense", "a.b.c", "é", "ak_live_il_x", "x" * 5000):
        for header in ("X-API-Key", "Authorization", "api_access_token"):
            value = f"Bearer {secret}" if header == "Authorization" else secret
            response = await world.client.get(BASE, headers=[(header.encode(), value.encode("latin-1"))])
            assert refusal(response) == (401, "unauthorized"), value


async def test_s006_the_401_body_has_all_three_texts(world: World) -> None:
    missing = (await world.stranger("GET", BASE)).json()
    assert missing == {
        "detail": "Missing authentication credentials",
        "error": "unauthorized",
        "message": "Invalid or missing API key",
    }
    wrong = (await world.stranger("GET", BASE, headers={"X-API-Key": "ak_live_1_00"})).json()
    assert wrong["detail"] == "Invalid API key"


async def test_s007_write_does_not_imply_read(world: World) -> None:
    writer = await world.key(WRITE)
    assert refusal(await writer("GET", BASE)) == (403, "forbidden")


async def test_s008_s009_s010_a_reader_may_not_create_search_or_mark_read(world: World) -> None:
    reader, one = await world.key(READ), await world.conversation()
    new = {"subject": "S", "contact_id": one["contact_id"], "description": "D"}
    for response in (
        await reader("POST", BASE, new),
        await reader("POST", f"{BASE}/search", {}),
        await reader("PATCH", of(one, "read")),
    ):
        assert refusal(response) == (403, "forbidden")
    assert (await world.boss.ok("GET", BASE))["total"] == 1


async def test_s011_a_writer_searches(world: World) -> None:
    writer = await world.key(WRITE)
    assert (await writer("POST", f"{BASE}/search", {})).status_code == 200


async def test_s012_the_403_names_the_scope(world: World) -> None:
    writer = await world.key(WRITE)
    assert (await writer("GET", BASE)).json() == {
        "detail": f"API key missing required scope: {READ}",
        "error": "forbidden",
        "message": f"API key lacks required scope: {READ}",
    }


async def test_s013_read_opens_all_that_is_read(world: World) -> None:
    names, reader, writer = await furnished(world), await world.key(READ), await world.key(WRITE)
    for path in [*("{one}" + part for part in READABLE), f"{BASE}/filter-options", f"{BASE}/tags/search"]:
        address = filled(path, names)
        assert (await reader("GET", address)).status_code == 200, address
        assert (await writer("GET", address)).status_code == 403, address


async def test_s014_write_opens_all_that_is_written(world: World) -> None:
    reader, writer = await world.key(READ), await world.key(WRITE)
    names = await furnished(world)
    for method, path, body in filled(WRITABLE, names):
        if path.endswith("/archive"):
            await world.boss.ok("POST", f"{names['one']}/unspam")
        assert refusal(await reader(method, path, body)) == (403, "forbidden")
        assert (await writer(method, path, body)).status_code in (200, 201), f"{method} {path}"


async def test_s015_what_the_scope_table_forgets_needs_write(world: World) -> None:
    reader, writer = await world.key(READ), await world.key(WRITE)
    for method, path, body in filled(WRITABLE_TOO, await furnished(world)):
        assert refusal(await reader(method, path, body)) == (403, "forbidden")
        taken = (await writer(method, path, body)).status_code
        assert taken in (200, 201, 404), f"{method} {path}: {taken}"  # 404: there is no draft to dismiss


async def test_s016_shares_need_no_credential(world: World) -> None:
    one = await world.conversation()
    link = await world.boss.ok("POST", of(one, "share"), {"permission": "view_and_comment"})
    shared = f"{BASE}/share/{link['token']}"
    assert (await world.stranger("GET", shared)).status_code == 200
    assert (await world.stranger("POST", f"{shared}/comments", {"body": "Hello"})).status_code == 201


async def test_s018_another_accounts_conversation_is_404(world: World) -> None:
    one, elsewhere = await world.conversation(), await world.other_account()
    theirs = await elsewhere("GET", of(one))
    assert refusal(theirs) == (404, "not_found")
    assert theirs.json() == (await elsewhere("GET", f"{BASE}/conv_unknown")).json()


async def test_x_api_key_wins_over_bearer(world: World) -> None:
    secret = world.boss.headers["X-API-Key"]
    both = {"X-API-Key": "nonsense", "Authorization": f"Bearer {secret}"}
    assert (await world.stranger("GET", BASE, headers=both)).status_code == 401
