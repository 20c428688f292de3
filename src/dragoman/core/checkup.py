"""Whether what is kept twice says the same, conversation by conversation; `mend` makes it so again.

The core keeps these in step in every transaction. A restored backup, a fault on the disk or a hand in the database
can part them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from dragoman.core.conversations import rules
from dragoman.core.conversations.models import Conversation
from dragoman.core.search.words import document_words
from dragoman.core.tags import fold_tag
from dragoman.store import fulltext, schema
from dragoman.store.tx import Tx, WriteTx

conversations, messages, tags = schema.conversations, schema.messages, schema.tags


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is visibility, state, message_count, tag or words; `kept` is what the database says, `right` what it
    should. Words are those of a document, which has the id of its message, or of the conversation for the subject.
    """

    conversation_id: int
    what: str
    kept: Any
    right: Any
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is looked at of some conversations, of one moment."""

    rows: Sequence[Conversation]
    bodies: Mapping[int, Mapping[int, str]]  # conversation → message → body
    documents: Mapping[int, Mapping[int, str]]  # conversation → document → words
    named_tags: set[str]
    removed: set[int]  # messages whose words nothing finds any more


async def batch(tx: Tx, *, after: int, limit: int) -> list[int]:
    """The next conversations of the account by id, deleted ones too."""
    query = tx.select(conversations.c.id).where(conversations.c.id > after)
    return await tx.scalars(query.order_by(conversations.c.id).limit(limit))


async def count(tx: Tx) -> int:
    return int(await tx.scalar(tx.select(func.count(conversations.c.id))))


async def examine(tx: Tx, conversation_ids: Sequence[int]) -> list[Finding]:
    """What is wrong with these conversations."""
    facts = await _facts(tx, conversation_ids)
    return [finding for row in facts.rows for finding in _examined(row, facts, tx.account_id)]


async def mend(tx: WriteTx, conversation_id: int) -> list[Finding]:
    """Look again at a conversation that nobody else changes meanwhile, and put right what is wrong; what that was."""
    if await tx.lock_one(Conversation, id=conversation_id) is None:
        return []
    found = await examine(tx, [conversation_id])
    columns = {one.what: one.right for one in found if one.what in ("visibility", "state", "message_count")}
    if columns:
        await tx.alter(conversations, conversation_id, columns)
    for one in found:
        if one.what == "tag":
            await tx.insert_new(tags, {"folded": fold_tag(one.right), "name": one.right})
        elif one.document_id is not None:
            await fulltext.replace(tx, one.document_id, conversation_id, one.right)
    return found


async def touch(tx: WriteTx, conversation_ids: Sequence[int]) -> None:
    """Mark conversations as changed, so that whoever follows them reads them again."""
    mine = tx.update(conversations).where(conversations.c.id.in_(conversation_ids))
    await tx.execute(mine.values(changed_in=await tx.stamp()))


async def _facts(tx: Tx, ids: Sequence[int]) -> Facts:
    rows = await tx.all(Conversation, tx.select(Conversation).where(conversations.c.id.in_(ids)))
    columns = (messages.c.conversation_id, messages.c.id, messages.c.body)
    said = await tx.rows(tx.select(*columns).where(messages.c.conversation_id.in_(ids)))
    folded = {fold_tag(tag) for row in rows for tag in row.tags}
    named = await tx.scalars(tx.select(tags.c.folded).where(tags.c.folded.in_(folded)))
    is_gone = (messages.c.conversation_id.in_(ids), messages.c.removed_at.is_not(None))
    removed = await tx.scalars(tx.select(messages.c.id).where(*is_gone))
    documents = _by_conversation(await fulltext.documents_of(tx, ids))
    return Facts(rows, _by_conversation(said), documents, set(named), set(removed))


def _by_conversation(rows: Iterable[Sequence[Any]]) -> Mapping[int, Mapping[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for conversation_id, own_id, text in rows:
        found[conversation_id][own_id] = text
    return found


def _examined(row: Conversation, facts: Facts, account_id: int) -> Iterable[Finding]:
    seen_as = rules.visibility(archived_at=row.archived_at, is_spam=row.is_spam, deleted_at=row.deleted_at)
    if row.visibility != seen_as:
        yield Finding(row.id, "visibility", row.visibility, seen_as)
    state = rules.state_of(row.status, row.snoozed_until)
    if row.state != state:
        yield Finding(row.id, "state", row.state, state)
    bodies = facts.bodies.get(row.id, {})
    if row.message_count != len(bodies):
        yield Finding(row.id, "message_count", row.message_count, len(bodies))
    for tag in row.tags:
        if fold_tag(tag) not in facts.named_tags:
            yield Finding(row.id, "tag", None, tag)
    texts = {one: text for one, text in bodies.items() if one not in facts.removed} | {row.id: row.subject}
    kept = facts.documents.get(row.id, {})
    for document_id in texts.keys() | kept.keys():
        right = fulltext.document(account_id, document_words(texts[document_id])) if document_id in texts else None
        if kept.get(document_id) != right:
            yield Finding(row.id, "words", kept.get(document_id), right, document_id)
