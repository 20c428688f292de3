"""Who may do what here: the account in the path, roles, bots (chatwoot.md 1.1 to 1.4)."""

from __future__ import annotations

from fastapi import APIRouter, Request

from dragoman.core.access import Principal
from dragoman.core.channels import members
from dragoman.core.channels.members import Reach
from dragoman.core.errors import Forbidden, NotFound
from dragoman.edge.doors import GuardedRoute, principal
from dragoman.edge.services import services
from dragoman.store import directory
from dragoman.store.tx import Tx

ACCOUNT = "/api/v1/accounts/{account_id}"
# What bots may do (chatwoot.md 1.4).
BOTS = frozenset(
    {
        ("GET", "/conversations/{conversation_id}"),
        ("POST", "/conversations"),
        ("PUT", "/conversations/{conversation_id}"),
        ("PATCH", "/conversations/{conversation_id}"),
        ("POST", "/conversations/{conversation_id}/toggle_status"),
        ("POST", "/conversations/{conversation_id}/toggle_priority"),
        ("POST", "/conversations/{conversation_id}/toggle_typing_status"),
        ("POST", "/conversations/{conversation_id}/custom_attributes"),
        ("POST", "/conversations/{conversation_id}/messages"),
        ("POST", "/conversations/{conversation_id}/assignments"),
        ("GET", "/conversations/{conversation_id}/labels"),
        ("POST", "/conversations/{conversation_id}/labels"),
    }
)
# By the path behind the account: what it is about; all else belongs to the work on conversations.
FAMILIES = (
    ("/contact", "contacts"),
    ("/actions/contact_merge", "contacts"),
    ("/inbox", "channels"),
    ("/assignable_agents", "channels"),
)


# What is asked with a body, and changes nothing.
ASKED_BY_POST = ("/conversations/filter",)


class NotYours(Forbidden):
    def __init__(self) -> None:
        super().__init__("You are not authorized to do this action")


class ChatwootRoute(GuardedRoute):
    """Asks for the scope of the path; a path of an account is only for those who belong to it."""

    def scope_for(self, method: str, path: str) -> str:
        behind = path.removeprefix(ACCOUNT)
        if behind.startswith("/webhooks"):
            return "webhooks:manage"
        if behind in ASKED_BY_POST:
            method = "GET"
        family = next((name for prefix, name in FAMILIES if behind.startswith(prefix)), "conversations")
        return f"{family}:{'read' if method in ('GET', 'HEAD') else 'write'}"

    async def permit(self, request: Request, who: Principal, scope: str) -> None:
        """Raises NotFound for an account that is none, and Forbidden."""
        await _require_own_account(request, who)
        if who.is_bot and (request.method, self.path.removeprefix(ACCOUNT)) not in BOTS:
            raise NotYours
        who.require(scope)


async def _require_own_account(request: Request, who: Principal) -> None:
    """Raises NotFound and NotYours (chatwoot.md 1.2)."""
    text = request.path_params.get("account_id", str(who.account_id))
    if text == str(who.account_id):
        return
    async with services(request).database.backend.read() as session:
        is_one = text.isascii() and text.isdigit() and await directory.account_exists(session, int(text[:15]))
    if not is_one:
        raise NotFound("Account")
    raise NotYours


def router(behind: str = "", *, tag: str) -> APIRouter:
    """Routes below the account."""
    return APIRouter(prefix=ACCOUNT + behind, tags=[tag], route_class=ChatwootRoute)


def require_administrator(who: Principal) -> None:
    """Raises NotYours."""
    if not who.is_administrator:
        raise NotYours


async def reach(tx: Tx, request: Request) -> Reach:
    """The inboxes that the caller sees."""
    return await members.reach_of(tx, principal(request))
