"""Making, changing and removing inboxes by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dragoman.core.accounts import bots
from dragoman.core.channels import queries
from dragoman.core.channels.inboxes import Inbox, find, lock, new_identifier
from dragoman.core.contacts.rules import clean_email, clean_name
from dragoman.core.errors import Conflict, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

inboxes = schema.inboxes


class NameTaken(Taken):
    def __init__(self) -> None:
        super().__init__("name", "Another channel has this name")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInbox:
    name: str
    channel: str
    address: str | None
    provider: str
    settings: Mapping[str, Any] = field(default_factory=dict)


async def add(tx: WriteTx, new: NewInbox) -> Inbox:
    """Raises Invalid, and Conflict where the name or the address is another inbox's of the channel."""
    inbox = Inbox(
        id=await tx.next_id(),
        name=clean_name(new.name),
        channel=new.channel,
        address=await _free_address(tx, new.channel, new.address, inbox_id=None) if new.address else None,
        provider=new.provider,
        is_active=True,
        settings=new.settings,
        identifier=new_identifier(tx.account_id),
        identity_secret=secrets.token_urlsafe(24),
        webhook_secret=secrets.token_urlsafe(24),
        bot_id=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not await tx.insert_new(inboxes, values(inbox)):
        raise NameTaken
    tx.emit(Happened.INBOX_CREATED, inbox_id=inbox.id)
    return inbox


async def _free_address(tx: WriteTx, channel: str, address: str, *, inbox_id: int | None) -> str:
    kept = clean_email(address)
    owner = await queries.owner_of(tx, channel, kept)
    if owner not in (None, inbox_id):
        raise Taken("address", "Another channel has this e-mail address")
    return kept


async def _free_name(tx: WriteTx, channel: str, name: str, inbox_id: int) -> str:
    kept = clean_name(name)
    namesake = await find(tx, channel, kept)
    if namesake is not None and namesake.id != inbox_id:
        raise NameTaken
    return kept


async def edit(tx: WriteTx, channel: str, inbox_id: int, wanted: Mapping[str, Any]) -> Inbox:
    """Change name, address, provider, is_active or settings, which are merged. Raises NotFound, Invalid, Conflict."""
    before = await queries.lock(tx, channel, inbox_id)
    changes = dict(wanted)
    if "name" in changes:
        changes["name"] = await _free_name(tx, channel, changes["name"], inbox_id)
    if "address" in changes:
        changes["address"] = await _free_address(tx, channel, changes["address"], inbox_id=inbox_id)
    if "settings" in changes:
        merged = {**before.settings, **changes["settings"]}
        changes["settings"] = {name: value for name, value in merged.items() if value is not None}
    after = replace(before, **changes, updated_at=tx.now)
    await tx.execute(tx.update(inboxes).where(inboxes.c.id == inbox_id).values(values(after)))
    tx.emit(Happened.INBOX_UPDATED, inbox_id=inbox_id, fields=sorted(changes))
    return after


async def remove(tx: WriteTx, channel: str, inbox_id: int) -> None:
    """Raises NotFound, and Conflict for the channel's first inbox and for one that conversations came through."""
    await queries.lock(tx, channel, inbox_id)
    if await queries.primary_id(tx, channel) == inbox_id:
        raise Conflict("The primary channel cannot be deleted")
    if await queries.is_in_use(tx, inbox_id):
        raise Conflict("The channel still has conversations")
    await tx.execute(tx.delete(inboxes).where(inboxes.c.id == inbox_id))
    tx.emit(Happened.INBOX_DELETED, inbox_id=inbox_id)


async def discard(tx: WriteTx, inbox_id: int) -> None:
    """With whom it knew contacts by. Raises NotFound, and Conflict for one that conversations came through."""
    await lock(tx, inbox_id)
    if await queries.is_in_use(tx, inbox_id):
        raise Conflict("The inbox still has conversations")
    links = schema.contact_links
    await tx.execute(tx.delete(links).where(links.c.inbox_id == inbox_id))
    await tx.execute(tx.delete(inboxes).where(inboxes.c.id == inbox_id))
    tx.emit(Happened.INBOX_DELETED, inbox_id=inbox_id)


async def set_bot(tx: WriteTx, inbox_id: int, bot_id: int | None) -> Inbox:
    """The bot that answers first; None for nobody. Raises NotFound."""
    before = await lock(tx, inbox_id)
    if bot_id is not None:
        await bots.get(tx, bot_id)
    return await _put(tx, replace(before, bot_id=bot_id, updated_at=tx.now), ["bot_id"])


async def renew_secret(tx: WriteTx, inbox_id: int) -> Inbox:
    """What signs for the inbox is known to nobody any more. Raises NotFound."""
    before = await lock(tx, inbox_id)
    renewed = replace(before, webhook_secret=secrets.token_urlsafe(24), updated_at=tx.now)
    return await _put(tx, renewed, ["webhook_secret"])


async def _put(tx: WriteTx, after: Inbox, fields: list[str]) -> Inbox:
    await tx.execute(tx.update(inboxes).where(inboxes.c.id == after.id).values(values(after)))
    tx.emit(Happened.INBOX_UPDATED, inbox_id=after.id, fields=fields)
    return after
