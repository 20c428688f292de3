"""Looking up inboxes."""

from __future__ import annotations

from sqlalchemy import func

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.channels.members import Reach
from dragoman.core.errors import NotFound
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

inboxes, conversations, raw_mails, bots = schema.inboxes, schema.conversations, schema.raw_mails, schema.bots


async def lock(tx: WriteTx, channel: str, inbox_id: int) -> Inbox:
    """An inbox of a channel, to be changed. Raises NotFound."""
    found = await tx.lock_one(Inbox, id=inbox_id, channel=channel)
    if found is None:
        raise NotFound("Channel")
    return found


async def of_channel(tx: Tx, channel: str) -> list[Inbox]:
    """The oldest first: it is the primary one."""
    return await tx.find_all(Inbox, "id", channel=channel)


async def find(tx: Tx, inbox_id: int) -> Inbox | None:
    return await tx.find_one(Inbox, id=inbox_id)


async def get(tx: Tx, inbox_id: int) -> Inbox:
    """Raises NotFound."""
    found = await find(tx, inbox_id)
    if found is None:
        raise NotFound("Inbox")
    return found


async def seen(tx: Tx, reach: Reach) -> list[Inbox]:
    """The inboxes in somebody's reach, by name."""
    query = tx.select(Inbox).order_by(inboxes.c.name, inboxes.c.id)
    return await tx.all(Inbox, query if reach.inbox_ids is None else query.where(inboxes.c.id.in_(reach.inbox_ids)))


async def primary_id(tx: Tx, channel: str) -> int | None:
    """The first inbox of a channel."""
    found: int | None = await tx.scalar(tx.select(func.min(inboxes.c.id)).where(inboxes.c.channel == channel))
    return found


async def is_in_use(tx: Tx, inbox_id: int) -> bool:
    """Whether conversations came through it, or mails that opened none."""
    kept = [tx.select(table.c.inbox_id).where(table.c.inbox_id == inbox_id) for table in (conversations, raw_mails)]
    return any([await tx.row(query.limit(1)) is not None for query in kept])


async def has_bot(tx: Tx, inbox_id: int | None) -> bool:
    """Whether an active bot answers first in the inbox."""
    if inbox_id is None:
        return False
    theirs = tx.select(inboxes.c.bot_id).where(inboxes.c.id == inbox_id).scalar_subquery()
    return await tx.scalar(tx.select(bots.c.id).where(bots.c.id == theirs, bots.c.is_active)) is not None


async def owner_of(tx: Tx, channel: str, address: str) -> int | None:
    """The inbox that has an address, however it is written."""
    same = func.lower(inboxes.c.address) == address.lower()
    found: int | None = await tx.scalar(tx.select(inboxes.c.id).where(inboxes.c.channel == channel, same).limit(1))
    return found
