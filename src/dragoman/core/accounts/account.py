"""The account itself: its name and what it has settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from dragoman.core.contacts.rules import clean_name
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

accounts = schema.accounts


@dataclass(frozen=True, slots=True)
class Account:
    """`settings` are a client's: language, domain, address of support and the like."""

    id: int
    name: str
    settings: Mapping[str, Any]
    suspended_at: datetime | None
    created_at: datetime


async def mine(tx: Tx) -> Account:
    """The account of the transaction."""
    columns = (accounts.c.id, accounts.c.name, accounts.c.settings, accounts.c.suspended_at, accounts.c.created_at)
    row = await tx.row(select(*columns).where(accounts.c.id == tx.account_id))
    if row is None:
        raise AssertionError(f"account {tx.account_id} is gone")
    return Account(*row)


async def edit(tx: WriteTx, *, name: str | None = None, settings: Mapping[str, Any] | None = None) -> Account:
    """Change the name, and those settings that are given; null takes one away. Raises Invalid."""
    before = await mine(tx)
    merged = {key: value for key, value in {**before.settings, **(settings or {})}.items() if value is not None}
    changes = {"name": clean_name(name) if name is not None else before.name, "settings": merged}
    await tx.execute(update(accounts).where(accounts.c.id == tx.account_id).values(changes))
    tx.emit(Happened.ACCOUNT_UPDATED, fields=sorted(settings or {}) + (["name"] if name is not None else []))
    return await mine(tx)
