"""Full text: one document per subject and per message, found by its words.

Words come in already folded (core/search/words.py), so SQLite's FTS5 and PostgreSQL's tsvector index the very same
tokens and a search finds the same conversations on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import DatabaseError
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, cast, column, literal_column, table
from sqlalchemy.dialects.postgresql import TSQUERY

from dragoman.store.prepared import Statements
from dragoman.store.schema import search_documents
from dragoman.store.tx import Session, Tx, WriteTx

CHECK = "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"
REBUILD = "INSERT INTO search_words (search_words) VALUES ('rebuild')"
_SOME, _ALL = Statements(), Statements()
MAX_WORDS_BYTES = 400_000  # a tsvector holds 1 MiB, positions and all


async def index(tx: WriteTx, document_id: int, conversation_id: int, words: Sequence[str]) -> None:
    """Make a document findable; `document_id` is the id of the message, or of the conversation for its subject."""
    row = {"id": document_id, "conversation_id": conversation_id, "words": document(tx.account_id, words)}
    await tx.insert(search_documents, row)


async def reindex(tx: WriteTx, document_id: int, words: Sequence[str]) -> None:
    mine = tx.update(search_documents).where(search_documents.c.id == document_id)
    await tx.execute(mine.values(words=document(tx.account_id, words)))


async def documents_of(tx: Tx, conversation_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
    """Rows of a conversation's id, a document's id and what is kept of it."""
    columns = (search_documents.c.conversation_id, search_documents.c.id, search_documents.c.words)
    return await tx.rows(tx.select(*columns).where(search_documents.c.conversation_id.in_(conversation_ids)))


async def replace(tx: WriteTx, document_id: int, conversation_id: int, words: str | None) -> None:
    """Keep this of a document (see `document`), wherever it was before, or nothing of it."""
    await tx.execute(tx.delete(search_documents).where(search_documents.c.id == document_id))
    if words is not None:
        row = {"id": document_id, "conversation_id": conversation_id, "words": words}
        await tx.insert(search_documents, row)


async def is_intact(session: Session) -> bool:
    """Whether words find the documents that have them. Only SQLite keeps an index that could say otherwise."""
    if session.dialect != "sqlite":
        return True
    try:
        await session.fetch(CHECK, (), is_slow=True)
    except DatabaseError:
        return False
    return True


async def rebuild(session: Session) -> None:
    """Make that index anew from the documents."""
    await session.fetch(REBUILD, (), is_slow=True)


async def move(tx: WriteTx, source_id: int, target_id: int) -> None:
    """Give the documents of one conversation's messages to another; its subject stays its own."""
    await tx.execute(
        tx.update(search_documents)
        .where(search_documents.c.conversation_id == source_id, search_documents.c.id != source_id)
        .values(conversation_id=target_id)
    )


async def some_having(tx: Tx, word: str, limit: int) -> list[int]:
    """The conversations of the first documents that have the word: as quick for a common word as for a rare one."""
    rows = await _SOME.rows(tx, "some", _first_having, {"query": _query(tx, word), "limit": limit})
    return [row[0] for row in rows]


async def all_having(tx: Tx, word: str) -> set[int]:
    """Every conversation one of whose documents has the word; nobody else waits for it."""
    found: set[int] = set()

    def take(rows: list[tuple[Any, ...]]) -> None:
        found.update(row[0] for row in rows)

    await _ALL.stream(tx, "all", _having, {"query": _query(tx, word)}, take)
    return found


def _query(tx: Tx, word: str) -> str:
    tokens = [_account_token(tx.account_id), word]
    if tx.session.dialect == "postgresql":
        return " & ".join(f"'{token}'" for token in tokens)
    return " AND ".join(f'"{token}"' for token in tokens)


def _first_having(form: Tx) -> Select[*tuple[Any, ...]]:
    return _having(form).limit(bindparam("limit", type_=Integer))


def _having(form: Tx) -> Select[*tuple[Any, ...]]:
    query = bindparam("query", type_=Text)
    of_documents = form.select(search_documents.c.conversation_id)
    if form.session.dialect == "postgresql":
        return of_documents.where(literal_column("search_documents.lexemes").op("@@")(cast(query, TSQUERY)))
    # Joined from the words' side, whose rows come one by one: a limit ends it.
    words = table("search_words", column("rowid"))
    is_found: ColumnElement[bool] = literal_column("search_words").op("MATCH")(query)
    joined = words.join(search_documents, search_documents.c.id == words.c.rowid)
    return of_documents.select_from(joined).where(is_found)


def document(account_id: int, words: Sequence[str]) -> str:
    """What is kept of a document: each of its words once."""
    kept = " ".join(dict.fromkeys(words)).encode()[:MAX_WORDS_BYTES].decode(errors="ignore")
    return f"{_account_token(account_id)} {kept}".rstrip()  # a tsvector takes no empty word


def _account_token(account_id: int) -> str:
    """No word has an underscore in it, so this one keeps the accounts apart inside the index."""
    return f"a_{account_id}"


async def words_with(tx: Tx, piece: str, limit: int) -> list[str]:
    """The words in use, of any account, that have a piece in them. SQLite only: it keeps them by themselves."""
    query = "SELECT term FROM search_vocabulary WHERE instr(term, ?) LIMIT ?"
    return [row[0] for row in await tx.session.fetch(query, [piece, limit], is_slow=True)]


def of_words(tx: Tx, groups: Sequence[Sequence[str]]) -> ColumnElement[bool]:
    """SQLite: whether a document has a word of each group; for a query that joins `search_words`."""
    parts = [f'"{_account_token(tx.account_id)}"']
    parts += ["(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in groups]
    is_found: ColumnElement[bool] = literal_column("search_words").op("MATCH")(" AND ".join(parts))
    return is_found


def of_pieces(pieces: Sequence[str]) -> ColumnElement[bool]:
    """PostgreSQL: whether a document has each piece somewhere in its words."""
    return and_(*(search_documents.c.words.contains(one, autoescape=True) for one in pieces))
