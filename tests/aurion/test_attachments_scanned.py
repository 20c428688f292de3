"""Attachments that a real ClamAV looks at before anybody else does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from aurion.checklist import of, refusal
from dragoman.config import Settings
from dragoman.core.messages.models import ScanStatus
from dragoman.jobs.handlers import TOO_LARGE
from dragoman.jobs.runner import Runner
from dragoman.store import schema
from services.clamd import EICAR, SIGNATURE, STREAM_LIMIT, ClamdServer
from services.run import free_port
from world import Caller, World, build_world


@pytest.fixture
def settings(settings: Settings, clamd_server: ClamdServer) -> Settings:
    return settings.model_copy(update={"scan": clamd_server.tcp_url})


async def upload(world: World, conversation: dict[str, Any], data: bytes) -> dict[str, Any]:
    part = {"file": ("a.txt", data, "text/plain")}
    found: dict[str, Any] = await world.boss.ok("POST", of(conversation, "attachments"), files=part)
    return found


async def download(world: World, conversation: dict[str, Any], file: dict[str, Any]) -> httpx.Response:
    return await world.boss("GET", of(conversation, "attachments", file["id"], "download"))


async def verdicts(world: World) -> list[tuple[str, str | None]]:
    found = schema.attachments.c
    async with world.database.read(world.account_id) as tx:
        rows = await tx.rows(tx.select(found.scan_status, found.scan_signature).order_by(found.id))
    return [(row[0], row[1]) for row in rows]


async def test_a_virus_is_held_back_and_then_gone(world: World) -> None:
    one = await world.conversation()
    file = await upload(world, one, b"Dear support,\r\n" + EICAR)
    assert file["scan_status"] == "pending"
    response = await download(world, one, file)
    assert response.status_code == 202
    assert int(response.headers["Retry-After"]) > 0
    assert EICAR not in response.content
    assert await Runner(world.services).run_due() == 1
    assert refusal(await download(world, one, file)) == (410, "gone")
    assert await verdicts(world) == [(ScanStatus.QUARANTINED, f"{SIGNATURE}.UNOFFICIAL")]
    assert await Runner(world.services).run_due() == 0


async def test_a_clean_file_is_opened(world: World) -> None:
    one = await world.conversation()
    file = await upload(world, one, b"harmless")
    assert (await download(world, one, file)).status_code == 202
    await Runner(world.services).run_due()
    response = await download(world, one, file)
    assert (response.status_code, response.content) == (200, b"harmless")
    assert await verdicts(world) == [(ScanStatus.CLEAN, None)]


async def test_what_is_too_large_to_scan_is_kept_from_everybody(world: World) -> None:
    one = await world.conversation()
    file = await upload(world, one, bytes(STREAM_LIMIT + 1))
    await Runner(world.services).run_due()
    assert refusal(await download(world, one, file)) == (410, "gone")
    assert await verdicts(world) == [(ScanStatus.QUARANTINED, TOO_LARGE)]


async def test_without_its_scanner_a_file_waits_until_it_is_back(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"scan": f"clamd://127.0.0.1:{free_port()}"}))
    one = await world.conversation()
    file = await upload(world, one, b"harmless")
    for _ in range(3):
        assert await Runner(world.services).run_due() == 1
        assert await Runner(world.services).run_due() == 0, "it is put off"
        assert (await download(world, one, file)).status_code == 202
        world.clock.advance(hours=1)
    await world.close()
    await _scanner_is_back(settings, world, one, file)


async def _scanner_is_back(settings: Settings, before: World, one: dict[str, Any], file: dict[str, Any]) -> None:
    """A server with a scanner that answers takes up what the other had to leave."""
    world = await build_world(settings)
    world.clock.now = before.clock.now
    assert await Runner(world.services).run_due() == 1
    response = await Caller(world.client, before.boss.headers)("GET", of(one, "attachments", file["id"], "download"))
    assert (response.status_code, response.content) == (200, b"harmless")
    await world.close()


async def test_a_file_deleted_before_its_scan_is_fine(world: World) -> None:
    one = await world.conversation()
    file = await upload(world, one, b"harmless")
    await world.boss.ok("DELETE", of(one, "attachments", file["id"]))
    runner = Runner(world.services)
    assert await runner.run_due() == 2
    assert await runner.run_due() == 0
