"""Labels of the account (chatwoot.md 6.3)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import labels
from dragoman.core.accounts.labels import Label
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply

routes = router("/labels", tag="Labels")


def shown(one: Label) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "color": one.color,
        "show_on_sidebar": one.is_in_sidebar,
    }


def _fields(asked: Given) -> dict[str, Any]:
    """Those that are given."""
    found: dict[str, Any] = {
        name: asked.text(name, most=1000) for name in ("title", "description", "color") if name in asked
    }
    if found.get("color", "") is None:
        del found["color"]
    if "show_on_sidebar" in asked:
        found["is_in_sidebar"] = asked.truth("show_on_sidebar", False)
    return found


@routes.get("", summary="List labels")
async def list_labels(tx: Reader) -> Response:
    """By title."""
    return reply({"payload": [shown(one) for one in await labels.all_labels(tx)]})


@routes.post("", summary="Create a label")
async def create_label(request: Request, tx: Writer) -> Response:
    """Administrators. 422 for a bad title, or another label's."""
    require_administrator(principal(request))
    fields = _fields(await given(request, "label"))
    return reply(shown(await labels.add(tx, **{**fields, "title": fields.get("title") or ""})))


@routes.get("/{label_id}", summary="Show a label")
async def show_label(label_id: str, request: Request, tx: Reader) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    return reply(shown(await labels.get(tx, number(label_id, "Label"))))


@updates(routes, "/{label_id}", summary="Update a label")
async def update_label(label_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. A new title is put on whatever carries the old one."""
    require_administrator(principal(request))
    fields = _fields(await given(request, "label"))
    return reply(shown(await labels.edit(tx, number(label_id, "Label"), fields)))


@routes.delete("/{label_id}", summary="Delete a label")
async def delete_label(label_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. It is taken from conversations and contacts, too."""
    require_administrator(principal(request))
    await labels.remove(tx, number(label_id, "Label"))
    return nothing()
