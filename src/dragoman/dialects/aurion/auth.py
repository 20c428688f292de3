"""Which scope a path needs: by its prefix, and by whether the method reads or writes (aurion.md 1.2, 1.3)."""

from __future__ import annotations

from fastapi import Request

from dragoman.core.access import Principal
from dragoman.core.errors import Forbidden
from dragoman.edge.doors import GuardedRoute

_FAMILIES = (
    ("/api/v2/conversations", "conversations"),
    ("/api/v2/bulk/conversations", "conversations"),
    ("/api/v2/events", "conversations"),
    ("/api/v2/contacts", "contacts"),
    ("/api/v2/companies", "contacts"),
    ("/api/v2/teams", "teams"),
    ("/api/v2/email/channels", "channels"),
    ("/api/v1/users", "users"),
)
CLOSED_TO_KEYS = ("/api/configuration/api-keys", "/api/sync", "/api/v1/super-admin")
NO_SCOPE = ""
_SINGLE = (
    ("/api/v1/webhooks", "webhooks:manage"),
    ("/api/configuration/api-keys", "users:write"),
    ("/api/sync", NO_SCOPE),
    ("/api/v1/super-admin", NO_SCOPE),
    ("/api/v1/auth", NO_SCOPE),
)


def scope_for(method: str, path: str) -> str:
    for prefix, scope in _SINGLE:
        if path.startswith(prefix):
            return scope
    family = next(name for prefix, name in _FAMILIES if path.startswith(prefix))
    return f"{family}:{'read' if method in ('GET', 'HEAD') else 'write'}"


class AurionRoute(GuardedRoute):
    def scope_for(self, method: str, path: str) -> str:
        return scope_for(method, path)

    async def permit(self, request: Request, who: Principal, scope: str) -> None:
        """Raises ClosedToKeys before MissingScope: no scope would help."""
        if self.path.startswith(CLOSED_TO_KEYS):
            require_staff(who)
        if scope != NO_SCOPE:
            who.require(scope)


class ClosedToKeys(Forbidden):
    def __init__(self) -> None:
        super().__init__("API keys are not permitted for this endpoint")


def require_staff(who: Principal) -> None:
    """Raises ClosedToKeys: some paths are for people alone (aurion.md 1.3)."""
    if not who.is_staff:
        raise ClosedToKeys
