"""Answers shrink for who accepts it, and come out as they were."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import zstandard
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dragoman.app import create_app
from dragoman.edge.compression import LEAST_BYTES, Compression
from dragoman.edge.replies import reply_once
from world import BASE, Caller, World

KEYS, LOGIN = "/api/configuration/api-keys", "/api/v1/auth/login"
LARGE = b'{"text": "' + b"All work and no play. " * 500 + b'"}'


async def answer(request: Request) -> Response:
    """As large, and of the type, that it is asked for."""
    asked = request.query_params
    headers = {"Content-Encoding": asked["encoding"]} if "encoding" in asked else {}
    headers["ETag"] = 'W/"7-abc"'
    body = LARGE[: int(asked.get("size", len(LARGE)))]
    return Response(body, int(asked.get("status", 200)), headers, asked.get("type", "application/json"))


async def pieces(request: Request) -> Response:
    async def told() -> AsyncIterator[bytes]:
        for at in range(50):
            yield b"data: piece %d\n\n" % at

    return StreamingResponse(told(), media_type=request.query_params["type"])


async def secret(_request: Request) -> Response:
    return reply_once({"key": LARGE.decode()})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    routes = [Route("/", answer), Route("/pieces", pieces), Route("/secret", secret)]
    app = Starlette(routes=routes)
    app.add_middleware(Compression)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dragoman.test") as client:
        yield client


async def encoded(client: httpx.AsyncClient, path: str, accept: str | None, method: str = "GET") -> tuple[str, bytes]:
    """The encoding of an answer, and its bytes as they were sent."""
    async with client.stream(method, path, headers={"Accept-Encoding": accept or ""}) as response:
        raw = b"".join([piece async for piece in response.aiter_raw()])
        if "content-length" in response.headers and method != "HEAD":
            assert int(response.headers["content-length"]) == len(raw)
        return response.headers.get("content-encoding", ""), raw


def decoded(encoding: str, raw: bytes) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(raw)
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert encoding == ""
    return raw


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("zstd", "zstd"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=0.5, deflate", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("*", "zstd"),
        ("*;q=0", ""),
        ("br", ""),
        ("identity", ""),
        ("zstd;q=0, gzip;q=0", ""),
        ("gzip;q=nonsense", ""),
        ("", ""),
    ],
)
async def test_the_client_chooses(client: httpx.AsyncClient, accept: str, encoding: str) -> None:
    chosen, raw = await encoded(client, "/", accept)
    assert (chosen, decoded(chosen, raw)) == (encoding, LARGE)
    assert (len(raw) < len(LARGE) / 10) == bool(encoding)


@pytest.mark.parametrize("accept", ["zstd", "gzip"])
@pytest.mark.parametrize(
    "path",
    [
        f"/?size={LEAST_BYTES - 1}",
        "/?type=image/jpeg",
        "/?type=application/zip",
        "/?type=application/pdf",
        "/?type=application/octet-stream",
        "/?encoding=br",
        "/pieces?type=text/event-stream",
        "/secret",
    ],
)
async def test_what_should_not_be_touched_is_not(client: httpx.AsyncClient, path: str, accept: str) -> None:
    chosen, raw = await encoded(client, path, accept)
    assert (chosen if "encoding=br" not in path else "") == ""
    assert raw == (await encoded(client, path, ""))[1]


async def test_what_is_just_large_enough_shrinks(client: httpx.AsyncClient) -> None:
    assert (await encoded(client, f"/?size={LEAST_BYTES}", "zstd"))[0] == "zstd"


@pytest.mark.parametrize("accept", ["zstd", "gzip"])
async def test_a_stream_is_encoded_as_it_comes(client: httpx.AsyncClient, accept: str) -> None:
    chosen, raw = await encoded(client, "/pieces?type=text/plain", accept)
    assert chosen == accept
    assert decoded(chosen, raw) == b"".join(b"data: piece %d\n\n" % at for at in range(50))


@pytest.mark.parametrize("accept", ["zstd", "gzip", ""])
async def test_caches_are_told_and_the_tag_stays(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.get("/", headers={"Accept-Encoding": accept})
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["etag"] == 'W/"7-abc"'  # weak: good for every encoding


async def test_head_has_no_body(client: httpx.AsyncClient) -> None:
    chosen, raw = await encoded(client, "/?size=0", "zstd", "HEAD")
    assert (chosen, raw) == ("", b"")


async def test_a_304_stays_empty(client: httpx.AsyncClient) -> None:
    assert await encoded(client, "/?status=304&size=0", "zstd") == ("", b"")


@pytest.mark.parametrize("accept", ["zstd", "gzip", ""])
async def test_the_servers_lists_shrink(world: World, accept: str) -> None:
    for _ in range(3):
        await world.conversation()
    headers = {**world.boss.headers, "Accept-Encoding": accept}
    async with world.client.stream("GET", BASE, headers=headers) as response:
        raw = b"".join([piece async for piece in response.aiter_raw()])
        assert response.headers.get("content-encoding", "") == accept
        assert {"Accept-Encoding", "X-API-Key"} <= set(response.headers["vary"].split(", "))
    assert json.loads(decoded(accept, raw))["total"] == 3


async def test_a_new_key_is_sent_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if nothing were too small."""
    monkeypatch.setattr("dragoman.edge.compression.LEAST_BYTES", 0)
    transport = httpx.ASGITransport(app=create_app(world.services))
    async with httpx.AsyncClient(transport=transport, base_url="http://dragoman.test") as client:
        staff = Caller(client, {**world.staff.headers, "Accept-Encoding": "gzip"})
        made = await staff("POST", KEYS, {"name": "Mobile", "scopes": ["conversations:read"]})
        listed = await staff("GET", KEYS)
        login = await staff("POST", LOGIN, {"email": "ann@support.example", "password": "correct horse"})
    assert [one.status_code for one in (made, listed, login)] == [201, 200, 200]
    assert listed.headers["content-encoding"] == "gzip"
    for secretive in (made, login):
        assert "content-encoding" not in secretive.headers
        assert secretive.headers["cache-control"] == "no-store"
