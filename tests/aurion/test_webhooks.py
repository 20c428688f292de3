"""Who wants to be told (aurion.md 5.5, checklist 197 and 198)."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.config import Settings
from dragoman.dialects.aurion.routes.webhooks import EVENT_NAMES
from world import World, build_world

HOOKS = "/api/v1/webhooks"
URL = "https://93.184.216.34/hook"
EVENTS = ["conversation.created", "conversation.reply"]


async def test_a_webhook_is_made_with_a_secret_that_is_shown_once(world: World) -> None:
    response = await world.boss("POST", HOOKS, {"url": URL, "events": EVENTS})
    made = response.json()
    assert response.status_code == 201
    assert made == {
        "id": made["id"],
        "url": URL,
        "events": EVENTS,
        "active": True,
        "is_active": True,
        "secret": made["secret"],
        "created_at": "2026-03-08T09:15:00Z",
        "updated_at": "2026-03-08T09:15:00Z",
    }
    assert made["id"].startswith("wh_")
    assert made["secret"].startswith("whsec_")
    assert len(made["secret"]) > 40
    listed = await world.boss.ok("GET", HOOKS)
    assert listed == {"webhooks": [{name: value for name, value in made.items() if name != "secret"}]}


@pytest.mark.parametrize(("sent", "is_kept"), [("whsec_mine", True), ("", False), (None, False)])
async def test_the_clients_own_secret_is_used(world: World, sent: str | None, is_kept: bool) -> None:
    made = await world.boss.ok("POST", HOOKS, {"url": URL, "events": EVENTS, "secret": sent})
    assert (made["secret"] == sent) is is_kept


async def test_every_documented_event_can_be_asked_for_and_once(world: World) -> None:
    assert len(EVENT_NAMES) == 14
    made = await world.boss.ok("POST", HOOKS, {"url": URL, "events": [*EVENT_NAMES, *EVENT_NAMES]})
    assert made["events"] == list(EVENT_NAMES)


async def test_a_deleted_webhook_is_gone(world: World) -> None:
    made = await world.boss.ok("POST", HOOKS, {"url": URL, "events": EVENTS})
    gone = await world.boss("DELETE", f"{HOOKS}/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await world.boss.ok("GET", HOOKS)) == {"webhooks": []}
    again = await world.boss("DELETE", f"{HOOKS}/{made['id']}")
    assert (again.status_code, again.json()["detail"]) == (404, "Webhook not found")


REFUSED_URLS = (
    *("http://93.184.216.34/hook", "ftp://93.184.216.34/", "no url", "https://", "https://nowhere.invalid/"),
    *("https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/"),
    *("https://169.254.169.254/latest/meta-data", "https://2130706433/", "https://0177.0.0.1/", "https://localhost/"),
    *("https://user:pass@93.184.216.34/", "https://93.184.216.34:25/", "https://93.184.216.34:99999/", "https://[::]/"),
)


async def test_a_url_that_must_not_be_called_is_refused(world: World) -> None:
    for url in REFUSED_URLS:
        response = await world.boss("POST", HOOKS, {"url": url, "events": EVENTS})
        body = response.json()
        assert (response.status_code, body["error"]) == (400, "bad_request"), url
        assert "URL" in body["detail"] or "Port" in body["detail"]
    assert (await world.boss.ok("GET", HOOKS)) == {"webhooks": []}


@pytest.mark.parametrize("name", ["conversation.exploded", "", "*", "CONVERSATION.CREATED"])
async def test_an_unknown_event_is_answered_with_the_known_ones(world: World, name: str) -> None:
    response = await world.boss("POST", HOOKS, {"url": URL, "events": ["conversation.created", name]})
    assert response.status_code == 400
    assert all(one in response.json()["detail"] for one in EVENT_NAMES)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"events": EVENTS}, "url"),
        ({"url": URL}, "events"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": "conversation.created"}, "events"),
        ({"url": URL, "events": [7]}, "events.0"),
        ({"url": 7, "events": EVENTS}, "url"),
        ({"url": "https://" + "x" * 2000, "events": EVENTS}, "url"),
        ({"url": URL, "events": EVENTS, "secret": "x" * 256}, "secret"),
    ],
)
async def test_a_bad_webhook_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    response = await world.boss("POST", HOOKS, sent)
    assert (response.status_code, response.json()["details"][0]["field"]) == (422, field)


async def test_an_account_has_so_many_webhooks_and_no_more(world: World) -> None:
    for _ in range(100):
        await world.boss.ok("POST", HOOKS, {"url": URL, "events": EVENTS})
    assert (await world.boss("POST", HOOKS, {"url": URL, "events": EVENTS})).status_code == 409


async def test_a_promise_makes_one_webhook(world: World) -> None:
    answers = [
        await world.boss("POST", HOOKS, {"url": URL, "events": EVENTS}, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 409], "its secret is shown once, and not kept"
    assert len((await world.boss.ok("GET", HOOKS))["webhooks"]) == 1


async def test_webhooks_need_their_own_scope(world: World) -> None:
    manager, other = await world.key("webhooks:manage"), await world.key("conversations:write", "users:write")
    made = await manager.ok("POST", HOOKS, {"url": URL, "events": EVENTS})
    assert (await manager("GET", HOOKS)).status_code == 200
    for method, path in (("GET", HOOKS), ("POST", HOOKS), ("DELETE", f"{HOOKS}/{made['id']}")):
        refused = await other(method, path, {} if method == "POST" else None)
        assert refused.json()["detail"] == "API key missing required scope: webhooks:manage"
    assert (await manager("DELETE", f"{HOOKS}/{made['id']}")).status_code == 204


async def test_another_accounts_webhooks_do_not_exist(world: World) -> None:
    made = await world.boss.ok("POST", HOOKS, {"url": URL, "events": EVENTS})
    other = await world.other_account()
    assert (await other.ok("GET", HOOKS)) == {"webhooks": []}
    assert (await other("DELETE", f"{HOOKS}/{made['id']}")).status_code == 404
    assert len((await world.boss.ok("GET", HOOKS))["webhooks"]) == 1


async def test_a_network_that_the_operator_allows_is_called_in_the_clear(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"allow_targets": "127.0.0.0/8"}))
    try:
        made = await world.boss.ok("POST", HOOKS, {"url": "http://127.0.0.1:9999/hook", "events": EVENTS})
        assert made["url"] == "http://127.0.0.1:9999/hook"
        assert (await world.boss("POST", HOOKS, {"url": "http://10.0.0.1/", "events": EVENTS})).status_code == 400
    finally:
        await world.close()
