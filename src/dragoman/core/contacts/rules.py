"""Decisions about contacts: no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from dragoman.core.errors import Invalid

# Not the grammar of RFC 5322: one @, no spaces or controls, something on both sides. Mail itself is the real test.
_ADDRESS = re.compile(r"[^@\s<>\x00-\x1f\x7f]+@[^@\s<>\x00-\x1f\x7f]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MAX_NAME = 255
MAX_EMAIL = 320
MAX_ATTRIBUTES = 200
EXTERNAL = "external"  # the kind of identity that somebody else's system gave


def clean_email(email: str) -> str:
    """As it was written, without space around it. Raises Invalid."""
    kept = email.strip()
    if len(kept) > MAX_EMAIL or not _ADDRESS.fullmatch(kept):
        raise Invalid("email", "Not an e-mail address")
    return kept


def clean_phone(phone: str) -> str:
    """E.164 where the number says its country, as it was written otherwise. Raises Invalid."""
    kept = " ".join(phone.split())
    if not re.fullmatch(r"[+\d][\d ()./-]{2,31}", kept):
        raise Invalid("phone", "Not a phone number")
    whole: str | None = import_module("dragoman.core.contacts.numbers").e164(kept)
    return whole or kept


def on_one_line(text: str) -> str:
    """Without control characters, and with single spaces between the words."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def clean_name(name: str) -> str:
    """Raises Invalid unless 1 to 255 characters are left."""
    kept = on_one_line(name)
    if not 1 <= len(kept) <= MAX_NAME:
        raise Invalid("name", f"A name takes 1 to {MAX_NAME} characters")
    return kept


def split_name(name: str) -> tuple[str | None, str | None]:
    """A first and a last name, as well as one can tell (aurion.md C34)."""
    first, _, last = name.partition(" ")
    return first or None, last.strip() or None


def full_name(first: str | None, last: str | None) -> str:
    return " ".join(part for part in (first, last) if part)


def merged_attributes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """New ones over old ones; null takes one away. Raises Invalid for more than 200."""
    merged = {name: value for name, value in {**old, **new}.items() if value is not None}
    if len(merged) > MAX_ATTRIBUTES:
        raise Invalid("custom_attrs", f"Takes at most {MAX_ATTRIBUTES} attributes")
    return merged


def identities(email: str | None, phone: str | None, external_id: str | None = None) -> list[tuple[str, str]]:
    """By what a contact is known: one contact for each."""
    found = []
    if email:
        found.append(("email", email.casefold()))
    if phone:
        found.append(("phone", phone))
    if external_id:
        found.append((EXTERNAL, external_id))
    return found
