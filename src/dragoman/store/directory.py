"""The few questions that are asked before an account is known: the only queries that cross accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, text

from dragoman.store.schema import accounts, users
from dragoman.store.tx import Session


async def create_account(session: Session, *, name: str, uuid: str, now: datetime) -> int:
    """A new account's id, with the number sequence that PostgreSQL gives each account."""
    row = insert(accounts).values(name=name, uuid=uuid, settings={}, created_at=now).returning(accounts.c.id)
    account_id = int((await session.execute(row)).scalar_one())
    if session.dialect == "postgresql":
        await session.execute(text(f"CREATE SEQUENCE dragoman_conversation_{account_id:d}"))
    return account_id


async def account_exists(session: Session, account_id: int) -> bool:
    found = await session.execute(select(accounts.c.id).where(accounts.c.id == account_id))
    return found.first() is not None


async def list_accounts(session: Session) -> list[tuple[int, str]]:
    found = await session.execute(select(accounts.c.id, accounts.c.name).order_by(accounts.c.id))
    return [(row[0], row[1]) for row in found.fetchall()]


async def accounts_of(session: Session, email_folded: str) -> list[int]:
    """The accounts in which an address is an active user's."""
    found = await session.execute(
        select(users.c.account_id)
        .where(users.c.email_folded == email_folded, users.c.is_active)
        .order_by(users.c.account_id)
    )
    return [row[0] for row in found.fetchall()]
