"""Attachments' bytes: in a folder by default, in S3 or whatever speaks like it beyond one machine.

A key is ``account/name``: lower-case letters, digits, ``_`` and ``-`` in segments parted by ``/``. Bytes under a key
are written once and whole; what they are called and what type they have is the database's knowledge.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

KEY = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")
LONGEST_KEY = 200
CHUNK_BYTES = 256 * 1024
S3_MODULE = "dragoman.store.s3"


class BlobUnavailable(Exception):
    """The place of the bytes failed: disk full, no permission, S3 out of reach. Later it may work again."""


class BlobNotFound(Exception):
    """Nothing is kept under this key."""


class Blobs(ABC):
    """Bytes by key. Every method raises ValueError for a malformed key and BlobUnavailable for a fault."""

    backend: Literal["local", "s3"]

    @abstractmethod
    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Keep bytes under a key, replacing what was there. They are durable on return."""

    @abstractmethod
    async def get(self, key: str) -> bytes:
        """Return all bytes of a key. Raises BlobNotFound."""

    @abstractmethod
    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Open the bytes of a key, to be read in chunks of about CHUNK_BYTES.

        Raises BlobNotFound before the first chunk is asked for, so that a reply can still say so.
        """

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Forget a key; one that is not there is fine."""

    @abstractmethod
    async def exists(self, key: str) -> bool:
        """Whether bytes are kept under a key."""

    @abstractmethod
    async def presigned_url(self, key: str, *, filename: str, content_type: str, expires_in: timedelta) -> str | None:
        """A URL that anybody may fetch the bytes from for so long (S3 allows up to 7 days), saved under this name.

        None where there is no such thing: the bytes of a folder are served by Dragoman itself.
        """


def open_blobs(url: str, *, s3_endpoint: str | None = None) -> Blobs:
    """Open ``s3://bucket/prefix``, a ``file://`` URL or a plain folder, as ``DRAGOMAN_STORAGE_URL`` takes them.

    S3's region and credentials come from where AWS's own tools look: the ``AWS_*`` variables, a profile, the
    machine's role. Raises ValueError for any other URL and BlobUnavailable when no credentials are found.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        # By name, so that a server with a folder never loads Amazon's libraries: 12 MB and a tenth of a second.
        opened: Blobs = import_module(S3_MODULE).S3Blobs(parts.netloc, parts.path.strip("/"), endpoint=s3_endpoint)
        return opened
    if parts.scheme == "file" and not parts.netloc:
        return LocalBlobs(Path(unquote(parts.path)))
    if "://" in url or not url:
        raise ValueError(f"attachments can be kept in a folder or at s3://bucket/prefix, not at {url!r}")
    return LocalBlobs(Path(url))


def content_disposition(filename: str) -> str:
    """The header that makes a browser save a download under this name (RFC 6266, names beyond ASCII by RFC 8187)."""
    encoded = quote(filename, safe="", errors="replace")
    if encoded == filename:
        return f'attachment; filename="{filename}"'
    return f"attachment; filename*=UTF-8''{encoded}"


class LocalBlobs(Blobs):
    """A folder. ``7/photo`` is the file ``7/ab/cd/photo.blob``, where ``abcd`` begins the hash of the name."""

    backend = "local"

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        with _faults(str(root)):
            _make_root(self._root)

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        path = self._path(key)
        with _faults(key):
            await asyncio.to_thread(_write_durably, path, data, root=self._root)

    async def get(self, key: str) -> bytes:
        path = self._path(key)
        with _faults(key):
            return await asyncio.to_thread(path.read_bytes)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        path = self._path(key)
        with _faults(key):
            await asyncio.to_thread(path.stat)
        return _read_chunks(key, path)

    async def delete(self, key: str) -> None:
        path = self._path(key)
        with _faults(key):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def exists(self, key: str) -> bool:
        path = self._path(key)
        with _faults(key):
            return await asyncio.to_thread(path.exists)

    async def presigned_url(self, key: str, *, filename: str, content_type: str, expires_in: timedelta) -> None:
        return None

    def _path(self, key: str) -> Path:
        """Where a key's file is. Keys have no dot, so a file can never be where another key needs a folder."""
        *folders, name = checked(key).split("/")
        shard = hashlib.blake2b(name.encode(), digest_size=2).hexdigest()
        return self._root.joinpath(*folders, shard[:2], shard[2:], f"{name}.blob")


def checked(key: str) -> str:
    """The key itself. Raises ValueError for a malformed one."""
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise ValueError(f"not a key of an attachment: {key[:LONGEST_KEY]!r}")
    return key


@contextmanager
def _faults(key: str) -> Iterator[None]:
    """Word whatever goes wrong with a key as one of this module's two errors."""
    try:
        yield
    except FileNotFoundError as error:
        raise BlobNotFound(key) from error
    except OSError as error:
        raise BlobUnavailable(f"{key}: {error}") from error


async def _read_chunks(key: str, path: Path) -> AsyncIterator[bytes]:
    with _faults(key):
        file = await asyncio.to_thread(path.open, "rb")
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk


def _write_durably(path: Path, data: bytes, *, root: Path) -> None:
    """Write a file whole or not at all, and return when a power cut could not lose it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    # Every folder, each time: that one exists does not say that whoever made it has synced it already.
    for folder in path.parents:
        _sync_folder(folder)
        if folder == root:
            return


def _make_root(root: Path) -> None:
    if not root.is_dir():
        root.mkdir(parents=True)
        _sync_folder(root.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
