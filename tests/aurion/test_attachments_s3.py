"""Attachments in S3: the caller is sent to where the bytes are."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from aurion.checklist import UNKNOWN, of, refusal
from dragoman.config import Settings
from dragoman.jobs.runner import Runner
from dragoman.store import schema
from services.run import free_port
from services.s3 import S3Server
from world import World, build_world

BYTES = bytes(range(256)) * 25_000  # 6.4 MB: more than one part of S3
NAME = "Übersicht 見積.pdf"


@pytest.fixture
def settings(settings: Settings, s3_server: S3Server) -> Settings:
    return settings.model_copy(update={"storage_url": s3_server.fresh_url(), "s3_endpoint": s3_server.endpoint})


async def upload(world: World, conversation: dict[str, Any], data: bytes = b"bytes") -> dict[str, Any]:
    part = {"file": (NAME, data, "application/pdf")}
    found: dict[str, Any] = await world.boss.ok("POST", of(conversation, "attachments"), files=part)
    return found


async def keys(world: World) -> list[str]:
    async with world.database.read(world.account_id) as tx:
        return [str(key) for key in await tx.scalars(tx.select(schema.attachments.c.blob_key))]


async def test_a_download_is_302_to_the_exact_bytes_and_name(world: World) -> None:
    one = await world.conversation()
    got = await upload(world, one, BYTES)
    assert got["storage_backend"] == "s3"
    response = await world.boss("GET", of(one, "attachments", got["id"], "download"))
    assert (response.status_code, response.content) == (302, b"")
    async with httpx.AsyncClient(trust_env=False) as anybody:
        fetched = await anybody.get(response.headers["Location"])
    assert (fetched.status_code, fetched.content) == (200, BYTES)
    assert fetched.headers["Content-Type"] == "application/pdf"
    named = "attachment; filename*=UTF-8''%C3%9Cbersicht%20%E8%A6%8B%E7%A9%8D.pdf"
    assert fetched.headers["Content-Disposition"] == named


async def test_a_refused_upload_leaves_no_object(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    keep = world.services.blobs.put

    async def noticed(key: str, data: bytes, content_type: str) -> None:
        put.append(key)
        await keep(key, data, content_type)

    monkeypatch.setattr(world.services.blobs, "put", noticed)
    response = await world.boss("POST", of({"id": UNKNOWN}, "attachments"), files={"file": ("a", b"a")})
    assert refusal(response) == (404, "not_found")
    assert [await world.services.blobs.exists(key) for key in put] == [False]


async def test_a_deleted_object_goes_by_a_job(world: World) -> None:
    one = await world.conversation()
    got = await upload(world, one)
    (key,) = await keys(world)
    await world.boss.ok("DELETE", of(one, "attachments", got["id"]))
    assert refusal(await world.boss("GET", of(one, "attachments", got["id"], "download"))) == (404, "not_found")
    assert await world.services.blobs.exists(key)
    assert await Runner(world.services).run_due() == 1
    assert not await world.services.blobs.exists(key)


async def test_a_bucket_that_is_gone_is_503_and_nothing_is_written(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"storage_url": "s3://no-such-bucket"}))
    one = await world.conversation()
    response = await world.boss("POST", of(one, "attachments"), files={"file": ("a", b"a")})
    assert refusal(response) == (503, "unavailable")
    assert await keys(world) == []
    await world.close()


async def test_an_s3_out_of_reach_is_503(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dragoman.store.s3.RETRIES", {"max_retries": 0})
    world = await build_world(settings.model_copy(update={"s3_endpoint": f"http://127.0.0.1:{free_port()}"}))
    one = await world.conversation()
    response = await world.boss("POST", of(one, "attachments"), files={"file": ("a", b"a")})
    assert refusal(response) == (503, "unavailable")
    assert await keys(world) == []
    await world.close()
