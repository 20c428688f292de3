"""Parents and children, links, and merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Conversation, Link, LinkType
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Conflict, Invalid, NotFound, Refused
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

links, conversations = schema.links, schema.conversations


async def set_parent(tx: WriteTx, conversation_id: int, parent_id: int | None) -> Conversation:
    """Put it under another one, or under none. Raises Refused where that would go round in a circle."""
    before = await _lock_family(tx, conversation_id, parent_id)
    require_allowed(Action.CHANGE, before)
    if parent_id is not None:
        await _require_parent(tx, conversation_id, parent_id)
    if parent_id == before.parent_id:
        return before
    return await _put_under(tx, before, parent_id)


async def _put_under(tx: WriteTx, before: Conversation, parent_id: int | None) -> Conversation:
    after = await change.apply(tx, before, parent_id=parent_id)
    tx.emit(Happened.PARENT_SET, after.id, changes={"parent_id": [before.parent_id, parent_id]})
    return after


async def _lock_family(tx: WriteTx, conversation_id: int, parent_id: int | None) -> Conversation:
    """Both ends, lower id first: two that are put under each other at once must not both succeed, nor wait for ever."""
    if parent_id is None or parent_id > conversation_id:
        here = await queries.lock(tx, conversation_id)
        await _lock_parent(tx, parent_id)
        return here
    await _lock_parent(tx, parent_id)
    return await queries.lock(tx, conversation_id)


async def _lock_parent(tx: WriteTx, parent_id: int | None) -> None:
    if parent_id is not None:
        await tx.row(tx.lock(tx.select(conversations.c.id).where(conversations.c.id == parent_id)))


async def _require_parent(tx: WriteTx, conversation_id: int, parent_id: int) -> None:
    try:
        await queries.get(tx, parent_id)
    except NotFound:
        raise NotFound("Parent conversation") from None
    if conversation_id == parent_id or conversation_id in await queries.ancestors(tx, parent_id):
        raise Refused("A conversation cannot be its own ancestor")


async def links_of(tx: Tx, conversation_id: int) -> list[Link]:
    """Stored links from either end, and those that parents and children imply (aurion.md 6.4); oldest first."""
    here = await queries.get(tx, conversation_id)
    found = [*await _stored(tx, conversation_id), *await _implied(tx, here)]
    return sorted(found, key=lambda link: (link.created_at, link.linked.id))


async def _stored(tx: Tx, conversation_id: int) -> list[Link]:
    """Without those to conversations that are deleted: they come back when it is restored."""
    query = tx.select(
        links.c.id, links.c.conversation_id, links.c.linked_conversation_id, links.c.link_type, links.c.created_at
    )
    # Asked from each end: by either there is an index, by both there is none.
    ends = [query.where(end == conversation_id) for end in (links.c.conversation_id, links.c.linked_conversation_id)]
    linked = [row for end in ends for row in await tx.rows(end)]
    rows = [(row[0], row[2] if row[1] == conversation_id else row[1], row[3], row[4]) for row in linked]
    others = {one.id: one for one in await _by_ids(tx, [row[1] for row in rows]) if one.deleted_at is None}
    return [Link(row[0], None, others[row[1]], LinkType(row[2]), row[3]) for row in rows if row[1] in others]


async def _implied(tx: Tx, here: Conversation) -> list[Link]:
    found = [
        Link(None, child.conversation.id, child.conversation, LinkType.CHILD, child.conversation.created_at)
        for child in await queries.children(tx, here.id)
    ]
    if here.parent_id is not None:
        parent = await queries.find(tx, here.parent_id)
        if parent.deleted_at is None:
            found.append(Link(None, here.id, parent, LinkType.PARENT, here.created_at))
    return found


async def _by_ids(tx: Tx, ids: Sequence[int]) -> list[Conversation]:
    return await tx.all(Conversation, tx.select(Conversation).where(conversations.c.id.in_(ids)))


async def link(tx: WriteTx, conversation_id: int, other_id: int, link_type: LinkType) -> Link:
    """Tie two conversations; parent and child are tied by the child's parent. Raises Refused, Conflict, NotFound."""
    if conversation_id == other_id:
        raise Refused("A conversation cannot be linked to itself")
    here = await queries.get(tx, conversation_id)
    require_allowed(Action.CHANGE, here)
    other = await queries.get(tx, other_id)
    if link_type in (LinkType.PARENT, LinkType.CHILD):
        return await _tie_family(tx, here, other, link_type)
    first, second = sorted((conversation_id, other_id))
    ends = {one: await queries.lock(tx, one) for one in (first, second)}
    row = {
        "id": await tx.next_id(),
        "conversation_id": first,
        "linked_conversation_id": second,
        "link_type": link_type.value,
        "created_by": tx.actor.id,
        "created_at": tx.now,
    }
    if not await tx.insert_new(links, row):
        raise Conflict(f"The conversations are already linked as {link_type.value}")
    await _touch_both(tx, ends, Happened.LINK_ADDED, link_type)
    return Link(row["id"], None, other, link_type, tx.now)  # type: ignore[arg-type]


async def _tie_family(tx: WriteTx, here: Conversation, other: Conversation, link_type: LinkType) -> Link:
    child, parent = (here, other) if link_type is LinkType.PARENT else (other, here)
    if child.parent_id == parent.id:
        raise Conflict(f"The conversations are already linked as {link_type.value}")
    await set_parent(tx, child.id, parent.id)
    return Link(None, child.id, other, link_type, tx.now)


async def _touch_both(tx: WriteTx, ends: Mapping[int, Conversation], happened: Happened, link_type: LinkType) -> None:
    one_id, other_id = ends
    for here_id, there_id in ((one_id, other_id), (other_id, one_id)):
        await change.apply(tx, ends[here_id])
        tx.emit(happened, here_id, linked_conversation_id=there_id, link_type=link_type.value)


async def unlink(tx: WriteTx, conversation_id: int, link_id: int) -> None:
    """Raises NotFound for a link that is not this conversation's."""
    await queries.get(tx, conversation_id)
    found = next((one for one in await _stored(tx, conversation_id) if one.id == link_id), None)
    if found is None:
        raise NotFound("Link")
    ends = {one: await queries.lock(tx, one) for one in sorted((conversation_id, found.linked.id))}
    gone = await tx.execute(tx.delete(links).where(links.c.id == link_id))
    if not gone.rowcount:
        raise NotFound("Link")
    await _touch_both(tx, ends, Happened.LINK_DELETED, found.link_type)


async def unlink_family(tx: WriteTx, conversation_id: int, child_id: int) -> None:
    """Take apart a parent and a child, from either end. Raises NotFound where they are not."""
    await queries.get(tx, conversation_id)
    child = await queries.lock(tx, child_id)
    if child.deleted_at is not None or child.parent_id is None or conversation_id not in (child_id, child.parent_id):
        raise NotFound("Link")
    await _put_under(tx, child, None)


def require_sources(primary_id: int, source_ids: Sequence[int]) -> list[int]:
    """The distinct sources of a merge. Raises Refused for none, or for the primary among them."""
    if not source_ids:
        raise Refused("Name at least one conversation to merge")
    if primary_id in source_ids:
        raise Refused("A conversation cannot be merged into itself")
    if len(source_ids) > 100:
        raise Invalid("source_conversation_ids", "At most 100 conversations can be merged at once")
    return list(dict.fromkeys(source_ids))
