"""Errors and limits: statements 191 to 193 of the checklist."""

from __future__ import annotations

import httpx

from aurion.checklist import UNKNOWN, of, refusal
from dragoman.config import Settings
from world import BASE, World, build_world


async def refusals(world: World) -> dict[int, list[httpx.Response]]:
    """One refusal of each kind, by status."""
    one = await world.conversation()
    reader = await world.key("conversations:read")
    address = of(await world.conversation())
    share = await world.boss.ok("POST", of(one, "share"), {"expires_at": "2026-03-08T10:00:00Z"})
    await world.boss.ok("POST", f"{address}/archive")
    world.clock.advance(hours=1)
    found = [
        (400, await world.boss("POST", of(one, "parent"), {"parent_id": one["id"]})),
        (401, await world.stranger("GET", BASE)),
        (403, await reader("POST", BASE, {})),
        (404, await world.boss("GET", f"{BASE}/{UNKNOWN}")),
        (404, await world.boss("GET", "/api/v2/nothing/here")),
        (405, await world.boss("PUT", BASE, {})),
        (409, await world.boss("POST", f"{address}/archive")),
        (410, await world.stranger("GET", share["url"])),
        (413, await world.boss("POST", BASE, content=b"x" * (6 * 1024 * 1024))),
        (422, await world.boss("POST", BASE, {})),
        (422, await world.boss("GET", f"{BASE}?limit=0")),
        (422, await world.boss("POST", BASE, content=b"{")),
    ]
    by_status: dict[int, list[httpx.Response]] = {}
    for status, response in found:
        assert response.status_code == status, response.text
        by_status.setdefault(status, []).append(response)
    return by_status


CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    413: "payload_too_large",
    422: "validation_error",
}


async def test_s191_every_refusal_has_detail_error_and_message(world: World) -> None:
    for status, responses in (await refusals(world)).items():
        for response in responses:
            assert refusal(response) == (status, CODES[status])
            keys = {"detail", "error", "message"} | ({"details"} if status == 422 else set())
            assert set(response.json()) == keys
            assert response.headers["Content-Type"] == "application/json"


async def test_s192_a_422_names_the_fields(world: World) -> None:
    response = await world.boss("POST", BASE, {"subject": "", "contact_id": 5, "priority": "x"})
    body = response.json()
    assert [one["field"] for one in body["details"]] == ["subject", "contact_id", "priority"]
    assert all(isinstance(one["message"], str) for one in body["details"])
    assert [one["loc"] for one in body["detail"]] == [["body", one["field"]] for one in body["details"]]
    index = await world.boss("POST", f"{BASE}/search", {"conditions": [{"field": "status"}]})
    assert index.json()["detail"][0]["loc"] == ["body", "conditions", "0", "operator"]


async def test_s193_over_the_rate_limit_it_is_429(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"rate_limit": 3}))
    for _ in range(3):
        assert (await world.boss("GET", BASE)).status_code == 200
    response = await world.boss("GET", BASE)
    assert refusal(response) == (429, "rate_limit_exceeded")
    seconds = response.json()["retry_after"]
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 20
    assert response.headers["Retry-After"] == str(seconds)
    assert (await world.staff("GET", BASE)).status_code == 200, "another credential has a limit of its own"
    await world.close()


async def test_s193_shares_have_a_limit_of_their_own(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"public_rate_limit": 2}))
    codes = [(await world.stranger("GET", f"{BASE}/share/x")).status_code for _ in range(3)]
    assert codes == [404, 404, 429]
    assert (await world.boss("GET", BASE)).status_code == 200
    await world.close()


async def test_a_fault_of_ours_is_500_without_its_reasons(world: World) -> None:
    async def fails() -> None:
        raise RuntimeError("the secret reason")

    app = world.client._transport.app  # type: ignore[attr-defined]
    app.add_api_route("/api/v2/fails", fails)
    quiet = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=quiet, base_url="http://dragoman.test") as client:
        response = await client.get("/api/v2/fails")
    assert refusal(response) == (500, "internal_error")
    assert "secret" not in response.text
