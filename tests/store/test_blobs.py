"""Attachments' bytes come back exact from a folder and from S3, and faults are told apart from absence."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config

from dragoman.store import s3
from dragoman.store.blobs import BlobNotFound, Blobs, BlobUnavailable, content_disposition, open_blobs
from services.run import free_port
from services.s3 import S3Server

pytestmark = pytest.mark.anyio

SIX_MEGABYTES = bytes(range(256)) * (6 * 4096)  # more than S3 takes in one part


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Both places, each empty."""
    if request.param == "folder":
        return open_blobs(str(tmp_path / "attachments"))
    server: S3Server = request.getfixturevalue("s3_server")
    return open_blobs(server.fresh_url(), s3_endpoint=server.endpoint)


@pytest.fixture
def in_s3(s3_server: S3Server) -> Blobs:
    return open_blobs(s3_server.fresh_url(), s3_endpoint=s3_server.endpoint)


@pytest.mark.parametrize("data", [b"", b"\x00\r\n\xff", SIX_MEGABYTES], ids=["empty", "binary", "six megabytes"])
async def test_bytes_come_back_as_they_went_in(kept: Blobs, data: bytes) -> None:
    await kept.put("7/photo", data, "image/png")

    assert await kept.get("7/photo") == data
    assert b"".join([chunk async for chunk in await kept.stream("7/photo")]) == data


async def test_a_large_file_streams_in_pieces(kept: Blobs) -> None:
    await kept.put("7/film", SIX_MEGABYTES, "video/mp4")

    sizes = [len(chunk) async for chunk in await kept.stream("7/film")]

    assert len(sizes) > 1
    assert sum(sizes) == len(SIX_MEGABYTES)


async def test_a_second_put_replaces_the_first(kept: Blobs) -> None:
    await kept.put("7/note", b"first and longer", "text/plain")
    await kept.put("7/note", b"second", "text/plain")

    assert await kept.get("7/note") == b"second"


async def test_absence_is_told_at_once(kept: Blobs) -> None:
    assert not await kept.exists("7/nothing")
    with pytest.raises(BlobNotFound):
        await kept.get("7/nothing")
    with pytest.raises(BlobNotFound):
        await kept.stream("7/nothing")


async def test_deleting_twice_is_fine(kept: Blobs) -> None:
    await kept.put("7/photo", b"bytes", "image/png")
    assert await kept.exists("7/photo")

    await kept.delete("7/photo")
    await kept.delete("7/photo")

    assert not await kept.exists("7/photo")


async def test_accounts_and_nested_keys_do_not_meet(kept: Blobs) -> None:
    keys = ["7/photo", "8/photo", "7/mail/photo", "photo", "7/photo/photo", "7"]
    for key in keys:
        await kept.put(key, key.encode(), "image/png")

    assert [await kept.get(key) for key in keys] == [key.encode() for key in keys]


OUTSIDE = ["", "/", "/etc/passwd", "..", "../7", "7/../8", "7/./x", "7//x", "7/", "A", "7/ä", "7/x\n", "7/a.b", "7\\x"]


@pytest.mark.parametrize("key", [*OUTSIDE, "7/\x00", "x" * 201, "7/%2e%2e"])
async def test_no_key_leads_outside(kept: Blobs, key: str) -> None:
    for act in (kept.get, kept.stream, kept.delete, kept.exists):
        with pytest.raises(ValueError, match="not a key"):
            await act(key)
    with pytest.raises(ValueError, match="not a key"):
        await kept.put(key, b"bytes", "text/plain")


async def test_a_folder_spreads_its_files_and_leaves_no_draft(tmp_path: Path) -> None:
    kept = open_blobs(tmp_path.as_uri())
    for number in range(50):
        await kept.put(f"7/photo-{number}", b"bytes", "image/png")

    files = [path.relative_to(tmp_path) for path in _files(tmp_path)]

    assert len(files) == 50
    assert {len(path.parts) for path in files} == {4}
    assert all(path.name.startswith("photo-") and path.parts[0] == "7" for path in files)
    assert len({path.parent for path in files}) > 40


async def test_a_put_reaches_the_disk_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    really_sync = os.fsync

    def sync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").resolve()))
        really_sync(descriptor)

    kept = open_blobs(str(tmp_path))
    monkeypatch.setattr(os, "fsync", sync)
    await kept.put("7/photo", b"bytes", "image/png")

    [written] = _files(tmp_path)
    draft, *folders = synced
    assert Path(draft).parent == written.parent
    assert folders == [str(folder) for folder in written.parents[:4]]
    assert folders[-1] == str(tmp_path)


async def test_a_full_disk_keeps_the_old_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = open_blobs(str(tmp_path))
    await kept.put("7/photo", b"old", "image/png")
    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(BlobUnavailable, match="No space left"):
        await kept.put("7/photo", b"new", "image/png")
    assert await kept.get("7/photo") == b"old"
    assert len(_files(tmp_path)) == 1


def test_a_root_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(BlobUnavailable, match="taken"):
        open_blobs(str(tmp_path / "taken"))


async def test_a_folder_has_no_presigned_urls(tmp_path: Path) -> None:
    kept = open_blobs(str(tmp_path))
    await kept.put("7/photo", b"bytes", "image/png")

    assert kept.backend == "local"
    assert await _presigned(kept, "photo.png") is None


@pytest.mark.parametrize(
    ("filename", "disposition"),
    [
        ("photo.png", 'attachment; filename="photo.png"'),
        ("Übersicht 2024.pdf", "attachment; filename*=UTF-8''%C3%9Cbersicht%202024.pdf"),
        ('a"; filename="b.exe', "attachment; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe"),
        ("line\r\nX-Evil: 1", "attachment; filename*=UTF-8''line%0D%0AX-Evil%3A%201"),
        ("half \ud83d of a pair", "attachment; filename*=UTF-8''half%20%3F%20of%20a%20pair"),
    ],
)
async def test_a_presigned_url_gives_the_bytes_under_their_name(in_s3: Blobs, filename: str, disposition: str) -> None:
    await in_s3.put("7/photo", b"\x00exact\xff", "application/octet-stream")

    url = await _presigned(in_s3, filename)
    assert url is not None
    async with httpx.AsyncClient() as client:
        reply = await client.get(url)

    assert reply.content == b"\x00exact\xff"
    assert reply.headers["content-disposition"] == disposition
    assert reply.headers["content-type"] == "image/png"
    assert in_s3.backend == "s3"


async def test_a_presigned_url_is_signed_as_amazon_signs(
    s3_server: S3Server, in_s3: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto checks no signature, so the whole URL is compared with what Amazon's own client makes of the same."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    ours = httpx.URL(await _presigned(in_s3, "Übersicht.pdf") or "")

    client = boto3.client("s3", endpoint_url=s3_server.endpoint, config=Config(signature_version="s3v4"))
    asked = {
        "Bucket": s3_server.bucket,
        "Key": ours.path.removeprefix(f"/{s3_server.bucket}/"),
        "ResponseContentDisposition": content_disposition("Übersicht.pdf"),
        "ResponseContentType": "image/png",
    }
    theirs = httpx.URL(client.generate_presigned_url("get_object", Params=asked, ExpiresIn=300))

    assert ours.copy_with(query=None) == theirs.copy_with(query=None)
    assert dict(ours.params) == dict(theirs.params)


async def test_an_s3_out_of_reach_is_a_fault(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "RETRIES", {"max_retries": 0})
    kept = open_blobs(s3_server.fresh_url(), s3_endpoint=f"http://127.0.0.1:{free_port()}")

    for act in (kept.get, kept.stream, kept.exists, kept.delete):
        with pytest.raises(BlobUnavailable):
            await act("7/photo")
    with pytest.raises(BlobUnavailable):
        await kept.put("7/photo", b"bytes", "image/png")


async def test_a_missing_bucket_is_a_fault_and_no_absence(s3_server: S3Server) -> None:
    kept = open_blobs("s3://no-such-bucket", s3_endpoint=s3_server.endpoint)

    for act in (kept.get, kept.stream, kept.delete):
        with pytest.raises(BlobUnavailable, match="bucket"):
            await act("7/photo")


def test_s3_without_credentials_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))

    with pytest.raises(BlobUnavailable, match="AWS_ACCESS_KEY_ID"):
        open_blobs("s3://bucket")


@pytest.mark.parametrize("url", ["", "gs://bucket", "s3://", "http://example.org/x", "file://host/x"])
def test_other_places_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="attachments can be kept"):
        open_blobs(url)


async def _presigned(kept: Blobs, filename: str) -> str | None:
    return await kept.presigned_url(
        "7/photo", filename=filename, content_type="image/png", expires_in=timedelta(minutes=5)
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
