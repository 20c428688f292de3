"""Inboxes: the addresses and numbers of an account, one row for each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.core.accounts.secrets import new_secret
from dragoman.core.contacts.rules import clean_email, clean_name
from dragoman.core.errors import NotFound
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

inboxes = schema.inboxes


@dataclass(frozen=True, slots=True)
class Inbox(Record):
    """`provider` says who carries its messages; `imported` is nobody, they come as files."""

    table: ClassVar[Table] = schema.inboxes

    id: int
    name: str
    channel: str
    address: str | None
    provider: str
    is_active: bool
    settings: Mapping[str, Any]
    identifier: str | None
    identity_secret: str | None
    webhook_secret: str | None
    bot_id: int | None
    created_at: datetime
    updated_at: datetime


def new_identifier(account_id: int) -> str:
    """The name by which clients of contacts know an inbox: nobody guesses it, and it tells the account."""
    return new_secret("in", account_id)


async def find(tx: Tx, channel: str, name: str) -> Inbox | None:
    """An inbox of a channel by its name; both are unique together."""
    return await tx.find_one(Inbox, channel=channel, name=name)


async def find_or_add(tx: WriteTx, *, channel: str, name: str, provider: str, address: str | None = None) -> Inbox:
    """The inbox of that name, made if there is none. Raises Invalid for a bad name or address."""
    known = await find(tx, channel, clean_name(name))
    if known is not None:
        return known
    inbox = Inbox(
        id=await tx.next_id(),
        name=clean_name(name),
        channel=channel,
        address=clean_email(address) if address else None,
        provider=provider,
        is_active=True,
        settings={},
        identifier=new_identifier(tx.account_id),
        identity_secret=secrets.token_urlsafe(24),
        webhook_secret=secrets.token_urlsafe(24),
        bot_id=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await tx.insert(inboxes, values(inbox))
    tx.emit(Happened.INBOX_CREATED, inbox_id=inbox.id)
    return inbox


async def lock(tx: WriteTx, inbox_id: int) -> Inbox:
    """An inbox whose messages are being taken in: others that take some in wait. Raises NotFound."""
    found = await tx.lock_one(Inbox, id=inbox_id)
    if found is None:
        raise NotFound("Inbox")
    return found
