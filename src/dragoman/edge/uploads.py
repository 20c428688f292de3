"""A file on its way in: its bytes are stored first, the row that knows them in the transaction after."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, File, Request, UploadFile
from starlette.datastructures import UploadFile as AnyUpload

from dragoman.core.errors import TooLarge
from dragoman.core.messages.models import NewAttachment, ScanStatus
from dragoman.core.text.filenames import safe_filename
from dragoman.edge.doors import principal
from dragoman.edge.idempotency import Promise
from dragoman.edge.services import Services, services
from dragoman.store.blobs import BlobUnavailable

UNKNOWN_TYPE = "application/octet-stream"
# RFC 6838, 4.2. It becomes a header again, so nothing else may pass.
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


async def stored_file(request: Request, file: Annotated[UploadFile, File()]) -> AsyncIterator[NewAttachment]:
    """The file, stored; taken away again when what follows fails. Raises TooLarge and BlobUnavailable."""
    async with stored_files(request, [file]) as stored:
        yield stored[0]


@asynccontextmanager
async def stored_files(request: Request, files: Sequence[AnyUpload]) -> AsyncIterator[list[NewAttachment]]:
    """The same for all files of a form: either all stay, or none. Raises TooLarge and BlobUnavailable."""
    mine = services(request)
    stored: list[NewAttachment] = []
    try:
        for file in files:
            stored.append(await _stored(request, mine, file))
        yield stored
    except BaseException:
        for one in stored:
            with suppress(BlobUnavailable):
                await mine.blobs.delete(one.blob_key)
        raise


async def _stored(request: Request, mine: Services, file: AnyUpload) -> NewAttachment:
    data = await _bytes_of(file, mine.settings.max_attachment_bytes)
    await promise_just_this(request, data)
    new = described(mine, principal(request).account_id, file.filename or "", file.content_type or "", len(data))
    await mine.blobs.put(new.blob_key, data, new.content_type)
    return new


async def promise_just_this(request: Request, data: bytes = b"") -> None:
    """An idempotency key stands for the form's fields and the files' bytes: the boundary differs each time."""
    promise: Promise | None = request.state.promise
    if promise is None:
        return
    digest = hashlib.sha256(f"{promise.request_hash}\n{len(data)}\n".encode() + data)
    for name, value in (await request.form()).multi_items():
        told = value if isinstance(value, str) else f"{value.filename} {value.content_type}"
        digest.update(f"{name}\n{len(told)}\n{told}\n".encode(errors="surrogatepass"))
    request.state.promise = replace(promise, request_hash=digest.hexdigest())


async def _bytes_of(file: AnyUpload, most: int) -> bytes:
    data = await file.read(most + 1)
    if len(data) > most:
        raise TooLarge(f"The file takes at most {most} bytes")
    return data


def described(mine: Services, account_id: int, filename: str, content_type: str, size: int) -> NewAttachment:
    """A row for bytes that are about to be stored, under a key of their own."""
    kind = content_type.split(";")[0].strip().lower()
    kind = kind if MEDIA_TYPE.fullmatch(kind) else UNKNOWN_TYPE
    return NewAttachment(
        filename=safe_filename(filename, kind),
        content_type=kind,
        size_bytes=size,
        blob_key=f"{account_id}/{uuid4().hex}",
        storage_backend=mine.blobs.backend,
        scan_status=ScanStatus.PENDING if mine.settings.is_scanning else ScanStatus.SKIPPED,
        source="api",
    )


Stored = Annotated[NewAttachment, Depends(stored_file, scope="function")]
