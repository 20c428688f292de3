"""Who may do what: roles, scopes and the principal that a credential stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dragoman.core.errors import Forbidden
from dragoman.store.tx import Actor


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    AGENT = "agent"


SCOPES = (
    "conversations:read",
    "conversations:write",
    "contacts:read",
    "contacts:write",
    "teams:read",
    "teams:write",
    "users:read",
    "users:write",
    "channels:read",
    "channels:write",
    "webhooks:manage",
    "events:read",
)
EVERYTHING = "*"
AGENT_SCOPES = frozenset(
    {
        "conversations:read",
        "conversations:write",
        "contacts:read",
        "contacts:write",
        "teams:read",
        "channels:read",
        "events:read",
    }
)


class MissingScope(Forbidden):
    """The credential is good, and not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"API key missing required scope: {scope}")
        self.scope = scope


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a request speaks for. `reader_id` keeps its own read marks: an API key is a reader of its own."""

    account_id: int
    credential_id: int
    actor: Actor
    scopes: frozenset[str]
    is_staff: bool

    @property
    def reader_id(self) -> int:
        return self.actor.id or self.credential_id

    def require(self, scope: str) -> None:
        """Raises MissingScope. A write scope does not imply its read scope (aurion.md 1.3)."""
        if EVERYTHING not in self.scopes and scope not in self.scopes:
            raise MissingScope(scope)


def scopes_of(role: str) -> frozenset[str]:
    """What a member of staff may do."""
    return frozenset({EVERYTHING}) if role == Role.ADMINISTRATOR else AGENT_SCOPES
