"""Changing who I am (chatwoot.md 6.9)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dragoman.core.accounts import actions, queries, sessions
from dragoman.core.accounts.models import User
from dragoman.core.accounts.sessions import Claim
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot.auth import ChatwootRoute, NotYours
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.routes.agents import availability
from dragoman.dialects.chatwoot.routes.profile import profile_of
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Writer, principal
from dragoman.edge.replies import encoder, raw
from dragoman.store.tx import WriteTx

routes = APIRouter(prefix="/api/v1/profile", tags=["Profile"], route_class=ChatwootRoute)
TEXTS = ("display_name", "message_signature")


async def _me(request: Request, tx: WriteTx) -> User:
    """Raises NotYours for a key that stands for nobody."""
    user_id = principal(request).user_id
    if user_id is None:
        raise NotYours
    return await queries.active_user(tx, user_id)


async def _reply(request: Request, tx: WriteTx) -> Response:
    return raw(encoder.encode(await profile_of(request, tx, principal(request))))


@updates(routes, "", summary="Change who I am")
async def update_profile(request: Request, tx: Writer) -> Response:
    """`name`, `display_name`, `email`, `message_signature`, `ui_settings`, or `password` with `current_password`."""
    me, wanted = await _me(request, tx), await given(request, "profile")
    fields: dict[str, Any] = {"name": wanted.needed("name", most=255)} if wanted.get("name") else {}
    fields |= {"email": wanted.needed("email", most=320).lower()} if wanted.get("email") else {}
    profile: dict[str, Any] = {one: wanted.text(one) or None for one in TEXTS if one in wanted}
    if "ui_settings" in wanted:
        profile["ui_settings"] = {**me.profile.get("ui_settings", {}), **(wanted.object("ui_settings") or {})}
    fields |= {"profile": profile} if profile else {}
    fields |= await _password(tx, me, wanted)
    await actions.edit_user(tx, me.id, fields)
    return await _reply(request, tx)


async def _password(tx: WriteTx, me: User, wanted: Given) -> dict[str, Any]:
    """Raises Invalid unless the former one is given, too, where there is one."""
    if not wanted.get("password"):
        return {}
    password = wanted.needed("password", most=1000)
    if wanted.get("password_confirmation") not in (None, password):
        raise Invalid("password_confirmation", "password_confirmation doesn't match password")
    former = await queries.password_hash(tx, me.id)
    claim = Claim(tx.account_id, me, former)
    if former is not None and not await sessions.proven([claim], wanted.text("current_password", "", most=1000) or ""):
        raise Invalid("current_password", "current_password is wrong")
    return {"password": password}


@routes.post("/availability", summary="Say whether I am available")
async def set_my_availability(request: Request, tx: Writer) -> Response:
    """online, busy or offline."""
    me = await _me(request, tx)
    await actions.edit_user(tx, me.id, {"availability": availability(await given(request, "profile"))})
    return await _reply(request, tx)


@routes.post("/auto_offline", summary="Say whether I am away when I am not connected")
async def set_my_auto_offline(request: Request, tx: Writer) -> Response:
    me, wanted = await _me(request, tx), await given(request, "profile")
    await actions.edit_user(tx, me.id, {"profile": {"auto_offline": wanted.truth("auto_offline", False)}})
    return await _reply(request, tx)


@routes.put("/set_active_account", summary="Say which account I work in")
async def set_my_active_account(request: Request, tx: Writer) -> Response:
    """A credential belongs to one account: that one is the active one."""
    await _me(request, tx)
    return Response(status_code=200)
