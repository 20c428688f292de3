"""Attachments: statements 135 to 141 of the checklist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from aurion.checklist import FIELDS, UNKNOWN, of, refusal
from dragoman.config import Settings
from dragoman.core.messages import files
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.store import jobs
from services.s3 import S3Server
from world import World, build_world

DATA = bytes(range(256)) * 300
EICAR = "Eicar-Test-Signature"


async def uploaded(
    world: World, conversation: dict[str, Any], name: str = "log.bin", kind: str = "application/x-log"
) -> dict[str, Any]:
    file = {"file": (name, DATA, kind)}
    found: dict[str, Any] = await world.boss.ok("POST", of(conversation, "attachments"), files=file)
    return found


def stored(world: World) -> list[Path]:
    """The files that hold attachments' bytes."""
    return list(Path(world.services.settings.storage).rglob("*.blob"))


def download(conversation: dict[str, Any], file: dict[str, Any]) -> str:
    return of(conversation, "attachments", file["id"], "download")


async def test_an_upload_is_201_with_the_attachment(world: World) -> None:
    one = await world.conversation()
    file = await uploaded(world, one)
    assert set(file) == set(FIELDS["attachment"])
    assert (file["filename"], file["size_bytes"], file["content_type"]) == ("log.bin", len(DATA), "application/x-log")
    assert (file["scan_status"], file["storage_backend"], file["message_id"]) == ("skipped", "local", None)
    said = await world.boss.ok("POST", of(one, "reply"), {"body": "See the file", "attachment_ids": [file["id"]]})
    assert [(got["id"], got["message_id"]) for got in said["attachments"]] == [(file["id"], said["id"])]
    assert (await world.detail(one["id"]))["messages"][-1]["attachments"] == said["attachments"]


async def test_s135_a_local_file_comes_back_exactly(world: World) -> None:
    one = await world.conversation()
    response = await world.boss("GET", download(one, await uploaded(world, one)))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/x-log")
    assert response.content == DATA
    assert response.headers["Content-Length"] == str(len(DATA))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")


async def test_s135_names_are_made_harmless(world: World) -> None:
    one = await world.conversation()
    for name in ("../../etc/passwd", "C:\\temp\\x.txt", "a\r\nSet-Cookie: b", 'über "quoted".html', ".", "x" * 500):
        file = await uploaded(world, one, name, "text/html")
        assert not set(file["filename"]) & set('/\\\r\n"'), file["filename"]
        response = await world.boss("GET", download(one, file))
        assert response.headers["Content-Disposition"].startswith("attachment"), name
        assert "set-cookie" not in response.headers
        assert response.content == DATA


async def test_s136_a_file_in_s3_is_302_to_where_it_is(s3_server: S3Server, settings: Settings) -> None:
    changed = {"storage_url": s3_server.fresh_url(), "s3_endpoint": s3_server.endpoint}
    world = await build_world(settings.model_copy(update=changed))
    one = await world.conversation()
    file = await uploaded(world, one)
    response = await world.boss("GET", download(one, file))
    assert (file["storage_backend"], response.status_code, response.content) == ("s3", 302, b"")
    async with httpx.AsyncClient() as anybody:
        fetched = await anybody.get(response.headers["Location"])
    assert (fetched.content, fetched.headers["Content-Type"]) == (DATA, "application/x-log")
    await world.close()


@pytest.fixture
def scanning(settings: Settings) -> Settings:
    return settings.model_copy(update={"scan": "clamd://127.0.0.1:9"})


async def test_s137_s138_a_scanned_file_waits_and_a_bad_one_is_gone(scanning: Settings) -> None:
    world = await build_world(scanning)
    one = await world.conversation()
    good, bad = await uploaded(world, one), await uploaded(world, one)
    for file in (good, bad):
        response = await world.boss("GET", download(one, file))
        assert (file["scan_status"], response.status_code) == ("pending", 202)
        assert int(response.headers["Retry-After"]) > 0
    async with world.database.write(world.account_id) as tx:
        await files.judge(tx, read(Prefix.ATTACHMENT, good["id"]), signature=None)
        await files.judge(tx, read(Prefix.ATTACHMENT, bad["id"]), signature=EICAR)
    assert (await world.boss("GET", download(one, good))).content == DATA
    assert refusal(await world.boss("GET", download(one, bad))) == (410, "gone")
    await world.close()


async def test_s139_s140_a_deleted_file_is_gone_and_its_bytes_are_to_go(world: World) -> None:
    one = await world.conversation()
    file = await uploaded(world, one)
    (blob,) = stored(world)
    answer = await world.boss.ok("DELETE", of(one, "attachments", file["id"]))
    assert answer == {"status": "deleted", "id": file["id"]}
    assert refusal(await world.boss("GET", download(one, file))) == (404, "not_found")
    assert refusal(await world.boss("DELETE", of(one, "attachments", file["id"]))) == (404, "not_found")
    async with world.database.backend.write() as session:
        (job,) = [job for job in await jobs.claim(session, now=world.clock()) if job.kind == "remove_blob"]
    await world.services.blobs.delete(job.payload["blob_key"])
    assert blob not in stored(world)


async def test_s141_another_conversations_file_is_404(world: World) -> None:
    one, other = await world.conversation(), await world.conversation()
    file = await uploaded(world, one)
    assert refusal(await world.boss("GET", download(other, file))) == (404, "not_found")
    assert refusal(await world.boss("DELETE", of(other, "attachments", file["id"]))) == (404, "not_found")
    stolen = {"body": "Look", "attachment_ids": [file["id"]]}
    assert refusal(await world.boss("POST", of(other, "reply"), stolen)) == (404, "not_found")
    assert (await world.detail(other["id"]))["tab_counts"]["messages"] == 1
    assert (await world.boss("GET", download(one, file))).status_code == 200


async def test_an_upload_that_is_refused_leaves_no_bytes(world: World) -> None:
    one = await world.conversation()
    upload = {"files": {"file": ("a.txt", b"a", "text/plain")}}
    unknown = await world.boss("POST", of({"id": UNKNOWN}, "attachments"), **upload)
    assert refusal(unknown) == (404, "not_found")
    strange = await world.boss("POST", of(one, "attachments"), data={"message_id": "msg_unknown"}, **upload)
    assert refusal(strange) == (404, "not_found")
    missing = await world.boss("POST", of(one, "attachments"), data={"message_id": "x"})
    assert refusal(missing) == (422, "validation_error")
    assert stored(world) == []


async def test_an_upload_too_large_is_413(settings: Settings) -> None:
    world = await build_world(settings.model_copy(update={"max_attachment_bytes": 1000}))
    one = await world.conversation()
    for size in (1001, 3_000_000):
        big = {"file": ("a.bin", b"x" * size, "application/octet-stream")}
        assert refusal(await world.boss("POST", of(one, "attachments"), files=big)) == (413, "payload_too_large")
    fits = {"file": ("a.bin", b"x" * 1000, "application/octet-stream")}
    assert (await world.boss("POST", of(one, "attachments"), files=fits)).status_code == 201
    await world.close()


async def test_the_same_idempotency_key_uploads_once(world: World) -> None:
    one = await world.conversation()
    headers = {"Idempotency-Key": "k"}
    upload = {"file": ("a.txt", b"first", "text/plain")}
    first = await world.boss("POST", of(one, "attachments"), files=upload, headers=headers)
    again = await world.boss("POST", of(one, "attachments"), files=upload, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    other = {"file": ("a.txt", b"other", "text/plain")}
    refused = await world.boss("POST", of(one, "attachments"), files=other, headers=headers)
    assert refusal(refused) == (409, "idempotency_conflict")
    assert len(stored(world)) == 1
