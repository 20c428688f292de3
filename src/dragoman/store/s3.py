"""Attachments' bytes in S3, or in whatever speaks like it. Only a server that keeps them there loads this module."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import botocore.session  # type: ignore[import-untyped]
import obstore
from botocore.auth import S3SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from obstore.exceptions import BaseError as ObjectStoreError
from obstore.store import S3Store

from dragoman.store.blobs import CHUNK_BYTES, BlobNotFound, Blobs, BlobUnavailable, checked, content_disposition

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

# Credentials of a role are renewed long before they end; a look this often is cheap and notices.
CREDENTIALS_LAST_FOR = timedelta(minutes=10)

CLIENT: ClientConfig = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(minutes=2)}
RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}


class S3Blobs(Blobs):
    """A bucket, or everything below a prefix of one."""

    backend = "s3"

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None) -> None:
        self._credentials = botocore.session.get_session().get_credentials()
        if self._credentials is None:
            raise BlobUnavailable("no S3 credentials found; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set them")
        self._region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        # Several of S3's imitators have no bulk delete.
        config: S3Config = {"region": self._region, "disable_bulk_delete": True}
        if endpoint:
            config["endpoint"] = endpoint
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options={**CLIENT, "allow_http": (endpoint or "").startswith("http://")},
            retry_config=RETRIES,
            credential_provider=self._current_credentials,
        )

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        attributes = {"Content-Type": content_type}
        with _faults(key):
            await obstore.put_async(self._store, checked(key), data, attributes=attributes)

    async def get(self, key: str) -> bytes:
        with _faults(key):
            found = await obstore.get_async(self._store, checked(key))
            return bytes(await found.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        with _faults(key):
            found = await obstore.get_async(self._store, checked(key))
        return _fetch_chunks(key, found)

    async def delete(self, key: str) -> None:
        with suppress(BlobNotFound), _faults(key):
            await obstore.delete_async(self._store, checked(key))

    async def exists(self, key: str) -> bool:
        try:
            with _faults(key):
                await obstore.head_async(self._store, checked(key))
        except BlobNotFound:
            return False
        return True

    async def presigned_url(self, key: str, *, filename: str, content_type: str, expires_in: timedelta) -> str:
        with _faults(key):
            signed = await obstore.sign_async(self._store, "GET", checked(key), expires_in)
        # object_store signs an address alone; only botocore signs what the reply's headers shall be, too.
        address = urlsplit(signed)._replace(query="").geturl()
        headers = {
            "response-content-disposition": content_disposition(filename),
            "response-content-type": content_type,
        }
        return await asyncio.to_thread(self._sign, address, headers, int(expires_in.total_seconds()))

    def _sign(self, address: str, parameters: dict[str, str], seconds: int) -> str:
        request = AWSRequest("GET", address, params=parameters)
        credentials = self._credentials.get_frozen_credentials()
        S3SigV4QueryAuth(credentials, "s3", self._region, expires=seconds).add_auth(request)
        return str(request.prepare().url)

    def _current_credentials(self) -> S3Credential:
        found = self._credentials.get_frozen_credentials()
        return {
            "access_key_id": found.access_key,
            "secret_access_key": found.secret_key,
            "token": found.token,
            "expires_at": datetime.now(UTC) + CREDENTIALS_LAST_FOR,
        }


@contextmanager
def _faults(key: str) -> Iterator[None]:
    """Word whatever goes wrong with a key as one of the two errors of every blob store."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise BlobUnavailable(f"the bucket for {key} does not exist") from error
        raise BlobNotFound(key) from error
    except (OSError, ObjectStoreError) as error:
        # obstore appends pages about its own innards; what happened is in the first line.
        reason, *_ = str(error).splitlines() or [type(error).__name__]
        raise BlobUnavailable(f"{key}: {reason}") from error


async def _fetch_chunks(key: str, found: obstore.GetResult) -> AsyncIterator[bytes]:
    with _faults(key):
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)
