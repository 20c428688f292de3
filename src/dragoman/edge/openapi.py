"""The OpenAPI document: reply schemas come from the very structs that are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec

REF = "#/components/schemas/{name}"


def returns(
    struct: Any, status: int = 200, description: str = "Successful response"
) -> dict[int | str, dict[str, Any]]:
    """A route's `responses` for a struct, or for `list[struct]`: only names, for `components` tells what they are."""
    if get_origin(struct) is list:
        schema: dict[str, Any] = {"type": "array", "items": _named(get_args(struct)[0])}
    else:
        schema = _named(struct)
    return {status: {"description": description, "content": {"application/json": {"schema": schema}}}}


def _named(struct: type) -> dict[str, Any]:
    return {"$ref": REF.format(name=struct.__name__)}


def components(structs: Sequence[Any]) -> dict[str, Any]:
    """The schemas of structs and all they are made of, by name."""
    return dict(msgspec.json.schema_components(structs, ref_template=REF)[1])


def takes_header(name: str, description: str) -> dict[str, Any]:
    """A route's `openapi_extra` for an optional header that it does not declare."""
    shown = {"name": name, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}
    return {"parameters": [{**shown, "description": description}]}


UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The client has it: `If-None-Match` names its `ETag`"}
}
IF_NONE_MATCH = takes_header("If-None-Match", "Tags of answers that the client has; one of them is answered with 304")
ONCE = "Asked again with the same key and body within a day, the first answer is repeated"
