"""Every look-up of conversations and what hangs on them, except lists (core/search)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam

from dragoman.core.conversations.models import SPAM, Card, Conversation, Names, Resolution
from dragoman.core.errors import NotFound
from dragoman.store import schema
from dragoman.store.prepared import Statements
from dragoman.store.records import columns, load
from dragoman.store.tx import Tx, WriteTx

conversations, contacts, companies = schema.conversations, schema.contacts, schema.companies
users, teams = schema.users, schema.teams
NAMES = (
    contacts.c.name,
    contacts.c.email,
    contacts.c.phone,
    contacts.c.role,
    companies.c.name,
    users.c.name,
    teams.c.name,
)


_CARDS = Statements()


async def latest_of_contact(
    tx: Tx, contact_id: int, *, inbox_ids: Collection[int] | None = None, limit: int
) -> list[int]:
    """A contact's conversations that are neither spam, deleted nor merged away, the latest activity first.

    `inbox_ids` narrows them to inboxes; None is every one, and what came through none.
    """
    query = tx.select(conversations.c.id).where(
        conversations.c.contact_id == contact_id,
        conversations.c.visibility < SPAM,
        conversations.c.merged_into_id.is_(None),
    )
    if inbox_ids is not None:
        query = query.where(conversations.c.inbox_id.in_(inbox_ids))
    return await tx.scalars(
        query.order_by(conversations.c.last_activity_at.desc(), conversations.c.id.desc()).limit(limit)
    )


async def find(tx: Tx, conversation_id: int) -> Conversation:
    """Any conversation, deleted ones too. Raises NotFound."""
    found = await tx.find_one(Conversation, id=conversation_id)
    if found is None:
        raise NotFound("Conversation")
    return found


async def by_number(tx: Tx, number: int) -> Conversation:
    """By the number that it has in its account. Raises NotFound."""
    found = await tx.find_one(Conversation, number=number)
    if found is None:
        raise NotFound("Conversation")
    return found


async def get(tx: Tx, conversation_id: int) -> Conversation:
    """A conversation that is not deleted. Raises NotFound."""
    found = await find(tx, conversation_id)
    if found.deleted_at is not None:
        raise NotFound("Conversation")
    return found


async def lock(tx: WriteTx, conversation_id: int) -> Conversation:
    """A conversation to be changed: whoever else means to change it waits. Raises NotFound."""
    found = await tx.lock_one(Conversation, id=conversation_id)
    if found is None:
        raise NotFound("Conversation")
    return found


async def recent_of_contact(
    tx: Tx, contact_id: int, inbox_id: int, since: datetime, until: datetime, *, limit: int = 20
) -> list[Conversation]:
    """A contact's conversations of an inbox in which something was said between two instants, the latest first."""
    query = tx.select(Conversation).where(
        conversations.c.contact_id == contact_id,
        conversations.c.inbox_id == inbox_id,
        conversations.c.visibility < SPAM,
        conversations.c.updated_at >= since,
        conversations.c.created_at <= until,
    )
    return await tx.all(Conversation, query.order_by(conversations.c.updated_at.desc()).limit(limit))


async def last_in_inbox(tx: Tx, contact_id: int, inbox_id: int) -> Conversation | None:
    """The last one that a contact began in an inbox, of those that are to be seen."""
    query = tx.select(Conversation).where(
        conversations.c.contact_id == contact_id,
        conversations.c.inbox_id == inbox_id,
        conversations.c.visibility < SPAM,
        conversations.c.merged_into_id.is_(None),
    )
    return await tx.first(Conversation, query.order_by(conversations.c.number.desc()).limit(1))


async def cards(tx: Tx, conversation_ids: Sequence[int], *, are_latest: bool = False) -> dict[int, Card]:
    """Conversations with the names shown on them, by id; `are_latest`: not of the snapshot of `tx`, but of now."""
    if not conversation_ids:
        return {}
    # A few sizes of one statement: what is left over asks for the last conversation again.
    size = 1 << (len(conversation_ids) - 1).bit_length()
    asked = [*conversation_ids, *[conversation_ids[-1]] * (size - len(conversation_ids))]
    values = {f"id_{at}": one for at, one in enumerate(asked)}
    ask = _CARDS.latest if are_latest else _CARDS.rows
    rows = await ask(tx, size, lambda form: _cards_of(form, values), values)
    width = len(columns(Conversation))
    return {row[0]: Card(load(Conversation, row[:width]), Names(*row[width:])) for row in rows}


async def card(tx: Tx, conversation_id: int) -> Card:
    """One conversation with its names, deleted or not. Raises NotFound."""
    found = await cards(tx, [conversation_id])
    if conversation_id not in found:
        raise NotFound("Conversation")
    return found[conversation_id]


def _cards_of(form: Tx, blanks: Iterable[str]) -> Select[*tuple[Any, ...]]:
    return _card_query(form).where(conversations.c.id.in_([bindparam(name) for name in blanks]))


def _card_query(tx: Tx) -> Select[*tuple[Any, ...]]:
    joined = (
        conversations.join(contacts, _same(contacts, conversations.c.contact_id))
        .outerjoin(companies, _same(companies, conversations.c.company_id))
        .outerjoin(users, _same(users, conversations.c.assignee_user_id))
        .outerjoin(teams, _same(teams, conversations.c.assignee_team_id))
    )
    return tx.select(Conversation).add_columns(*NAMES).select_from(joined)


def _same(table: Any, key: Any) -> Any:
    return and_(table.c.account_id == conversations.c.account_id, table.c.id == key)


async def children(tx: Tx, parent_id: int) -> list[Card]:
    """Children that are not deleted, oldest first."""
    ids = await tx.scalars(
        tx.select(conversations.c.id)
        .where(conversations.c.parent_id == parent_id, conversations.c.deleted_at.is_(None))
        .order_by(conversations.c.created_at, conversations.c.id)
    )
    found = await cards(tx, ids)
    return [found[child_id] for child_id in ids]


async def child_ids(tx: Tx, parent_id: int) -> list[int]:
    """All children, deleted ones too, in the order in which they are locked."""
    return await tx.scalars(
        tx.select(conversations.c.id).where(conversations.c.parent_id == parent_id).order_by(conversations.c.id)
    )


async def ancestors(tx: Tx, conversation_id: int) -> list[int]:
    """The parent, its parent and so on, nearest first."""
    found: list[int] = []
    parent_id = await _parent_of(tx, conversation_id)
    while parent_id is not None and parent_id not in found:
        found.append(parent_id)
        parent_id = await _parent_of(tx, parent_id)
    return found


async def _parent_of(tx: Tx, conversation_id: int) -> int | None:
    query = tx.select(conversations.c.parent_id).where(conversations.c.id == conversation_id)
    found: int | None = await tx.scalar(query)
    return found


async def resolution(tx: Tx, conversation_id: int) -> Resolution | None:
    return await tx.find_one(Resolution, conversation_id=conversation_id)
