"""Who takes part in a conversation beside whoever has it (chatwoot.md 4: participants)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dragoman.core.access import Role
from dragoman.core.accounts.models import User
from dragoman.core.channels import members
from dragoman.core.conversations import queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.errors import Invalid
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

participants, mentions, users = schema.participants, schema.mentions, schema.users


async def of_conversation(tx: Tx, conversation_id: int) -> list[User]:
    """In the order in which they came."""
    ids = await _ids(tx, conversation_id)
    found = {one.id: one for one in await tx.all(User, tx.select(User).where(users.c.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


async def _ids(tx: Tx, conversation_id: int) -> list[int]:
    query = tx.select(participants.c.user_id).where(participants.c.conversation_id == conversation_id)
    return await tx.scalars(query.order_by(participants.c.created_at, participants.c.user_id))


async def add(tx: WriteTx, conversation_id: int, user_ids: Collection[int]) -> list[User]:
    """Those who were not among them before. Raises Invalid for somebody who does not see the inbox."""
    one = await queries.lock(tx, conversation_id)
    able = await able_users(tx, one, user_ids)
    if len(able) < len(set(user_ids)):
        raise Invalid("user_ids", "user_ids must be of users who have access to the inbox")
    return await _add(tx, one.id, able)


async def _add(tx: WriteTx, conversation_id: int, able: Iterable[User]) -> list[User]:
    new = []
    for user in sorted(able, key=lambda one: one.id):
        row = {"conversation_id": conversation_id, "user_id": user.id, "created_at": tx.now}
        if await tx.insert_new(participants, row):
            new.append(user)
    if new:
        tx.emit(Happened.PARTICIPANTS_CHANGED, conversation_id, added=[one.id for one in new], removed=[])
    return new


async def remove(tx: WriteTx, conversation_id: int, user_ids: Collection[int]) -> None:
    await queries.lock(tx, conversation_id)
    gone = sorted(set(await _ids(tx, conversation_id)) & set(user_ids))
    if not gone:
        return
    theirs = (participants.c.conversation_id == conversation_id, participants.c.user_id.in_(gone))
    await tx.execute(tx.delete(participants).where(*theirs))
    tx.emit(Happened.PARTICIPANTS_CHANGED, conversation_id, added=[], removed=gone)


async def replace(tx: WriteTx, conversation_id: int, user_ids: Collection[int]) -> list[User]:
    """These and no others; all of them. Raises Invalid as `add` does."""
    await add(tx, conversation_id, user_ids)
    await remove(tx, conversation_id, set(await _ids(tx, conversation_id)) - set(user_ids))
    return await of_conversation(tx, conversation_id)


async def able_users(tx: Tx, one: Conversation, user_ids: Collection[int]) -> list[User]:
    """Those of the users who see the conversation: members of its inbox, and administrators."""
    if not user_ids:
        return []
    known = await tx.all(User, tx.select(User).where(users.c.id.in_(set(user_ids)), users.c.is_active))
    inside = {user.id for user in await members.members_of(tx, one.inbox_id)} if one.inbox_id else set()
    return [user for user in known if user.role == Role.ADMINISTRATOR or user.id in inside]


async def mention(tx: WriteTx, one: Conversation, user_ids: Collection[int], *, message_id: int) -> None:
    """A note has named them: they take part from now on. Whoever does not see the conversation is passed over."""
    able = await able_users(tx, one, user_ids)
    if not able:
        return
    for user in sorted(able, key=lambda each: each.id):
        row = {"conversation_id": one.id, "user_id": user.id, "created_at": tx.now}
        if not await tx.insert_new(mentions, row):
            theirs = (mentions.c.conversation_id == one.id, mentions.c.user_id == user.id)
            await tx.execute(tx.update(mentions).where(*theirs).values(created_at=tx.now))
    await _add(tx, one.id, able)
    tx.emit(Happened.MENTIONED, one.id, message_id=message_id, user_ids=sorted(user.id for user in able))
