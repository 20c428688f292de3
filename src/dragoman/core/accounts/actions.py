"""Users, teams and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dragoman.core.access import EVERYTHING, SCOPES, Role
from dragoman.core.accounts import queries
from dragoman.core.accounts.models import Availability, Credential, RoutingMethod, Team, TeamRole, User
from dragoman.core.accounts.secrets import hash_password, new_secret, secret_hash
from dragoman.core.contacts.rules import clean_email, clean_name
from dragoman.core.errors import Conflict, Invalid, NotFound, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import names, values
from dragoman.store.tx import WriteTx

MIN_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential at its birth: the only moment its secret is known."""

    credential: Credential
    secret: str


async def add_user(tx: WriteTx, *, email: str, name: str, role: str, password: str | None = None) -> User:
    """Raises Invalid, and Conflict where the address is another user's."""
    if role not in Role.__members__.values():
        raise Invalid("role", f"A role is one of {', '.join(Role)}")
    user = User(
        id=await tx.next_id(),
        email=clean_email(email),
        name=clean_name(name),
        role=role,
        is_active=True,
        is_available=True,
        availability=Availability.ONLINE,
        profile={},
        last_login_at=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    row = values(user)
    row |= {"email_folded": user.email.casefold(), "password_hash": await _hashed(password)}
    if not await tx.insert_new(schema.users, row):
        raise Taken("email", "Another user has this e-mail address")
    tx.emit(Happened.USER_CREATED, user_id=user.id)
    return user


async def _hashed(password: str | None) -> str | None:
    """Hashing takes long on purpose: nobody else's request waits for it."""
    if password is None:
        return None
    if len(password) < MIN_PASSWORD:
        raise Invalid("password", f"A password takes at least {MIN_PASSWORD} characters")
    return await asyncio.to_thread(hash_password, password)


async def edit_user(tx: WriteTx, user_id: int, wanted: Mapping[str, Any]) -> User:
    """Change name, email, role, is_active, is_available, availability, profile (which is merged) or password.

    Raises NotFound, Invalid, Taken, and Conflict for the last active administrator.
    """
    before = await queries.user(tx, user_id)
    if not wanted:
        return before
    changes = {name: value for name, value in wanted.items() if name != "password"}
    if "name" in changes:
        changes["name"] = clean_name(changes["name"])
    if "email" in changes:
        changes["email"] = await _free_email(tx, changes["email"], user_id)
    if "profile" in changes:
        merged = {**before.profile, **changes["profile"]}
        changes["profile"] = {name: value for name, value in merged.items() if value is not None}
    if "availability" in changes:
        changes |= _present(changes["availability"])
    if "role" in changes and changes["role"] not in Role.__members__.values():
        raise Invalid("role", f"A role is one of {', '.join(Role)}")
    after = replace(before, **changes, updated_at=tx.now)
    if before.role == Role.ADMINISTRATOR and before.is_active:
        await _require_other_administrator(tx, after)
    written = {**changes, "updated_at": tx.now}
    if "email" in changes:
        written["email_folded"] = after.email.casefold()
    if wanted.get("password") is not None:
        written["password_hash"] = await _hashed(wanted["password"])
    await tx.execute(tx.update(schema.users).where(schema.users.c.id == user_id).values(written))
    tx.emit(Happened.USER_UPDATED, user_id=user_id, fields=sorted(wanted))
    return after


async def _free_email(tx: WriteTx, email: str, user_id: int) -> str:
    kept = clean_email(email)
    owner = await queries.user_by_email(tx, kept)
    if owner is not None and owner.id != user_id:
        raise Taken("email", "Another user has this e-mail address")
    return kept


def _present(availability: str) -> dict[str, Any]:
    """Only who is online is given work."""
    if availability not in Availability.__members__.values():
        raise Invalid("availability", f"An availability is one of {', '.join(Availability)}")
    return {"availability": availability, "is_available": availability == Availability.ONLINE}


async def _require_other_administrator(tx: WriteTx, after: User) -> None:
    if after.role == Role.ADMINISTRATOR and after.is_active:
        return
    if await queries.lock_administrators(tx) <= {after.id}:
        raise Conflict("The account needs an administrator")


async def issue_token(tx: WriteTx, user: User, pepper: bytes) -> Issued:
    """A token that acts as a user, with whatever the user's role allows."""
    return await issue(tx, "dt", "token", f"Token of {user.email}", [], pepper, user_id=user.id)


async def issue_key(tx: WriteTx, *, name: str, scopes: Sequence[str], user_id: int | None, pepper: bytes) -> Issued:
    """An API key with the given scopes, for a program or to act as a user.

    Raises Invalid for an unknown scope or none, NotFound for the user.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES and scope != EVERYTHING]
    if unknown or not scopes:
        raise Invalid("scopes", f"Unknown scope {unknown[0]!r}" if unknown else "Give at least one scope")
    if user_id is not None:
        await queries.active_user(tx, user_id)
    return await issue(tx, "ak_live", "key", clean_name(name), list(dict.fromkeys(scopes)), pepper, user_id=user_id)


async def issue(
    tx: WriteTx,
    prefix: str,
    kind: str,
    name: str,
    scopes: list[str],
    pepper: bytes,
    *,
    user_id: int | None = None,
    bot_id: int | None = None,
) -> Issued:
    """A credential of a kind, for somebody or nobody."""
    secret = new_secret(prefix, tx.account_id)
    credential = Credential(
        id=await tx.next_id(),
        user_id=user_id,
        bot_id=bot_id,
        kind=kind,
        name=name,
        hint=secret[: len(prefix) + 9],
        scopes=scopes,
        created_at=tx.now,
        revoked_at=None,
    )
    row = values(credential)
    await tx.insert(schema.credentials, {**row, "secret_hash": secret_hash(secret, pepper)})
    tx.emit(Happened.KEY_CREATED, key_id=credential.id, user_id=user_id)
    return Issued(credential, secret)


async def revoke_key(tx: WriteTx, credential_id: int) -> None:
    """Raises NotFound."""
    keys = schema.credentials
    mine = (keys.c.id == credential_id, keys.c.kind == "key", keys.c.revoked_at.is_(None))
    revoked = await tx.execute(tx.update(keys).where(*mine).values(revoked_at=tx.now))
    if not revoked.rowcount:
        raise NotFound("API key")
    tx.emit(Happened.KEY_REVOKED, key_id=credential_id)


async def add_team(tx: WriteTx, given: Mapping[str, Any]) -> Team:
    """Raises Invalid, and NotFound for an unknown user to escalate to."""
    blank: dict[str, Any] = dict.fromkeys(names(Team))
    blank |= {"routing_method": RoutingMethod.ROUND_ROBIN.value, "assigns_members": False, **given}
    blank |= {"id": await tx.next_id(), "created_at": tx.now, "updated_at": tx.now}
    team = await _checked(tx, Team(**blank))
    await tx.insert(schema.teams, values(team))
    tx.emit(Happened.TEAM_CREATED, team_id=team.id)
    return team


async def _checked(tx: WriteTx, team: Team) -> Team:
    if team.escalate_to_user_id is not None:
        await queries.active_user(tx, team.escalate_to_user_id)
    if team.email is not None:
        clean_email(team.email)
    return replace(team, name=clean_name(team.name or ""))


async def edit_team(tx: WriteTx, team_id: int, wanted: Mapping[str, Any]) -> Team:
    """Change the fields in `wanted` and no others. Raises NotFound and Invalid."""
    before = await queries.team(tx, team_id)
    if not wanted:
        return before
    after = await _checked(tx, replace(before, **wanted, updated_at=tx.now))
    row = {name: getattr(after, name) for name in (*wanted, "updated_at")}
    await tx.execute(tx.update(schema.teams).where(schema.teams.c.id == team_id).values(row))
    tx.emit(Happened.TEAM_UPDATED, team_id=team_id, fields=sorted(wanted))
    return after


async def put_member(tx: WriteTx, team_id: int, user_id: int, role: TeamRole) -> None:
    """Make a user a member, or change the role of one. Raises NotFound."""
    await queries.team(tx, team_id)
    await queries.active_user(tx, user_id)
    row = {"account_id": tx.account_id, "team_id": team_id, "user_id": user_id, "role": role.value}
    insert = tx.upsert(schema.team_members).values({**row, "created_at": tx.now})
    await tx.execute(
        insert.on_conflict_do_update(index_elements=["account_id", "team_id", "user_id"], set_={"role": role.value})
    )
    tx.emit(Happened.TEAM_UPDATED, team_id=team_id, fields=["members"])


async def remove_member(tx: WriteTx, team_id: int, user_id: int) -> None:
    """Raises NotFound when the team does not exist or the user is not in it."""
    await queries.team(tx, team_id)
    rows = schema.team_members
    gone = await tx.execute(tx.delete(rows).where(rows.c.team_id == team_id, rows.c.user_id == user_id))
    if not gone.rowcount:
        raise NotFound("Team member")
    tx.emit(Happened.TEAM_UPDATED, team_id=team_id, fields=["members"])


async def record_login(tx: WriteTx, user_id: int) -> None:
    """When somebody last signed in; no event, since nothing that anybody is shown elsewhere has changed."""
    users = schema.users
    await tx.execute(tx.update(users).where(users.c.id == user_id).values(last_login_at=tx.now))
