"""From what a client sends of a contact to the core's words (chatwoot.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dragoman.core.contacts.models import Contact
from dragoman.core.contacts.rules import merged_attributes
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot.parameters import Given

E164 = re.compile(r"\+[1-9]\d{1,14}")
NAMELESS = "Visitor"
MAX_IDENTIFIER = 255
MAX_AVATAR_URL = 2000


def fields(wanted: Given, before: Contact | None = None) -> dict[str, Any]:
    """Those that are given. Raises Invalid.

    E-mail addresses are kept in lower case here, numbers must be E.164, and both objects of attributes are merged.
    """
    found: dict[str, Any] = {}
    if "email" in wanted:
        found["email"] = (wanted.text("email", "", most=320) or "").strip().lower() or None
    if "phone_number" in wanted:
        found["phone"] = _phone((wanted.text("phone_number", "") or "").strip())
    if "identifier" in wanted:
        found["external_id"] = (wanted.text("identifier", "", most=MAX_IDENTIFIER) or "").strip() or None
    if "blocked" in wanted:
        found["is_blocked"] = wanted.truth("blocked", False)
    if "avatar_url" in wanted:
        found["avatar_url"] = _avatar_url(wanted.text("avatar_url", most=MAX_AVATAR_URL))
    if "additional_attributes" in wanted:
        found["about_attrs"] = _about(before, wanted.object("additional_attributes") or {})
    if "custom_attributes" in wanted:
        found["custom_attrs"] = wanted.object("custom_attributes") or {}
    return found | _name(wanted, found, before)


def _phone(text: str) -> str | None:
    if text and not E164.fullmatch(text):
        raise Invalid("phone", "phone_number must be in e164 format")
    return text or None


def _avatar_url(text: str | None) -> str | None:
    if text and not text.startswith(("https://", "http://")):
        raise Invalid("avatar_url", "avatar_url is no http or https address")
    return text or None


def _about(before: Contact | None, given: Mapping[str, Any]) -> dict[str, Any]:
    return merged_attributes(before.about_attrs if before else {}, given)


def _name(wanted: Given, found: Mapping[str, Any], before: Contact | None) -> dict[str, Any]:
    """A blank name is filled by what the contact is known by: the core has none without a name."""
    parts = [(wanted.text(one, "", most=255) or "").strip() for one in ("name", "last_name")]
    name = " ".join(part for part in parts if part) if "name" in wanted else ""
    if name or (before is not None and "name" not in wanted):
        return {"name": name} if name else {}
    known = [found.get(one) or getattr(before, one, None) for one in ("email", "phone", "external_id")]
    return {"name": next((one for one in known if one), NAMELESS)}
