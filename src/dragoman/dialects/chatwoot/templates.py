"""What a template of WhatsApp is filled with (chatwoot.md 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core.errors import Invalid

NAME = "template_params"
MEDIA = ("image", "video", "document")
BUTTONS = ("url", "copy_code")


def checked(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same. Raises Invalid for a shape that no template has."""
    if not isinstance(params.get("name"), str) or not params["name"].strip():
        raise Invalid(NAME, "template_params needs a name")
    for name in ("category", "language", "namespace"):
        _require_text(params, name)
    processed = params.get("processed_params")
    if processed is not None:
        _require_processed(processed)
    return params


def _require_text(of: Mapping[str, Any], name: str) -> None:
    if of.get(name) is not None and not isinstance(of[name], str):
        raise Invalid(NAME, f"template_params takes a text as {name}")


def _require_processed(given: Any) -> None:
    processed = _object(given, "processed_params")
    for value in _object(processed.get("body") or {}, "body").values():
        if isinstance(value, Mapping | list):
            raise Invalid(NAME, "template_params takes texts in body")
    header = _object(processed.get("header") or {}, "header")
    _require_text(header, "media_url")
    if header.get("media_type") not in (None, *MEDIA):
        raise Invalid(NAME, f"template_params takes as media_type one of {', '.join(MEDIA)}")
    buttons = processed.get("buttons") or []
    if not isinstance(buttons, list):
        raise Invalid(NAME, "template_params takes a list of buttons")
    for one in buttons:
        if one is not None and _object(one, "button").get("type") not in BUTTONS:
            raise Invalid(NAME, f"template_params takes buttons of type {' or '.join(BUTTONS)}")


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid(NAME, f"template_params takes an object as {name}")
    return value
