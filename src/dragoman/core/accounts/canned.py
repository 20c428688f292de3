"""Canned responses: answers that a team keeps at hand under short codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table, case, func, or_

from dragoman.core.errors import Invalid, NotFound, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

canned = schema.canned_responses
MAX_CODE, MAX_BODY = 255, 50_000


@dataclass(frozen=True, slots=True)
class CannedResponse(Record):
    table: ClassVar[Table] = schema.canned_responses

    id: int
    short_code: str
    body: str
    created_at: datetime
    updated_at: datetime


async def like(tx: Tx, text: str) -> list[CannedResponse]:
    """Those that have the text in code or body: codes that begin with it first, then codes that have it."""
    query = tx.select(CannedResponse)
    code, body = func.lower(canned.c.short_code), func.lower(canned.c.body)
    if text:
        part = text.lower()
        begins = code.startswith(part, autoescape=True)
        has = code.contains(part, autoescape=True)
        query = query.where(or_(has, body.contains(part, autoescape=True)))
        query = query.order_by(case((begins, 0), (has, 1), else_=2))
    return await tx.all(CannedResponse, query.order_by(canned.c.short_code, canned.c.id))


async def get(tx: Tx, canned_id: int) -> CannedResponse:
    """Raises NotFound."""
    found = await tx.find_one(CannedResponse, id=canned_id)
    if found is None:
        raise NotFound("Canned response")
    return found


async def add(tx: WriteTx, *, short_code: str, body: str) -> CannedResponse:
    """Raises Invalid, and Taken for another's code."""
    one = CannedResponse(
        id=await tx.next_id(),
        short_code=_filled("short_code", short_code, MAX_CODE),
        body=_filled("content", body, MAX_BODY),
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not await tx.insert_new(canned, values(one)):
        raise Taken("short_code", "Another canned response has this short code")
    _tell(tx, one.id)
    return one


async def edit(tx: WriteTx, canned_id: int, wanted: Mapping[str, str]) -> CannedResponse:
    """Change short_code or body. Raises NotFound, Invalid, Taken."""
    changes: dict[str, Any] = {}
    if "short_code" in wanted:
        changes["short_code"] = _filled("short_code", wanted["short_code"], MAX_CODE)
        namesake = await tx.find_one(CannedResponse, short_code=changes["short_code"])
        if namesake is not None and namesake.id != canned_id:
            raise Taken("short_code", "Another canned response has this short code")
    if "body" in wanted:
        changes["body"] = _filled("content", wanted["body"], MAX_BODY)
    after = replace(await get(tx, canned_id), **changes, updated_at=tx.now)
    await tx.execute(tx.update(canned).where(canned.c.id == canned_id).values(values(after)))
    _tell(tx, canned_id)
    return after


async def remove(tx: WriteTx, canned_id: int) -> None:
    """Raises NotFound."""
    gone = await tx.execute(tx.delete(canned).where(canned.c.id == canned_id))
    if not gone.rowcount:
        raise NotFound("Canned response")
    _tell(tx, canned_id)


def _tell(tx: WriteTx, canned_id: int) -> None:
    tx.emit(Happened.TOOLBOX_CHANGED, canned_response_id=canned_id)


def _filled(field: str, text: str, most: int) -> str:
    if not 1 <= len(text.strip()) <= most:
        raise Invalid(field, f"{field} takes 1 to {most} characters")
    return text.strip()
