"""What is remembered of mails: which have come in, what became of them, and which ids belong to which conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from sqlalchemy import Table

from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

raw_mails, mail_ids = schema.raw_mails, schema.mail_ids
LONGEST_ID = 300  # characters; an index entry of PostgreSQL holds 2,700 bytes


class Outcome(StrEnum):
    """What became of a mail that came in."""

    STORED = "stored"  # a message of a conversation
    ATTACHED = "attached"  # a notice, kept with the conversation it answers
    SUPPRESSED = "suppressed"  # a notice that answers nothing we know
    DUPLICATE = "duplicate"
    UNPARSED = "unparsed"
    FAILED = "failed"  # a fault of ours; the next time it is tried again


SETTLED = (Outcome.STORED, Outcome.ATTACHED, Outcome.SUPPRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail(Record):
    """A mail as it came. `digest` is of its bytes, `identity` of what it says under its Message-ID."""

    table: ClassVar[Table] = schema.raw_mails

    id: int
    inbox_id: int
    digest: str
    identity: str
    blob_key: str
    size_bytes: int
    name: str
    outcome: str
    reason: str | None
    message_id: int | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class MailId(Record):
    """A Message-ID and its conversation. `message_id` is None while other mails have only named it."""

    table: ClassVar[Table] = schema.mail_ids

    mail_id: str
    conversation_id: int
    message_id: int | None


async def keep(tx: WriteTx, *kept: RawMail) -> None:
    """Write down what became of mails."""
    await tx.insert(raw_mails, *map(values, kept))


async def forget_failures(tx: WriteTx, inbox_id: int, digests: Collection[str]) -> None:
    """These mails are tried again: what comes of it this time is what counts."""
    await tx.execute(
        tx.delete(raw_mails).where(
            raw_mails.c.inbox_id == inbox_id, raw_mails.c.digest.in_(digests), raw_mails.c.outcome == Outcome.FAILED
        )
    )


async def settled_digests(tx: Tx, inbox_id: int, digests: Collection[str]) -> set[str]:
    """Which of these mails have come in before, byte for byte, and need no second try."""
    query = tx.select(raw_mails.c.digest).where(
        raw_mails.c.inbox_id == inbox_id, raw_mails.c.digest.in_(digests), raw_mails.c.outcome != Outcome.FAILED
    )
    return set(await tx.scalars(query))


async def settled_identities(tx: Tx, inbox_id: int, identities: Collection[str]) -> set[str]:
    """Which of these mails have come in before, though perhaps on another way and in other bytes."""
    query = tx.select(raw_mails.c.identity).where(
        raw_mails.c.inbox_id == inbox_id, raw_mails.c.identity.in_(identities), raw_mails.c.outcome.in_(SETTLED)
    )
    return set(await tx.scalars(query))


def key_of(mail_id: str) -> str:
    """A Message-ID as it is looked up: whole, or by its digest where it is absurdly long."""
    return mail_id if len(mail_id) <= LONGEST_ID else f"sha256:{sha256(mail_id.encode()).hexdigest()}"


async def ids_known(tx: Tx, inbox_id: int, ids: Iterable[str]) -> dict[str, MailId]:
    """The conversations of those Message-IDs that the inbox has seen or heard of, by `key_of`."""
    query = tx.select(MailId).where(mail_ids.c.inbox_id == inbox_id, mail_ids.c.mail_id.in_({key_of(i) for i in ids}))
    return {found.mail_id: found for found in await tx.all(MailId, query)}


async def name_ids(tx: WriteTx, inbox_id: int, conversation_id: int, ids: Iterable[str]) -> None:
    """Remember ids that a mail of the conversation names; those that are known stay where they are."""
    rows = [
        {"account_id": tx.account_id, "inbox_id": inbox_id, "mail_id": one, "conversation_id": conversation_id}
        for one in dict.fromkeys(map(key_of, ids))
    ]
    if rows:
        await tx.execute(tx.upsert(mail_ids).on_conflict_do_nothing(), rows)


async def claim_id(tx: WriteTx, inbox_id: int, conversation_id: int, mail_id: str, message_id: int) -> None:
    """The mail of that id has come in: who answers it belongs here, wherever it was heard of first."""
    where = {"inbox_id": inbox_id, "mail_id": key_of(mail_id)}
    what = {"conversation_id": conversation_id, "message_id": message_id}
    if not await tx.insert_new(mail_ids, {**where, **what}):
        await tx.execute(
            tx.update(mail_ids)
            .where(*(mail_ids.c[name] == value for name, value in where.items()), mail_ids.c.message_id.is_(None))
            .values(what)
        )
