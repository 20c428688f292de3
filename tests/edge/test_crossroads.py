"""Ways to an endpoint: the short ones lead where the usual ones do."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dragoman.edge.crossroads import Crossroads
from world import World

pytestmark = pytest.mark.anyio


async def _say(request: Request) -> Response:
    return PlainTextResponse(f"{request.scope['route'].path} {request.path_params}")


def _client(*paths: str) -> httpx.AsyncClient:
    app = Starlette(routes=[Route(path, _say, methods=["GET"]) for path in paths])
    app.router.middleware_stack = Crossroads(app.router.routes, app.router.middleware_stack)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://dragoman.test")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/a", "/a {}"),
        ("/a/search", "/a/search {}"),
        ("/a/7", "/a/{one} {'one': '7'}"),
        ("/a/7/b", "/a/{one}/b {'one': '7'}"),
        # The parts lead to `search`, which goes no further; the patterns know better.
        ("/a/search/b", "/a/{one}/b {'one': 'search'}"),
        ("/files/x/y", "/files/{rest:path} {'rest': 'x/y'}"),
        ("/", "/ {}"),
    ],
)
async def test_the_parts_of_a_path_lead_to_its_route(path: str, answer: str) -> None:
    client = _client("/", "/a", "/a/search", "/a/{one}", "/a/{one}/b", "/files/{rest:path}")
    assert (await client.get(path)).text == answer


async def test_what_is_not_there_is_refused_as_ever() -> None:
    client = _client("/a/{one}")
    assert (await client.get("/b")).status_code == 404
    assert (await client.post("/a/7")).status_code == 405
    assert (await client.get("/*/*")).status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "place"),
    [
        (b"{", "application/json", ["body"]),
        (b'{"body": 5}', "application/json", ["body", "body"]),
        (b"[]", "application/json", ["body"]),
        (b'{"body": "hello"}', "text/plain", ["body"]),
        (b"", "application/json", ["body"]),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_with_its_place(
    world: World, body: bytes, kind: str, place: list[str]
) -> None:
    made = await world.conversation()
    answer = await world.boss(
        "POST", f"/api/v2/conversations/{made['id']}/reply", content=body, headers={"Content-Type": kind}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"][0]["loc"] == place


async def test_an_overlong_id_is_refused_and_another_json_type_is_read(world: World) -> None:
    made = await world.conversation()
    overlong = await world.boss("POST", f"/api/v2/conversations/{'x' * 201}/reply", {"body": "hello"})
    assert overlong.status_code == 422
    assert overlong.json()["detail"][0]["loc"] == ["path", "conversation_id"]
    said = await world.boss(
        "POST",
        f"/api/v2/conversations/{made['id']}/reply",
        content=b'{"body": "hello"}',
        headers={"Content-Type": "application/vnd.api+json"},
    )
    assert said.status_code == 201, said.text
