"""Saved filters, each user's own (chatwoot.md 6.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import filters
from dragoman.core.accounts.filters import SavedFilter
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.auth import NotYours, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, asked, given
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply

routes = router("/custom_filters", tag="Custom filters")
TYPES = ("conversation", "contact", "report")  # clients send numbers, too: the place in here


def shown(one: SavedFilter) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "filter_type": one.of,
        "query": one.query,
        "created_at": words.iso(one.created_at),
        "updated_at": words.iso(one.updated_at),
    }


def _mine(request: Request) -> int:
    """Raises NotYours for a key that stands for nobody."""
    user_id = principal(request).user_id
    if user_id is None:
        raise NotYours
    return user_id


def _type(wanted: Given) -> str:
    """Raises Invalid."""
    word = wanted.text("filter_type") or TYPES[0]
    if word in ("0", "1", "2"):
        return TYPES[int(word)]
    if word not in TYPES:
        raise Invalid("filter_type", f"filter_type is one of {', '.join(TYPES)}")
    return word


def _query(wanted: Given) -> Mapping[str, Any]:
    """Raises Invalid for none."""
    found = wanted.object("query")
    if not found:
        raise Invalid("query", "query can't be blank")
    return found


@routes.get("", summary="List my custom filters")
async def list_custom_filters(request: Request, tx: Reader) -> Response:
    """Of one `filter_type`: conversation, unless said otherwise."""
    return reply([shown(one) for one in await filters.of_user(tx, _mine(request), _type(asked(request)))])


@routes.post("", summary="Save a custom filter")
async def create_custom_filter(request: Request, tx: Writer) -> Response:
    wanted = await given(request, "custom_filter")
    name, of, query = wanted.needed("name", most=255), _type(wanted), _query(wanted)
    return reply(shown(await filters.add(tx, _mine(request), name=name, of=of, query=query)))


@routes.get("/{filter_id}", summary="Show a custom filter")
async def show_custom_filter(filter_id: str, request: Request, tx: Reader) -> Response:
    return reply(shown(await filters.get(tx, _mine(request), number(filter_id, "Custom filter"))))


@updates(routes, "/{filter_id}", summary="Update a custom filter")
async def update_custom_filter(filter_id: str, request: Request, tx: Writer) -> Response:
    wanted = await given(request, "custom_filter")
    fields: dict[str, Any] = {"name": wanted.needed("name", most=255)} if "name" in wanted else {}
    fields |= {"of": _type(wanted)} if "filter_type" in wanted else {}
    fields |= {"query": _query(wanted)} if "query" in wanted else {}
    return reply(shown(await filters.edit(tx, _mine(request), number(filter_id, "Custom filter"), fields)))


@routes.delete("/{filter_id}", status_code=204, summary="Delete a custom filter")
async def delete_custom_filter(filter_id: str, request: Request, tx: Writer) -> Response:
    await filters.remove(tx, _mine(request), number(filter_id, "Custom filter"))
    return Response(status_code=204)
