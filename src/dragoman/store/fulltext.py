"""Full text: one document per subject and per message, found by its words.

Words come in already folded (core/search/words.py), so SQLite's FTS5 and PostgreSQL's tsvector index the very same
tokens and a search finds the same conversations on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, literal_column, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from dragoman.store.schema import search_documents
from dragoman.store.tx import Tx, WriteTx

MAX_WORDS_BYTES = 400_000  # a tsvector holds 1 MiB, positions and all


async def index(tx: WriteTx, document_id: int, conversation_id: int, words: Sequence[str]) -> None:
    """Make a document findable; `document_id` is the id of the message, or of the conversation for its subject."""
    row = {"id": document_id, "conversation_id": conversation_id, "words": document(tx.account_id, words)}
    await tx.insert(search_documents, row)


async def reindex(tx: WriteTx, document_id: int, words: Sequence[str]) -> None:
    mine = tx.update(search_documents).where(search_documents.c.id == document_id)
    await tx.execute(mine.values(words=document(tx.account_id, words)))


async def move(tx: WriteTx, source_id: int, target_id: int) -> None:
    """Give the documents of one conversation's messages to another; its subject stays its own."""
    await tx.execute(
        tx.update(search_documents)
        .where(search_documents.c.conversation_id == source_id, search_documents.c.id != source_id)
        .values(conversation_id=target_id)
    )


def having(tx: Tx, word: str) -> Select[*tuple[Any, ...]]:
    """The ids of conversations one of whose documents has the word."""
    return tx.select(search_documents.c.conversation_id).where(_matches(tx, word))


def _matches(tx: Tx, word: str) -> ColumnElement[bool]:
    tokens = [_account_token(tx.account_id), word]
    if tx.session.dialect == "postgresql":
        query = " & ".join(f"'{token}'" for token in tokens)
        return literal_column("search_documents.lexemes").op("@@")(cast(query, TSQUERY))
    query = " AND ".join(f'"{token}"' for token in tokens)
    found: Select[*tuple[Any, ...]] = select(literal_column("rowid")).select_from(text("search_words"))
    return search_documents.c.id.in_(found.where(literal_column("search_words").op("MATCH")(query)))


def document(account_id: int, words: Sequence[str]) -> str:
    """What is kept of a document: each of its words once."""
    kept = " ".join(dict.fromkeys(words)).encode()[:MAX_WORDS_BYTES].decode(errors="ignore")
    return f"{_account_token(account_id)} {kept}".rstrip()  # a tsvector takes no empty word


def _account_token(account_id: int) -> str:
    """No word has an underscore in it, so this one keeps the accounts apart inside the index."""
    return f"a_{account_id}"
