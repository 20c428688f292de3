"""Who sees which inbox: administrators all, agents those that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_

from dragoman.core.access import Principal, Role
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.models import User
from dragoman.core.errors import Forbidden
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

inbox_members, users = schema.inbox_members, schema.users


@dataclass(frozen=True, slots=True)
class Reach:
    """The inboxes whose conversations somebody sees; None is every one, and what came through none."""

    inbox_ids: frozenset[int] | None

    def has(self, inbox_id: int | None) -> bool:
        return self.inbox_ids is None or inbox_id in self.inbox_ids


EVERYTHING = Reach(None)


async def reach_of(tx: Tx, who: Principal) -> Reach:
    """Keys that stand for nobody, and bots, see all that their scopes allow."""
    if who.is_administrator or who.user_id is None:
        return EVERYTHING
    return Reach(frozenset(await inboxes_of(tx, who.user_id)))


async def inboxes_of(tx: Tx, user_id: int) -> list[int]:
    return await tx.scalars(tx.select(inbox_members.c.inbox_id).where(inbox_members.c.user_id == user_id))


async def members_of(tx: Tx, inbox_id: int) -> list[User]:
    """The active members, by name."""
    theirs = tx.select(inbox_members.c.user_id).where(inbox_members.c.inbox_id == inbox_id)
    return await tx.all(User, tx.select(User).where(users.c.id.in_(theirs), users.c.is_active).order_by(users.c.name))


def require(reach: Reach, inbox_id: int | None) -> None:
    """Raises Forbidden."""
    if not reach.has(inbox_id):
        raise Forbidden("You are not authorized to do this action")


async def add(tx: WriteTx, inbox_id: int, user_ids: Iterable[int]) -> None:
    """Make users members; who is one stays one. Raises NotFound for an unknown user."""
    for user_id in sorted(set(user_ids)):
        await accounts.active_user(tx, user_id)
        row = {"inbox_id": inbox_id, "user_id": user_id, "created_at": tx.now}
        await tx.insert_new(inbox_members, row)
    tx.emit(Happened.INBOX_UPDATED, inbox_id=inbox_id, fields=["members"])


async def remove(tx: WriteTx, inbox_id: int, user_ids: Iterable[int]) -> None:
    theirs = (inbox_members.c.inbox_id == inbox_id, inbox_members.c.user_id.in_(set(user_ids)))
    await tx.execute(tx.delete(inbox_members).where(*theirs))
    tx.emit(Happened.INBOX_UPDATED, inbox_id=inbox_id, fields=["members"])


async def put(tx: WriteTx, inbox_id: int, user_ids: Iterable[int]) -> None:
    """Make these users the members, and nobody else. Raises NotFound for an unknown user."""
    wanted = set(user_ids)
    known = set(await tx.scalars(tx.select(inbox_members.c.user_id).where(inbox_members.c.inbox_id == inbox_id)))
    await add(tx, inbox_id, wanted - known)
    await remove(tx, inbox_id, known - wanted)


async def leave_all(tx: WriteTx, user_id: int) -> None:
    """Out of every inbox."""
    for inbox_id in sorted(await inboxes_of(tx, user_id)):
        await remove(tx, inbox_id, [user_id])


async def assignable(tx: Tx, inbox_ids: Iterable[int]) -> list[User]:
    """Whom conversations of all these inboxes may be given to: members of each, and administrators; by name."""
    query = tx.select(User).where(users.c.is_active)
    are_members = [
        users.c.id.in_(tx.select(inbox_members.c.user_id).where(inbox_members.c.inbox_id == one)) for one in inbox_ids
    ]
    may = or_(users.c.role == Role.ADMINISTRATOR.value, and_(*are_members)) if are_members else users.c.is_active
    return await tx.all(User, query.where(may).order_by(users.c.name, users.c.id))
