"""The account itself (chatwoot.md 6.9)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import account
from dragoman.core.accounts.account import Account
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply

routes = router(tag="Account")
TEXTS = ("locale", "domain", "support_email")
# Fields of `settings` by their kind; what else is sent there is left out.
NUMBERS, TRUTHS, SENTENCES = (
    ("auto_resolve_after",),
    ("auto_resolve_ignore_waiting", "audio_transcriptions"),
    ("auto_resolve_message", "auto_resolve_label"),
)
CACHED = ("label", "inbox", "team")


def shown(one: Account, *, is_administrator: bool) -> dict[str, Any]:
    kept = one.settings
    role = "administrator" if is_administrator else "agent"
    return {
        "id": one.id,
        "name": one.name,
        "locale": kept.get("locale") or "en",
        "domain": kept.get("domain"),
        "support_email": kept.get("support_email"),
        "features": kept.get("features") or {},
        "settings": {name: kept.get(name) for name in (*NUMBERS, *TRUTHS, *SENTENCES)},
        "custom_attributes": kept.get("custom_attributes") or {},
        "status": "active" if one.suspended_at is None else "suspended",
        "created_at": words.iso(one.created_at),
        "cache_keys": dict.fromkeys(CACHED, "0"),
        "role": role,
    }


@routes.get("", summary="Show the account")
async def show_account(request: Request, tx: Reader) -> Response:
    one = await account.mine(tx)
    return reply(shown(one, is_administrator=principal(request).is_administrator))


@routes.get("/cache_keys", summary="Show what tells of changed lists")
async def show_cache_keys() -> Response:
    """Always the same: lists are asked for anew."""
    return reply({"cache_keys": dict.fromkeys(CACHED, "0")})


@updates(routes, "", summary="Update the account")
async def update_account(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    wanted = await given(request, "account")
    name = wanted.needed("name", most=255) if "name" in wanted else None
    after = await account.edit(tx, name=name, settings=_settings(wanted))
    return reply(shown(after, is_administrator=True))


def _settings(wanted: Given) -> dict[str, Any]:
    """Those that are given. Raises Invalid."""
    inside = Given({**wanted, **(wanted.object("settings") or {})})
    found: dict[str, Any] = {one: wanted.text(one, most=255) or None for one in TEXTS if one in wanted}
    if "@" not in (found.get("support_email") or "@"):
        raise Invalid("support_email", "support_email is no e-mail address")
    found |= {one: inside.whole(one) for one in NUMBERS if one in inside}
    found |= {one: inside.truth(one) for one in TRUTHS if one in inside}
    found |= {one: inside.text(one) for one in SENTENCES if one in inside}
    if "custom_attributes" in wanted:
        found["custom_attributes"] = wanted.object("custom_attributes")
    return found
