"""Who may do what: roles, scopes and the principal that a credential stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dragoman.core.errors import Forbidden
from dragoman.core.events import Happened
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
BOT_SCOPES = frozenset({"conversations:read", "conversations:write"})
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


# What happens to the account beside its conversations is shown to whoever may read the event log and such things.
READ_LOG, READ_CONVERSATIONS = "events:read", "conversations:read"
_NEEDED: Mapping[str, tuple[Happened, ...]] = {
    "contacts:read": (
        Happened.CONTACT_CREATED,
        Happened.CONTACT_UPDATED,
        Happened.CONTACT_DELETED,
        Happened.CONTACT_MERGED,
        Happened.COMPANY_CREATED,
        Happened.COMPANY_UPDATED,
        Happened.COMPANY_DELETED,
    ),
    "conversations:read": (
        Happened.LABEL_CREATED,
        Happened.LABEL_UPDATED,
        Happened.LABEL_DELETED,
        Happened.TOOLBOX_CHANGED,
    ),
    "teams:read": (Happened.TEAM_CREATED, Happened.TEAM_UPDATED, Happened.TEAM_DELETED),
    "users:read": (
        Happened.ACCOUNT_UPDATED,
        Happened.USER_CREATED,
        Happened.USER_UPDATED,
        Happened.BOT_CREATED,
        Happened.BOT_UPDATED,
        Happened.BOT_DELETED,
    ),
    "users:write": (Happened.KEY_CREATED, Happened.KEY_REVOKED),  # which shows keys, too
    "channels:read": (Happened.INBOX_CREATED, Happened.INBOX_UPDATED, Happened.INBOX_DELETED),
    "webhooks:manage": (
        Happened.WEBHOOK_CREATED,
        Happened.WEBHOOK_UPDATED,
        Happened.WEBHOOK_DELETED,
        Happened.WEBHOOK_SWITCHED_OFF,
    ),
}
OF_THE_ACCOUNT = frozenset(kind for kinds in _NEEDED.values() for kind in kinds)


@lru_cache(maxsize=200)
def kinds_shown(scopes: frozenset[str]) -> frozenset[str]:
    """The kinds of events that somebody with these scopes may hear of."""
    if EVERYTHING in scopes:
        return frozenset(Happened)
    shown = set[str](set(Happened) - OF_THE_ACCOUNT if READ_CONVERSATIONS in scopes else ())
    if READ_LOG in scopes:
        shown.update(kind for scope, kinds in _NEEDED.items() if scope in scopes for kind in kinds)
    return frozenset(shown)


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
    def is_administrator(self) -> bool:
        return EVERYTHING in self.scopes

    @property
    def user_id(self) -> int | None:
        """The user who asks, or for whom a key asks."""
        return self.actor.id if self.actor.kind == "user" else None

    @property
    def is_bot(self) -> bool:
        return self.actor.kind == "bot"

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
