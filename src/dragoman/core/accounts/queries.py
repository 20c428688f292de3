"""Looking up users, teams and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_

from dragoman.core.access import Role
from dragoman.core.accounts.models import Credential, Member, Team, User
from dragoman.core.errors import NotFound
from dragoman.store import schema
from dragoman.store.prepared import Statements
from dragoman.store.records import columns, load
from dragoman.store.tx import Tx, WriteTx

users, teams, team_members, credentials = schema.users, schema.teams, schema.team_members, schema.credentials


@dataclass(frozen=True, slots=True)
class Identified:
    """A credential and, where it is a user's, the user."""

    credential: Credential
    user: User | None


async def identify(tx: Tx, secret_hash: str) -> Identified | None:
    """Whose secret has this hash; None when nobody's, revoked, or of an inactive user."""
    rows = await _IDENTITIES.latest(tx, "identify", _identities, {"secret_hash": secret_hash})
    if not rows:
        return None
    width = len(columns(Credential))
    credential, of_user = load(Credential, rows[0][:width]), rows[0][width:]
    if credential.user_id is None:
        return Identified(credential, None)
    return Identified(credential, load(User, of_user)) if of_user[0] is not None else None


def _identities(form: Tx) -> Select[*tuple[Any, ...]]:
    is_theirs = and_(
        users.c.account_id == credentials.c.account_id, users.c.id == credentials.c.user_id, users.c.is_active
    )
    return (
        form.select(Credential)
        .add_columns(*columns(User))
        .select_from(credentials.outerjoin(users, is_theirs))
        .where(credentials.c.secret_hash == bindparam("secret_hash"), credentials.c.revoked_at.is_(None))
    )


_IDENTITIES = Statements()


async def user(tx: Tx, user_id: int) -> User:
    """Raises NotFound."""
    found = await tx.find_one(User, id=user_id)
    if found is None:
        raise NotFound("User")
    return found


async def active_user(tx: Tx, user_id: int) -> User:
    """A user who can be given work. Raises NotFound."""
    found = await tx.find_one(User, id=user_id, is_active=True)
    if found is None:
        raise NotFound("Agent")
    return found


async def user_by_email(tx: Tx, email: str) -> User | None:
    return await tx.find_one(User, email_folded=email.strip().casefold())


async def password_hash(tx: Tx, user_id: int) -> str | None:
    found: str | None = await tx.scalar(tx.select(users.c.password_hash).where(users.c.id == user_id))
    return found


async def active_users(tx: Tx) -> list[User]:
    return await tx.find_all(User, "name", "id", is_active=True)


async def lock_administrators(tx: WriteTx) -> set[int]:
    """The ids of the active administrators; nobody else changes them meanwhile."""
    query = tx.select(users.c.id).where(users.c.role == Role.ADMINISTRATOR.value, users.c.is_active)
    return set(await tx.scalars(tx.lock(query.order_by(users.c.id))))


def _users_like(
    tx: Tx, entity: Any, role: str | None, is_active: bool | None, search: str | None
) -> Select[*tuple[Any, ...]]:
    query = tx.select(entity)
    if role is not None:
        query = query.where(users.c.role == role)
    if is_active is not None:
        query = query.where(users.c.is_active == is_active)
    if search:
        text = search.lower()
        query = query.where(
            or_(
                func.lower(users.c.name).contains(text, autoescape=True),
                users.c.email_folded.contains(search.casefold(), autoescape=True),
            )
        )
    return query


async def list_users(
    tx: Tx,
    *,
    role: str | None = None,
    is_active: bool | None = None,
    search: str | None = None,
    limit: int,
    offset: int,
) -> tuple[list[User], int]:
    """A page of users by name, and how many there are in all."""
    page = _users_like(tx, User, role, is_active, search).order_by(users.c.name, users.c.id)
    total = await tx.scalar(_users_like(tx, func.count(users.c.id), role, is_active, search))
    return await tx.all(User, page.limit(limit).offset(offset)), int(total)


async def team(tx: Tx, team_id: int) -> Team:
    """Raises NotFound."""
    found = await tx.find_one(Team, id=team_id)
    if found is None:
        raise NotFound("Team")
    return found


async def all_teams(tx: Tx) -> list[Team]:
    return await tx.find_all(Team, "name", "id")


async def list_teams(
    tx: Tx,
    *,
    search: str | None = None,
    department: str | None = None,
    location: str | None = None,
    limit: int,
    offset: int,
) -> tuple[list[Team], int]:
    """A page of teams by name, and how many there are in all."""
    wanted = []
    if search:
        wanted.append(func.lower(teams.c.name).contains(search.lower(), autoescape=True))
    if department is not None:
        wanted.append(teams.c.department == department)
    if location is not None:
        wanted.append(teams.c.location == location)
    total = await tx.scalar(tx.select(func.count(teams.c.id)).where(*wanted))
    page = tx.select(Team).where(*wanted).order_by(teams.c.name, teams.c.id).limit(limit).offset(offset)
    return await tx.all(Team, page), int(total)


async def member_counts(tx: Tx, ids: set[int]) -> dict[int, int]:
    """How many members each of the teams has."""
    query = tx.select(team_members.c.team_id, func.count(team_members.c.user_id))
    query = query.where(team_members.c.team_id.in_(ids)).group_by(team_members.c.team_id)
    return {row[0]: row[1] for row in await tx.rows(query)}


def _members(tx: Tx, team_id: int) -> Select[*tuple[Any, ...]]:
    joined = users.join(
        team_members, and_(team_members.c.account_id == users.c.account_id, team_members.c.user_id == users.c.id)
    )
    chosen = tx.select(User).add_columns(team_members.c.role, team_members.c.created_at).select_from(joined)
    return chosen.where(team_members.c.team_id == team_id).order_by(users.c.id)


def _member(row: Sequence[Any]) -> Member:
    width = len(columns(User))
    return Member(load(User, row[:width]), row[width], row[width + 1])


async def members(tx: Tx, team_id: int) -> list[Member]:
    """A team's members in the order of their ids, which is the order of rotation."""
    return [_member(row) for row in await tx.rows(_members(tx, team_id))]


async def member(tx: Tx, team_id: int, user_id: int) -> Member:
    """Raises NotFound."""
    row = await tx.row(_members(tx, team_id).where(users.c.id == user_id))
    if row is None:
        raise NotFound("Team member")
    return _member(row)


async def credential(tx: Tx, credential_id: int) -> Credential:
    """Raises NotFound."""
    found = await tx.find_one(Credential, id=credential_id)
    if found is None:
        raise NotFound("API key")
    return found


async def list_keys(tx: Tx) -> list[Credential]:
    return await tx.find_all(Credential, "id", revoked_at=None, kind="key")
