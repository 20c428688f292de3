"""Any part of what was said: which conversations have it in a message, whatever its case.

A part of a word is looked for among the words there are, and these in the full-text index; so a search costs what it
finds and what words there are, and not what was ever said. Only a part that reaches over several words is looked for
in the texts themselves, and only in those that have its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, table

from dragoman.core.messages.models import Sender
from dragoman.core.search.words import document_words, query_words
from dragoman.store import fulltext, schema
from dragoman.store.tx import Tx

messages, documents = schema.messages, schema.search_documents
SAID_BY = (Sender.CONTACT, Sender.AGENT, Sender.AI)
MOST_WORDS = 512  # with one piece in them: beyond that it is in nearly everything
TEMPLATE = "template"


async def conversations_with(tx: Tx, piece: str) -> set[int]:
    """Those with a message of the contact or of the staff, notes included, that has it (chatwoot.md 2.4)."""
    wanted = query_words(piece)
    groups = await _groups(tx, wanted)
    if groups is None:
        return set()
    is_exact = len(wanted) == 1 and bool(groups) and document_words(piece) == [piece.casefold()]
    rows = await tx.slow_rows(_having(tx, groups, with_text=not is_exact))
    if is_exact:
        return {row[0] for row in rows}
    sought = piece.casefold()
    return {row[0] for row in rows if sought in row[1].casefold()}


async def _groups(tx: Tx, wanted: Sequence[str]) -> list[Sequence[str]] | None:
    """Of each wanted piece the words that have it; without those that too many have. None: one is nowhere."""
    if tx.session.dialect == "postgresql":
        return [[word] for word in wanted]
    groups = [await fulltext.words_with(tx, word, MOST_WORDS + 1) for word in wanted]
    return [group for group in groups if len(group) <= MOST_WORDS] if all(groups) else None


def _having(tx: Tx, groups: Sequence[Sequence[str]], *, with_text: bool) -> Select[*tuple[Any, ...]]:
    """Messages with a word of each group; punctuation alone is no word, so that every text is looked at."""
    columns: list[ColumnElement[Any]] = [messages.c.conversation_id, *([messages.c.body] if with_text else [])]
    query = tx.select(*columns).where(messages.c.sender_kind.in_(SAID_BY), messages.c.source.is_distinct_from(TEMPLATE))
    if not groups:
        return query
    is_its = and_(documents.c.account_id == messages.c.account_id, documents.c.id == messages.c.id)
    if tx.session.dialect == "postgresql":
        joined = documents.join(messages, is_its)
        return query.select_from(joined).where(tx.mine(documents), fulltext.of_pieces(tx, [one for one, *_ in groups]))
    words = table("search_words", column("rowid"))
    found = words.join(documents, documents.c.id == words.c.rowid).join(messages, is_its)
    return query.select_from(found).where(tx.mine(documents), fulltext.of_words(tx, groups))


async def messages_with(tx: Tx, piece: str) -> Select[*tuple[Any, ...]] | None:
    """A query for the ids of the messages that have it, to be narrowed further; None when there is none for sure."""
    groups = await _groups(tx, query_words(piece))
    if groups is None:
        return None
    return _having(tx, groups, with_text=False).with_only_columns(messages.c.id).where(*is_said(piece))


def is_said(piece: str) -> list[ColumnElement[bool]]:
    """Whether a message of the contact or of the staff has a piece in its text."""
    is_in = func.lower(messages.c.body).contains(piece.lower(), autoescape=True)
    return [messages.c.sender_kind.in_(SAID_BY), messages.c.source.is_distinct_from(TEMPLATE), is_in]
