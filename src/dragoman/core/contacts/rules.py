"""Decisions about contacts: no I/O."""

from __future__ import annotations

import re

import phonenumbers

from dragoman.core.errors import Invalid

# Not the grammar of RFC 5322: one @, no spaces or controls, something on both sides. Mail itself is the real test.
_ADDRESS = re.compile(r"[^@\s<>\x00-\x1f\x7f]+@[^@\s<>\x00-\x1f\x7f]+")
MAX_NAME = 255
MAX_EMAIL = 320


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
    try:
        parsed = phonenumbers.parse(kept, None)
    except phonenumbers.NumberParseException:
        return kept
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def clean_name(name: str) -> str:
    """Raises Invalid unless 1 to 255 characters are left."""
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= MAX_NAME:
        raise Invalid("name", f"A name takes 1 to {MAX_NAME} characters")
    return kept


def split_name(name: str) -> tuple[str | None, str | None]:
    """A first and a last name, as well as one can tell (aurion.md C34)."""
    first, _, last = name.partition(" ")
    return first or None, last.strip() or None


def full_name(first: str | None, last: str | None) -> str:
    return " ".join(part for part in (first, last) if part)


def identities(email: str | None, phone: str | None) -> list[tuple[str, str]]:
    """By what a contact is known: one contact for each."""
    found = []
    if email:
        found.append(("email", email.casefold()))
    if phone:
        found.append(("phone", phone))
    return found
