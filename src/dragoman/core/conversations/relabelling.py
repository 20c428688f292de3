"""What carries a label follows its title, and loses it with the label (chatwoot.md 6.3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Text, cast

from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import change, queries
from dragoman.core.events import Happened
from dragoman.core.tags import fold_tag
from dragoman.store import schema
from dragoman.store.tx import Emitted, Tx, WriteTx

conversations, people = schema.conversations, schema.contacts


async def of_renamed(tx: WriteTx, event: Emitted) -> None:
    if event.data["former"] != event.data["title"]:
        await _relabel(tx, event.data["former"], event.data["title"])


async def of_deleted(tx: WriteTx, event: Emitted) -> None:
    await _relabel(tx, event.data["title"], None)


async def _relabel(tx: WriteTx, old: str, new: str | None) -> None:
    for conversation_id in await _conversations_with(tx, old):
        before = await queries.lock(tx, conversation_id)
        # The list stays in its order: nothing was done in the conversation itself.
        kept = {"tags": _replaced(before.tags, old, new), "last_activity_at": before.last_activity_at}
        after = await change.apply(tx, before, at=before.updated_at, **kept)
        tx.emit(Happened.DETAILS_CHANGED, after.id, changes={"tags": [list(before.tags), list(after.tags)]})
    like = people.c.tag_key.contains(f"\n{fold_tag(old)}\n", autoescape=True)
    rows = await tx.rows(tx.select(people.c.id, people.c.tags).where(like, people.c.deleted_at.is_(None)))
    for contact_id, tags in rows:
        await contacts.edit(tx, contact_id, {"tags": _replaced(tags, old, new)})


async def _conversations_with(tx: Tx, tag: str) -> list[int]:
    """In the order in which they are locked. The few that have tags at all are looked through."""
    have = cast(conversations.c.tags, Text) != "[]"
    rows = await tx.rows(tx.select(conversations.c.id, conversations.c.tags).where(have).order_by(conversations.c.id))
    return [row[0] for row in rows if any(fold_tag(one) == fold_tag(tag) for one in row[1])]


def _replaced(tags: Sequence[str], old: str, new: str | None) -> list[str]:
    swapped = [new if fold_tag(one) == fold_tag(old) else one for one in tags]
    return list(dict.fromkeys(one for one in swapped if one is not None))
