"""Signing in, and who one is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from dragoman.config import Settings
from dragoman.core.accounts import actions as accounts
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.store import directory
from world import BASE, Caller, World, build_world

LOGIN, ME = "/api/v1/auth/login", "/api/v1/auth/me"
ANN = {"email": "ann@support.example", "password": "correct horse"}


async def signed_in(world: World, **more: Any) -> Caller:
    session = await world.stranger.ok("POST", LOGIN, {**ANN, **more})
    return Caller(world.client, {"Authorization": f"Bearer {session['access_token']}"})


async def ann_elsewhere(world: World, password: str) -> int:
    """The same address in another account."""
    async with world.database.backend.write() as session:
        account_id = await directory.create_account(session, name="Other", uuid=str(uuid4()), now=world.clock())
    async with world.database.write(account_id) as tx:
        await accounts.add_user(tx, email="Ann@support.example", name="Ann", role="agent", password=password)
    return account_id


async def test_a_session_is_a_bearer_token_of_its_user(world: World) -> None:
    session = await world.stranger.ok("POST", LOGIN, {**ANN, "email": " ANN@support.example "})
    user_id = show(Prefix.USER, world.admin.id)
    user = {"id": user_id, "email": "ann@support.example", "full_name": "Ann", "role": "administrator"}
    assert session == {
        "access_token": session["access_token"],
        "token_type": "Bearer",
        "expires_in": 12 * 3600,
        "user": user,
        "account_id": world.account_id,
    }
    caller = Caller(world.client, {"Authorization": f"Bearer {session['access_token']}"})
    me = {"account_id": world.account_id, "is_staff": True, "scopes": ["*"], "user": user, "api_key": None}
    assert await caller.ok("GET", ME) == me
    assert (await caller.ok("GET", BASE))["limit"] == 50
    [shown] = (await caller.ok("GET", "/api/v1/users"))["users"]
    assert shown["last_login_at"] == "2026-03-08T09:15:00Z"


async def test_a_session_ends(world: World) -> None:
    caller = await signed_in(world)
    world.clock.advance(hours=12, seconds=-1)
    assert (await caller("GET", ME)).status_code == 200
    world.clock.advance(seconds=1)
    ended = await caller("GET", ME)
    assert (ended.status_code, ended.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_a_session_ends_with_its_user(world: World) -> None:
    bob = await world.boss.ok("POST", "/api/v1/users", {"email": "bob@x.org", "name": "Bob", "password": "bob's own"})
    caller = await signed_in(world, email="bob@x.org", password="bob's own")
    assert "teams:write" not in (await caller.ok("GET", ME))["scopes"]
    await world.boss.ok("PATCH", f"/api/v1/users/{bob['id']}", {"is_active": False})
    assert (await caller("GET", ME)).status_code == 401
    refused = await world.stranger("POST", LOGIN, {"email": "bob@x.org", "password": "bob's own"})
    assert refused.status_code == 401


async def test_a_changed_password_is_the_one_that_counts(world: World) -> None:
    await world.boss.ok("PATCH", f"/api/v1/users/{show(Prefix.USER, world.admin.id)}", {"password": "battery staple"})
    assert (await world.stranger("POST", LOGIN, ANN)).status_code == 401
    await signed_in(world, password="battery staple")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_session_of_somebody_elses_making_opens_nothing(world: World, algorithm: str) -> None:
    claims = {"acc": world.account_id, "sub": str(world.admin.id), "exp": 4_000_000_000}
    token = jwt.encode(claims, None if algorithm == "none" else "x" * 32, algorithm=algorithm)
    caller = Caller(world.client, {"Authorization": f"Bearer {token}"})
    assert (await caller("GET", ME)).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"password": "wrong horse"},
        {"email": "nobody@support.example"},
        {"account_id": 999},
        {"email": "ann@support.example\u0007"},
        {"password": "correct horse "},
    ],
)
async def test_every_wrong_login_is_answered_in_the_same_words(world: World, sent: dict[str, Any]) -> None:
    refused = await world.stranger("POST", LOGIN, {**ANN, **sent})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refused.json() == {
        "detail": "Wrong e-mail address or password",
        "error": "unauthorized",
        "message": "Wrong e-mail address or password",
    }


async def test_a_user_without_a_password_cannot_sign_in(world: World) -> None:
    await world.user("Bob")
    for password in ("", "None", "null"):
        refused = await world.stranger("POST", LOGIN, {"email": "bob@support.example", "password": password})
        assert refused.status_code == (422 if not password else 401)


async def test_several_accounts_are_named_to_who_knows_the_password(world: World) -> None:
    other = await ann_elsewhere(world, ANN["password"])
    refused = await world.stranger("POST", LOGIN, ANN)
    assert (refused.status_code, refused.json()["error"]) == (400, "bad_request")
    assert refused.json()["detail"].endswith(f"one of {world.account_id}, {other}")
    assert (await world.stranger("POST", LOGIN, {**ANN, "password": "wrong horse"})).status_code == 401
    for account_id in (world.account_id, other):
        session = await world.stranger.ok("POST", LOGIN, {**ANN, "account_id": account_id})
        assert session["account_id"] == account_id


async def test_a_password_that_is_right_in_one_account_says_which(world: World) -> None:
    other = await ann_elsewhere(world, "another horse")
    session = await world.stranger.ok("POST", LOGIN, {**ANN, "password": "another horse"})
    assert (session["account_id"], session["user"]["role"]) == (other, "agent")
    assert (await world.stranger("POST", LOGIN, {**ANN, "account_id": other})).status_code == 401


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"password": "x"}, "email"),
        ({"email": "x@y"}, "password"),
        ({**ANN, "account_id": "1"}, "account_id"),
        ({**ANN, "account_id": 2**70}, "account_id"),
        ({**ANN, "account_id": 0}, "account_id"),
        ({**ANN, "password": "x" * 1025}, "password"),
        ({**ANN, "email": "x" * 321}, "email"),
    ],
)
async def test_a_bad_login_is_refused_by_its_field(world: World, sent: dict[str, Any], field: str) -> None:
    refused = await world.stranger("POST", LOGIN, sent)
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (422, field)


async def test_a_key_and_a_stranger_ask_who_they_are(world: World) -> None:
    key = await world.key("contacts:read", "teams:read")
    me = await key.ok("GET", ME)
    assert (me["is_staff"], me["user"], me["api_key"]["name"]) == (False, None, "key")
    assert me["scopes"] == ["contacts:read", "teams:read"]
    assert (await world.stranger("GET", ME)).json()["detail"] == "Missing authentication credentials"


@pytest.fixture
async def patient(settings: Settings) -> AsyncIterator[World]:
    """A world where one address may try three times a minute."""
    world = await build_world(settings.model_copy(update={"public_rate_limit": 3}))
    yield world
    await world.close()


def too_many(response: httpx.Response) -> bool:
    if response.status_code != 429:
        return False
    body = response.json()
    assert body["error"] == "rate_limit_exceeded"
    assert isinstance(body["retry_after"], int)
    assert response.headers["Retry-After"] == str(body["retry_after"])
    return True


async def test_one_place_tries_only_so_often(patient: World) -> None:
    tries = [{"email": f"user{at}@x.org", "password": "guess"} for at in range(4)]
    answers = [await patient.stranger("POST", LOGIN, one) for one in tries]
    assert [too_many(one) for one in answers] == [False, False, False, True]


async def test_one_address_is_tried_only_so_often_from_anywhere(patient: World) -> None:
    app = patient.client._transport.app  # type: ignore[attr-defined]
    answers = []
    for at in range(4):
        transport = httpx.ASGITransport(app=app, client=(f"203.0.113.{at}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://dragoman.test") as client:
            answers.append(await client.post(LOGIN, json={"email": "Ann@support.example", "password": f"guess {at}"}))
    assert [too_many(one) for one in answers] == [False, False, False, True]
