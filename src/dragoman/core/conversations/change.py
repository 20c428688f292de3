"""The one way a conversation changes: its row, and what it is found by, in step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_

from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import state_of, visibility
from dragoman.core.search import words
from dragoman.core.tags import fold_tag
from dragoman.store import fulltext, schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

conversations = schema.conversations
# What is told of in the thread when it changes, beside what is said.
ACTIVITY = frozenset(
    {"status", "priority", "tags", "assignee_user_id", "assignee_team_id", "assignee_bot_id", "snoozed_until"}
)


async def apply(tx: WriteTx, before: Conversation, *, at: datetime | None = None, **changes: Any) -> Conversation:
    """Write changed fields and raise the version by one. `at` dates it: imported history has its own."""
    return await _write(tx, before, at or tx.now, {**changes, "version": before.version + 1})


async def complete(tx: WriteTx, before: Conversation, *, at: datetime | None = None, **changes: Any) -> Conversation:
    """The same to a conversation made in this very transaction: nobody has seen it, so its version stays."""
    return await _write(tx, before, at or tx.now, changes)


async def mark(tx: WriteTx, before: Conversation, **changes: Any) -> Conversation:
    """The same for what somebody has seen of it: nothing was changed in it, so neither version nor time rise."""
    # What is shown of it has changed all the same.
    return await _write(tx, before, before.updated_at, {**changes, "renderings": before.renderings + 1})


_ALWAYS = ("updated_at", "last_activity_at", "visibility", "state", "is_unattended")


async def _write(tx: WriteTx, before: Conversation, at: datetime, changes: dict[str, Any]) -> Conversation:
    after = _changed(before, at, changes)
    written = {name: getattr(after, name) for name in {*changes, *_ALWAYS}}
    await tx.alter(conversations, before.id, written)
    await _keep_in_step(tx, before, after)
    return after


async def create(tx: WriteTx, conversation: Conversation) -> None:
    """Write a new conversation where lists, counts and searches find it."""
    await tx.insert(conversations, values(conversation))
    await _name_tags(tx, conversation.tags)
    await _let_follow(tx, conversation.id, conversation.assignee_user_id)
    await fulltext.index(tx, conversation.id, conversation.id, words.document_words(conversation.subject))


def _changed(before: Conversation, at: datetime, changes: dict[str, Any]) -> Conversation:
    decides = {name: changes.get(name, getattr(before, name)) for name in ("archived_at", "is_spam", "deleted_at")}
    times = {"updated_at": max(at, before.updated_at), "last_activity_at": before.last_activity_at}
    if ACTIVITY & changes.keys():
        times["last_activity_at"] = max(at, before.last_activity_at)
    after = replace(before, **{**times, **changes, "visibility": visibility(**decides)})
    is_unattended = after.first_human_response_at is None or after.waiting_since is not None
    return replace(after, state=state_of(after.status, after.snoozed_until), is_unattended=is_unattended)


async def _keep_in_step(tx: WriteTx, before: Conversation, after: Conversation) -> None:
    await _name_tags(tx, [tag for tag in after.tags if tag not in before.tags])
    if before.assignee_user_id != after.assignee_user_id:
        await _let_follow(tx, after.id, after.assignee_user_id)
    if before.subject != after.subject:
        await fulltext.reindex(tx, after.id, words.document_words(after.subject))


async def _let_follow(tx: WriteTx, conversation_id: int, user_id: int | None) -> None:
    """Whoever gets a conversation takes part in it, also when it goes on to somebody else (chatwoot.md 4)."""
    if user_id is not None:
        row = {"conversation_id": conversation_id, "user_id": user_id, "created_at": tx.now}
        await tx.insert_new(schema.participants, row)


async def _name_tags(tx: WriteTx, tags: Iterable[str]) -> None:
    """A tag is spelled as whoever used it first spelled it."""
    # Always in one order: two that name the same new tags would else wait for each other.
    for tag in sorted(tags, key=fold_tag):
        await tx.insert_new(schema.tags, {"folded": fold_tag(tag), "name": tag})


async def rerender(tx: WriteTx, **whose: int) -> None:
    """Something that conversations show has changed elsewhere: a contact's name, a team's."""
    mine = and_(*(conversations.c[name] == value for name, value in whose.items()))
    raised = {"renderings": conversations.c.renderings + 1, "changed_in": await tx.stamp()}
    await tx.execute(tx.update(conversations).where(mine).values(raised))
