"""Users: the people who answer, for administrators (aurion.md 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path, Query, Request
from starlette.responses import Response

from dragoman.core.access import EVERYTHING, Principal, Role
from dragoman.core.accounts import actions, queries
from dragoman.core.errors import Invalid
from dragoman.dialects.aurion import present_people as present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.routes.paging import Text, words
from dragoman.dialects.aurion.wire.people import NewUserOut, UserOut, UserPageOut
from dragoman.dialects.aurion.wire.people_inputs import UserIn, UserPatchIn
from dragoman.edge.doors import Reader, Who, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply, reply_once
from dragoman.edge.services import services

routes = router("/api/v1/users", "Users")
UserId = Annotated[str, Path(max_length=200)]
MOST_PAGES = 1_000_000


@routes.get("", responses=returns(UserPageOut), summary="List users")
async def list_users(
    tx: Reader,
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    role: Annotated[Role | None, Query()] = None,
    is_active: Annotated[bool | None, Query()] = None,
    search: Annotated[Text, Query(description="A part of the name or e-mail address")] = None,
) -> Response:
    """By name."""
    found, total = await queries.list_users(
        tx,
        role=role.value if role else None,
        is_active=is_active,
        search=words(search),
        limit=page_size,
        offset=(page - 1) * page_size,
    )
    pages = -(-total // page_size)
    return reply(UserPageOut([present.user(one) for one in found], page, page_size, total, pages))


@routes.post("", status_code=201, responses=returns(NewUserOut, 201), summary="Create a user")
async def create_user(body: UserIn, tx: Writer, who: Who, request: Request) -> Response:
    """The access token acts as the user; it is shown this once."""
    _require_reach(who, body.role)
    user = await actions.add_user(
        tx, email=body.email, name=_name(body.full_name, body.name), role=body.role.value, password=body.password
    )
    issued = await actions.issue_token(tx, user, services(request).pepper)
    return reply_once(present.new_user(user, issued.secret))


def _name(full_name: str | None, name: str | None) -> str:
    """Raises Invalid for two that differ, or none."""
    if full_name and name and full_name != name:
        raise Invalid("name", "Differs from full_name")
    if not full_name and not name:
        raise Invalid("full_name", "Field required")
    return full_name or name or ""


def _require_reach(who: Principal, *roles: str) -> None:
    """An administrator may do everything, so only who may do everything makes or changes one. Raises MissingScope."""
    if Role.ADMINISTRATOR in roles:
        who.require(EVERYTHING)


@routes.get("/{user_id}", responses=returns(UserOut), summary="Get a user")
async def get_user(user_id: UserId, tx: Reader) -> Response:
    return reply(present.user(await queries.user(tx, read(Prefix.USER, user_id))))


@routes.patch("/{user_id}", responses=returns(UserOut), summary="Update a user")
async def update_user(user_id: UserId, body: UserPatchIn, tx: Writer, who: Who) -> Response:
    """Changes what is sent and nothing else. The last active administrator stays one."""
    number = read(Prefix.USER, user_id)
    sent = _changes(body.model_dump(exclude_unset=True))
    before = await queries.user(tx, number)
    _require_reach(who, before.role, sent.get("role", before.role))
    return reply(present.user(await actions.edit_user(tx, number, sent)))


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: value for name, value in sent.items() if name not in ("full_name", "name")}
    if "full_name" in sent or "name" in sent:
        changes["name"] = _name(sent.get("full_name"), sent.get("name"))
    if "role" in changes:
        changes["role"] = changes["role"].value
    return changes
