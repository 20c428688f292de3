"""Canned responses (chatwoot.md 6.6)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import canned
from dragoman.core.accounts.canned import CannedResponse
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import asked, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply

routes = router("/canned_responses", tag="Canned responses")


def shown(one: CannedResponse, account_id: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "account_id": account_id,
        "short_code": one.short_code,
        "content": one.body,
        "created_at": words.iso(one.created_at),
        "updated_at": words.iso(one.updated_at),
    }


@routes.get("", summary="List canned responses")
async def list_canned_responses(request: Request, tx: Reader) -> Response:
    """`search` in short code and content; codes that begin with it first."""
    found = await canned.like(tx, asked(request).text("search", "", most=1000) or "")
    return reply([shown(one, tx.account_id) for one in found])


@routes.post("", summary="Create a canned response")
async def create_canned_response(request: Request, tx: Writer) -> Response:
    """422 for another's short code."""
    wanted = await given(request, "canned_response")
    code, content = wanted.needed("short_code"), wanted.needed("content", most=canned.MAX_BODY)
    return reply(shown(await canned.add(tx, short_code=code, body=content), principal(request).account_id))


@updates(routes, "/{canned_response_id}", summary="Update a canned response")
async def update_canned_response(canned_response_id: str, request: Request, tx: Writer) -> Response:
    wanted = await given(request, "canned_response")
    fields = {
        ours: wanted.needed(theirs, most=canned.MAX_BODY)
        for theirs, ours in (("short_code", "short_code"), ("content", "body"))
        if theirs in wanted
    }
    after = await canned.edit(tx, number(canned_response_id, "Canned response"), fields)
    return reply(shown(after, tx.account_id))


@routes.delete("/{canned_response_id}", summary="Delete a canned response")
async def delete_canned_response(canned_response_id: str, tx: Writer) -> Response:
    await canned.remove(tx, number(canned_response_id, "Canned response"))
    return nothing()
