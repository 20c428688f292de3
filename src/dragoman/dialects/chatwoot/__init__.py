"""Chatwoot's API, as Voxys Connect serves it: `/api/v1/accounts/{id}/…`, `/public/api/v1/…`, `/cable`.

Every module in `routes` that has `routes` is part of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import partial

from fastapi import APIRouter

from dragoman.dialects.chatwoot import errors
from dragoman.dialects.chatwoot import routes as package
from dragoman.dialects.chatwoot.hooks import hooks
from dragoman.dialects.chatwoot.wire import conversations, people
from dragoman.edge.dialect import Dialect
from dragoman.edge.openapi import components

OWN = ("/api/v1/accounts", "/api/v1/profile", "/public/api", "/auth/", "/cable", "/attachments/", "/health")
_OUT = [conversations.ListForm, conversations.ConversationForm, people.AgentForm, people.BotForm]


def owned(path: str) -> int:
    return next((len(one) for one in OWN if path.startswith(one)), 4 if path == "/api" else 0)


def tidied(path: str) -> str:
    """Clients write `…/inboxes/` and `…/conversations.json`, too (chatwoot.md 1.6)."""
    if not path.startswith(OWN) or path.startswith("/attachments/"):
        return path
    return path.rstrip("/").removesuffix(".json")


def _routers() -> list[APIRouter]:
    names = sorted(one.name for one in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}").routes for name in names]


dialect = Dialect(
    name="chatwoot",
    routers=_routers(),
    owns=owned,
    word_error=errors.word_error,
    word_invalid=errors.word_invalid,
    word_status=errors.word_status,
    schemas=partial(components, _OUT),
    tidied=tidied,
    hooks=hooks,
)
