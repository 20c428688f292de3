"""Bots: programs that take part in conversations by a token of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.core.accounts import listening
from dragoman.core.accounts.actions import Issued, issue
from dragoman.core.contacts.rules import clean_name
from dragoman.core.errors import NotFound
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

bots = schema.bots


@dataclass(frozen=True, slots=True)
class Bot(Record):
    table: ClassVar[Table] = schema.bots

    id: int
    name: str
    description: str | None
    url: str | None
    secret: str
    is_active: bool
    created_at: datetime
    updated_at: datetime


async def get(tx: Tx, bot_id: int) -> Bot:
    """Raises NotFound."""
    found = await tx.find_one(Bot, id=bot_id, is_active=True)
    if found is None:
        raise NotFound("Bot")
    return found


async def all_bots(tx: Tx) -> list[Bot]:
    return await tx.find_all(Bot, "id", is_active=True)


async def add(tx: WriteTx, *, name: str, description: str | None = None, url: str | None = None) -> Bot:
    """Raises Invalid."""
    bot = Bot(
        id=await tx.next_id(),
        name=clean_name(name),
        description=description,
        url=url,
        secret=secrets.token_urlsafe(24),
        is_active=True,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(bots, values(bot))
    if bot.url:
        await listening.begin(tx)
    tx.emit(Happened.BOT_CREATED, bot_id=bot.id)
    return bot


async def edit(tx: WriteTx, bot_id: int, **wanted: Any) -> Bot:
    """Change name, description, url or is_active. Raises NotFound and Invalid."""
    before = await get(tx, bot_id)
    if "name" in wanted:
        wanted["name"] = clean_name(wanted["name"])
    after = replace(before, **wanted, updated_at=tx.now)
    await tx.execute(tx.update(bots).where(bots.c.id == bot_id).values(values(after)))
    if after.url:
        await listening.begin(tx)
    tx.emit(Happened.BOT_UPDATED, bot_id=bot_id, fields=sorted(wanted))
    return after


async def remove(tx: WriteTx, bot_id: int) -> None:
    """It serves no inbox and its tokens open nothing any more; what it said keeps its name. Raises NotFound."""
    bot = await get(tx, bot_id)
    inboxes = schema.inboxes
    await tx.execute(tx.update(inboxes).where(inboxes.c.bot_id == bot_id).values(bot_id=None))
    await tx.execute(tx.update(bots).where(bots.c.id == bot.id).values(is_active=False, updated_at=tx.now))
    await revoke_tokens(tx, bot_id)
    tx.emit(Happened.BOT_DELETED, bot_id=bot_id)


async def revoke_tokens(tx: WriteTx, bot_id: int) -> None:
    keys = schema.credentials
    theirs = (keys.c.bot_id == bot_id, keys.c.revoked_at.is_(None))
    await tx.execute(tx.update(keys).where(*theirs).values(revoked_at=tx.now))


async def issue_token(tx: WriteTx, bot: Bot, pepper: bytes) -> Issued:
    """A token by which the bot acts."""
    return await issue(tx, "bt", "bot", bot.name, [], pepper, bot_id=bot.id)
