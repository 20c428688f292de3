"""The people who answer (chatwoot.md 6.4)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.access import Role
from dragoman.core.accounts import actions, queries
from dragoman.core.accounts.models import Availability, User
from dragoman.core.conversations import leaving
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import present_people
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import WriteTx

routes = router("/agents", tag="Agents")


def role(wanted: Given) -> str:
    """Raises Invalid; clients send the numbers of the two, too."""
    word = wanted.text("role") or Role.AGENT.value
    found = {"0": Role.AGENT.value, "1": Role.ADMINISTRATOR.value}.get(word, word)
    if found not in (Role.AGENT, Role.ADMINISTRATOR):
        raise Invalid("role", "role is administrator or agent")
    return found


def availability(wanted: Given) -> str:
    """Raises Invalid."""
    word = wanted.text("availability") or ""
    places = {"0": Availability.ONLINE.value, "1": Availability.OFFLINE.value, "2": Availability.BUSY.value}
    found = places.get(word, word)
    if found not in Availability.__members__.values():
        raise Invalid("availability", f"availability is one of {', '.join(Availability)}")
    return found


def _fields(wanted: Given) -> dict[str, Any]:
    """Those that are given. Raises Invalid."""
    found: dict[str, Any] = {"name": wanted.needed("name", most=255)} if "name" in wanted else {}
    found |= {"role": role(wanted)} if "role" in wanted else {}
    found |= {"availability": availability(wanted)} if wanted.get("availability") else {}
    if "auto_offline" in wanted:
        found["profile"] = {"auto_offline": wanted.truth("auto_offline", False)}
    return found


@routes.get("", summary="List agents")
async def list_agents(tx: Reader) -> Response:
    """By name."""
    return reply([present_people.agent(one, tx.account_id) for one in await queries.active_users(tx)])


@routes.post("", summary="Add an agent")
async def create_agent(request: Request, tx: Writer) -> Response:
    """Administrators. Who was removed comes back."""
    require_administrator(principal(request))
    wanted = await given(request, "agent")
    email = wanted.needed("email", most=320).lower()
    fields = {"name": email.partition("@")[0], "role": role(wanted), **_fields(wanted)}
    added = await _added(tx, email, fields)
    return reply(present_people.agent(added, tx.account_id))


async def _added(tx: WriteTx, email: str, fields: dict[str, Any]) -> User:
    known = await queries.user_by_email(tx, email)
    if known is not None and not known.is_active:
        return await actions.edit_user(tx, known.id, {"is_active": True, "is_available": True, **fields})
    made = await actions.add_user(tx, email=email, name=fields["name"], role=fields["role"])
    more = {name: value for name, value in fields.items() if name not in ("name", "role")}
    return await actions.edit_user(tx, made.id, more)


@updates(routes, "/{agent_id}", summary="Update an agent")
async def update_agent(agent_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. 422 for the last administrator's becoming an agent."""
    require_administrator(principal(request))
    known = await queries.active_user(tx, number(agent_id, "Agent"))
    after = await actions.edit_user(tx, known.id, _fields(await given(request, "agent")))
    return reply(present_people.agent(after, tx.account_id))


@routes.delete("/{agent_id}", summary="Remove an agent")
async def delete_agent(agent_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Conversations lose the assignee; what was said stays."""
    require_administrator(principal(request))
    await leaving.let_user_go(tx, number(agent_id, "Agent"))
    return nothing()
