"""Doing a thing once, however often it is asked for: the answer is kept in the same transaction as the change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import delete

from dragoman.core.errors import Conflict, Invalid
from dragoman.store import schema
from dragoman.store.tx import Session, WriteTx

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255
_keys = schema.idempotency_keys


class OtherPayload(Conflict):
    """The key was used before, for something else (aurion.md 2.4)."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__("Idempotency key reused with a different payload")


class ShownOnce(Conflict):
    """It was done before, and its answer held a secret: those are not kept, so it cannot be given again."""

    def __init__(self) -> None:
        super().__init__("This was done before, and its secret was shown then: it is not kept")


@dataclass(frozen=True, slots=True)
class Promise:
    """A key that the caller chose, and what it stands for."""

    credential_id: int
    key: str
    request_hash: str


class Kept(Exception):
    """Not a fault: this was answered before, and here is the answer.

    It is an exception all the way up to the app, so that all that was begun for the request is undone.
    """

    def __init__(self, status_code: int, body: bytes) -> None:
        super().__init__("answered before")
        self.response = Response(body, status_code, media_type="application/json")
        self.response.headers["Idempotent-Replayed"] = "true"


async def promise_of(request: Request, credential_id: int) -> Promise | None:
    """The key of a POST, under either header's name. Raises Invalid for an overlong one."""
    key = request.headers.get("idempotency-key") or request.headers.get("x-idempotency-key")
    if request.method != "POST" or not key:
        return None
    if len(key) > MAX_KEY:
        raise Invalid("Idempotency-Key", f"The key takes at most {MAX_KEY} characters")
    body = b"" if _is_multipart(request) else await request.body()
    digest = hashlib.sha256(request.url.path.encode() + b"\n" + body).hexdigest()
    return Promise(credential_id, key, digest)


def _is_multipart(request: Request) -> bool:
    """A form's boundary is new each time; its bytes say nothing about sameness."""
    return request.headers.get("content-type", "").startswith("multipart/")


async def claim(tx: WriteTx, promise: Promise) -> None:
    """Take the key, or raise Kept with the answer it got before, or OtherPayload."""
    mine = (_keys.c.credential_id == promise.credential_id, _keys.c.idempotency_key == promise.key)
    await tx.execute(tx.delete(_keys).where(*mine, _keys.c.created_at < tx.now - KEPT_FOR))
    row = {
        "credential_id": promise.credential_id,
        "idempotency_key": promise.key,
        "request_hash": promise.request_hash,
        "created_at": tx.now,
    }
    if await tx.insert_new(_keys, row):
        return
    found = await tx.row(tx.select(_keys.c.request_hash, _keys.c.status_code, _keys.c.body).where(*mine))
    if found is None or found[0] != promise.request_hash:
        raise OtherPayload
    if found[1] is None:
        raise ShownOnce
    raise Kept(found[1], bytes(found[2]))


async def keep(tx: WriteTx, promise: Promise, response: Response) -> None:
    mine = (_keys.c.credential_id == promise.credential_id, _keys.c.idempotency_key == promise.key)
    answer = {"status_code": response.status_code, "body": bytes(response.body)}
    await tx.execute(tx.update(_keys).where(*mine).values(answer))


async def forget_old_keys(session: Session, *, now: datetime) -> None:
    """Of all accounts: after a day the promise ends."""
    await session.execute(delete(_keys).where(_keys.c.created_at < now - KEPT_FOR))
