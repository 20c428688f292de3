"""Definitions of custom attributes (chatwoot.md 6.8)."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import attributes
from dragoman.core.accounts.attributes import AttributeDefinition, AttributeType, Owner
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, asked, given
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply

routes = router("/custom_attribute_definitions", tag="Custom attributes")
OWNERS = (Owner.CONVERSATION, Owner.CONTACT, Owner.COMPANY)  # clients send numbers, too: the place in here
TYPES = tuple(AttributeType)
TEXTS = {
    "attribute_display_name": "name",
    "attribute_key": "key",
    "attribute_description": "description",
    "regex_pattern": "pattern",
    "regex_cue": "pattern_hint",
    "default_value": "usual",
}
REQUIRED = ("attribute_display_name", "attribute_key")
_SUFFIX = "_attribute"


def shown(one: AttributeDefinition) -> dict[str, Any]:
    return {
        "id": one.id,
        **{theirs: getattr(one, ours) for theirs, ours in TEXTS.items()},
        "attribute_display_type": one.type,
        "attribute_values": list(one.choices),
        "attribute_model": one.of + _SUFFIX,
        "created_at": words.iso(one.created_at),
        "updated_at": words.iso(one.updated_at),
    }


def _owner(wanted: Given) -> str | None:
    """Raises Invalid for an unknown model."""
    word = wanted.text("attribute_model") or ""
    if word.isascii() and word.isdigit() and int(word[:3]) < len(OWNERS):
        return OWNERS[int(word[:3])].value
    owner = next((one.value for one in OWNERS if one + _SUFFIX == word), None)
    if word and owner is None:
        raise Invalid("attribute_model", f"attribute_model is one of {', '.join(one + _SUFFIX for one in OWNERS)}")
    return owner


def _type(wanted: Given) -> str | None:
    """Raises Invalid for an unknown type."""
    word = wanted.text("attribute_display_type") or ""
    place = {"0": "text", "1": "number", "2": "currency", "3": "percent", "4": "link", "5": "date", "6": "list"}
    found = {**place, "7": "checkbox"}.get(word, word)
    if word and found not in TYPES:
        raise Invalid("attribute_display_type", f"attribute_display_type is one of {', '.join(TYPES)}")
    return found or None


def _fields(wanted: Given) -> dict[str, Any]:
    """Those that are given. Raises Invalid."""
    found: dict[str, Any] = {ours: wanted.text(theirs) for theirs, ours in TEXTS.items() if theirs in wanted}
    found |= {name: wanted.needed(theirs) for theirs, name in TEXTS.items() if theirs in REQUIRED and theirs in wanted}
    if "attribute_values" in wanted:
        found["choices"] = wanted.texts("attribute_values")
    return found | {name: one for name, one in (("of", _owner(wanted)), ("type", _type(wanted))) if one is not None}


@routes.get("", summary="List custom attribute definitions")
async def list_custom_attribute_definitions(request: Request, tx: Reader) -> Response:
    """Of one `attribute_model`, or all."""
    return reply([shown(one) for one in await attributes.all_of(tx, _owner(asked(request)))])


@routes.post("", summary="Define a custom attribute")
async def create_custom_attribute_definition(request: Request, tx: Writer) -> Response:
    """Administrators."""
    require_administrator(principal(request))
    wanted = await given(request, "custom_attribute_definition")
    needed = {TEXTS[name]: wanted.needed(name, most=255) for name in REQUIRED}
    return reply(shown(await attributes.add(tx, {**_fields(wanted), **needed})))


@routes.get("/{definition_id}", summary="Show a custom attribute definition")
async def show_custom_attribute_definition(definition_id: str, tx: Reader) -> Response:
    return reply(shown(await attributes.get(tx, number(definition_id, "Custom attribute definition"))))


@updates(routes, "/{definition_id}", summary="Update a custom attribute definition")
async def update_custom_attribute_definition(definition_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. The key and what has it stay as they are."""
    require_administrator(principal(request))
    fields = _fields(await given(request, "custom_attribute_definition"))
    return reply(shown(await attributes.edit(tx, number(definition_id, "Custom attribute definition"), fields)))


@routes.delete("/{definition_id}", status_code=204, summary="Delete a custom attribute definition")
async def delete_custom_attribute_definition(definition_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. Values stay where they are."""
    require_administrator(principal(request))
    await attributes.remove(tx, number(definition_id, "Custom attribute definition"))
    return Response(status_code=204)
