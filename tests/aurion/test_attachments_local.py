"""Attachments in a folder: exact bytes, harmless names and types, nothing left behind by what failed."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aurion.checklist import UNKNOWN, of, refusal
from dragoman.config import Settings
from dragoman.jobs.runner import Runner
from dragoman.store import schema
from world import World, build_world

BYTES = bytes(range(256)) * 5000
SMALL = 1000


def file(data: bytes = b"bytes", name: str = "a.txt", kind: str = "text/plain") -> dict[str, Any]:
    return {"file": (name, data, kind)}


async def upload(world: World, conversation: dict[str, Any], *args: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await world.boss.ok("POST", of(conversation, "attachments"), files=file(*args), **more)
    return found


async def refused(world: World, conversation: dict[str, Any], **more: Any) -> tuple[int, str]:
    return refusal(await world.boss("POST", of(conversation, "attachments"), **{"files": file(), **more}))


def kept(world: World) -> list[Path]:
    """Every file of the store, drafts included."""
    return [path for path in Path(world.services.settings.storage).rglob("*") if path.is_file()]


async def rows(world: World) -> int:
    async with world.database.read(world.account_id) as tx:
        return len(await tx.rows(tx.select(schema.attachments.c.id)))


@pytest.mark.parametrize("data", [b"", b"\r\n--x--\r\n\x00\xff", BYTES], ids=["empty", "form-like", "megabyte"])
async def test_bytes_come_back_as_they_went_in(world: World, data: bytes) -> None:
    one = await world.conversation()
    got = await upload(world, one, data, "a.bin", "application/x-thing; charset=utf-8")
    assert (got["size_bytes"], got["content_type"]) == (len(data), "application/x-thing")
    response = await world.boss("GET", of(one, "attachments", got["id"], "download"))
    assert (response.status_code, response.content) == (200, data)
    assert response.headers["Content-Length"] == str(len(data))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.doc", "plan.doc"),
        ("Übersicht 見積.pdf", "Übersicht 見積.pdf"),
        ("ab\x7fc\u202egpj.exe", "abcgpj.exe"),
        (".htaccess", "_htaccess"),
        ("...", "attachment.txt"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("文" * 300 + ".pdf", "文" * 65 + ".pdf"),
    ],
)
async def test_names_are_safe_and_survive(world: World, name: str, shown: str) -> None:
    one = await world.conversation()
    got = await upload(world, one, b"x", name)
    assert got["filename"] == shown
    response = await world.boss("GET", of(one, "attachments", got["id"], "download"))
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert response.content == b"x"


@pytest.mark.parametrize("name", ["", "\x00\x01", " ", "a\tb\x1fc", "/"])
async def test_names_of_no_letters_get_one(world: World, name: str) -> None:
    one = await world.conversation()
    response = await raw_upload(world, one, name, "text/plain")
    assert response.status_code == 201, response.text
    assert response.json()["filename"] == ("abc" if "a" in name else "attachment.txt")


async def raw_upload(world: World, conversation: dict[str, Any], name: str, kind: str) -> httpx.Response:
    """As a client sends it that escapes nothing."""
    named = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    part = f"--b\r\n{named}\r\nContent-Type: {kind}\r\n\r\nx\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return await world.boss("POST", of(conversation, "attachments"), content=part.encode(), headers=headers)


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "image/png"])
async def test_nothing_is_ever_shown_by_the_browser(world: World, kind: str) -> None:
    one = await world.conversation()
    got = await upload(world, one, b"<script>alert(1)</script>", "a.html", kind)
    headers = (await world.boss("GET", of(one, "attachments", got["id"], "download"))).headers
    assert headers["Content-Disposition"] == 'attachment; filename="a.html"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Content-Type"] == kind


@pytest.mark.parametrize("kind", ["", "text", "a/b/c", "text/pl ain", "téxt/plain", "text/plain\nX-Evil: 1", "x" * 300])
async def test_a_type_that_is_none_is_octets(world: World, kind: str) -> None:
    one = await world.conversation()
    response = await raw_upload(world, one, "a", kind)
    if response.status_code == 400:
        return  # the form itself is malformed, says its parser
    assert response.json()["content_type"] == "application/octet-stream"
    download = await world.boss("GET", of(one, "attachments", response.json()["id"], "download"))
    assert "x-evil" not in download.headers


async def test_what_is_no_upload_is_refused(world: World) -> None:
    one = await world.conversation()
    assert await refused(world, one, files={"document": ("a", b"a")}) == (422, "validation_error")
    assert await refused(world, one, files=None, data={"file": "not a file"}) == (422, "validation_error")
    assert await refused(world, one, files=None, json={"file": "a"}) == (422, "validation_error")
    assert await refused(world, one, files=None) == (422, "validation_error")
    form = {"Content-Type": "multipart/form-data"}
    assert (await refused(world, one, files=None, content=b"x", headers=form))[0] in (400, 422)
    assert (kept(world), await rows(world)) == ([], 0)


async def test_uploads_where_none_may_be_leave_nothing(world: World) -> None:
    spam, deleted, mine = [await world.conversation() for _ in range(3)]
    await world.boss.ok("POST", of(spam, "spam"))
    await world.boss.ok("DELETE", of(deleted))
    other = await world.other_account()
    assert await refused(world, spam) == (409, "conflict")
    assert (await refused(world, deleted))[0] in (404, 409)
    assert await refused(world, {"id": UNKNOWN}) == (404, "not_found")
    assert refusal(await other("POST", of(mine, "attachments"), files=file())) == (404, "not_found")
    assert await refused(world, mine, data={"message_id": spam["messages"][0]["id"]}) == (404, "not_found")
    assert refusal(await world.stranger("POST", of(mine, "attachments"), files=file())) == (401, "unauthorized")
    assert (kept(world), await rows(world)) == ([], 0)


async def test_an_upload_may_belong_to_a_message(world: World) -> None:
    one = await world.conversation()
    said = one["messages"][0]["id"]
    got = await upload(world, one, data={"message_id": said})
    assert got["message_id"] == said
    shown = await world.detail(one["id"])
    assert [file["id"] for file in shown["messages"][0]["attachments"]] == [got["id"]]
    assert (await upload(world, one, data={"message_id": ""}))["message_id"] is None


async def test_a_reply_takes_each_file_once_and_all_or_none(world: World) -> None:
    one = await world.conversation()
    first, second = await upload(world, one), await upload(world, one)
    taken = {"body": "See", "attachment_ids": [first["id"]]}
    await world.boss.ok("POST", of(one, "reply"), taken)
    for ids in ([first["id"]], [second["id"], "att_unknown"], [second["id"], first["id"]]):
        again = await world.boss("POST", of(one, "reply"), {"body": "See", "attachment_ids": ids})
        assert refusal(again) == (404, "not_found")
    shown = await world.detail(one["id"])
    assert shown["tab_counts"]["messages"] == 2
    await world.boss.ok("POST", of(one, "messages"), {"body": "See", "attachment_ids": [second["id"]]})


async def test_a_deleted_file_goes_by_a_job_after_the_commit(world: World) -> None:
    one = await world.conversation()
    got, other = await upload(world, one), await upload(world, one)
    await world.boss.ok("DELETE", of(one, "attachments", got["id"]))
    assert refusal(await world.boss("GET", of(one, "attachments", got["id"], "download"))) == (404, "not_found")
    assert len(kept(world)) == 2
    assert await Runner(world.services).run_due() == 1
    assert len(kept(world)) == 1
    assert (await world.boss("GET", of(one, "attachments", other["id"], "download"))).content == b"bytes"


async def test_an_idempotency_key_covers_name_and_message_too(world: World) -> None:
    one = await world.conversation()
    key = {"headers": {"Idempotency-Key": "k"}}
    first = await upload(world, one, **key)
    assert await upload(world, one, **key) == first
    for more in ({"files": file(name="b.txt")}, {"files": file(b"other")}, {"data": {"message_id": "msg_x"}}):
        assert await refused(world, one, **more, **key) == (409, "idempotency_conflict")
    assert (len(kept(world)), await rows(world)) == (1, 1)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])
async def test_a_full_or_broken_disk_is_503_and_nothing_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    one = await world.conversation()

    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        assert await refused(world, one) == (503, "unavailable")
    assert (kept(world), await rows(world)) == ([], 0)
    assert (await world.detail(one["id"]))["version"] == one["version"]
    await upload(world, one)


async def test_a_folder_that_is_gone_is_503(world: World) -> None:
    one = await world.conversation()
    (Path(world.services.settings.storage) / str(world.account_id)).write_text("in the way")
    assert await refused(world, one) == (503, "unavailable")
    assert await rows(world) == 0


async def test_lost_bytes_are_404(world: World) -> None:
    one = await world.conversation()
    got = await upload(world, one)
    kept(world)[0].unlink()
    assert refusal(await world.boss("GET", of(one, "attachments", got["id"], "download"))) == (404, "not_found")


@pytest.fixture
async def small(settings: Settings) -> AsyncIterator[World]:
    """Files take at most a kilobyte here, forms a megabyte more."""
    world = await build_world(settings.model_copy(update={"max_attachment_bytes": SMALL}))
    yield world
    await world.close()


async def test_a_declared_giant_is_refused_before_its_first_byte(small: World) -> None:
    one = await small.conversation()
    asked = []

    async def body() -> AsyncIterator[bytes]:
        asked.append(True)
        yield b"x"

    form = "multipart/form-data; boundary=b"
    for kind, at in ((form, "attachments"), (form.title(), "attachments"), ("application/json", "reply")):
        headers = {"Content-Type": kind, "Content-Length": str(10**9)}
        response = await small.boss("POST", of(one, at), content=body(), headers=headers)
        assert refusal(response) == (413, "payload_too_large")
    assert not asked


async def test_an_undeclared_giant_is_refused_on_the_way(small: World) -> None:
    one = await small.conversation()
    sent = []

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(1000):
            sent.append(True)
            yield b"x" * 65536

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = await small.boss("POST", of(one, "attachments"), content=body(), headers=headers)
    assert refusal(response) == (413, "payload_too_large")
    assert len(sent) < 100
    assert kept(small) == []


async def test_the_largest_file_fits(small: World) -> None:
    one = await small.conversation()
    assert (await upload(small, one, b"x" * SMALL))["size_bytes"] == SMALL
    assert await refused(small, one, files=file(b"x" * (SMALL + 1))) == (413, "payload_too_large")
    assert len(kept(small)) == 1
