"""What a search box finds beside lists: messages, contacts and conversations by who wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from dragoman.core.channels.members import Reach
from dragoman.core.contacts.models import Contact
from dragoman.core.messages.models import Message
from dragoman.core.search.model import Question
from dragoman.core.search.pieces import is_said, messages_with
from dragoman.core.search.selecting import choose
from dragoman.store import schema
from dragoman.store.records import load
from dragoman.store.tx import Tx

conversations, messages, contacts = schema.conversations, schema.messages, schema.contacts


async def of_contacts(tx: Tx, contact_ids: Sequence[int]) -> dict[int, list[int]]:
    """The conversations of some contacts."""
    found: dict[int, list[int]] = defaultdict(list)
    if contact_ids:
        theirs = conversations.c.contact_id.in_(contact_ids)
        for contact_id, one in await tx.rows(tx.select(conversations.c.contact_id, conversations.c.id).where(theirs)):
            found[contact_id].append(one)
    return found


async def of_contacts_like(tx: Tx, text: str) -> list[int]:
    """The conversations of contacts that have a text in their name, address, number or foreign id."""
    theirs = tx.select(contacts.c.id).where(*_like(text))
    rows = await tx.slow_rows(tx.select(conversations.c.id).where(conversations.c.contact_id.in_(theirs)))
    return [row[0] for row in rows]


async def contacts_like(tx: Tx, text: str, *, limit: int, offset: int) -> list[Contact]:
    """Whoever was seen last comes first, and who never was, last."""
    order = (contacts.c.last_seen_at.is_(None), contacts.c.last_seen_at.desc(), contacts.c.id.desc())
    query = tx.select(Contact).where(*_like(text)).order_by(*order)
    return [load(Contact, row) for row in await tx.slow_rows(query.limit(limit).offset(offset))]


def _like(text: str) -> list[ColumnElement[bool]]:
    """Looked for in every contact of the account: a part of a name has no index."""
    is_named = contacts.c.search_key.contains(text.casefold(), autoescape=True)
    is_known_as = func.lower(contacts.c.external_id).contains(text.lower(), autoescape=True)
    return [contacts.c.deleted_at.is_(None), or_(is_named, is_known_as)]


async def messages_like(tx: Tx, text: str, reach: Reach, *, since: datetime, limit: int, offset: int) -> list[Message]:
    """The newest first, of conversations that somebody sees."""
    query = await messages_with(tx, text)
    if query is None:
        return []
    is_its = [conversations.c.account_id == messages.c.account_id, conversations.c.id == messages.c.conversation_id]
    seen = [conversations.c.visibility == 0]
    if reach.inbox_ids is not None:
        seen.append(conversations.c.inbox_id.in_(reach.inbox_ids))
    query = query.where(*is_its, tx.mine(conversations), *seen, messages.c.created_at >= since)
    newest = query.order_by(messages.c.created_at.desc(), messages.c.id.desc()).limit(limit).offset(offset)
    ids = [row[0] for row in await tx.slow_rows(newest)]
    found = {one.id: one for one in await tx.all(Message, tx.select(Message).where(messages.c.id.in_(ids)))}
    return [found[one] for one in ids]


async def messages_in(tx: Tx, conversation_ids: Sequence[int], text: str) -> dict[int, list[Message]]:
    """The messages of some conversations that have a text, the oldest first."""
    found: dict[int, list[Message]] = defaultdict(list)
    if conversation_ids and text:
        theirs = messages.c.conversation_id.in_(conversation_ids)
        query = tx.select(Message).where(theirs, *is_said(text)).order_by(messages.c.created_at, messages.c.id)
        for row in await tx.slow_rows(query):
            one = load(Message, row)
            found[one.conversation_id].append(one)
    return found


async def unread_by(tx: Tx, base: Question, *names: str) -> tuple[int, dict[str, dict[Any, int]]]:
    """How many conversations of `base` have something unread, in all and by the values of some facets."""
    choice = await choose(tx, base)
    facets = choice.index.facets
    unread = choice.slots - facets["unread_count"].having(0)
    return len(unread), {
        name: {
            key: count
            for key, slots in facets[name].sets.items()
            if key is not None and (count := slots.intersection_cardinality(unread))
        }
        for name in names
    }
