"""Phone numbers. Loaded with the first of them: the library knows the world's plans by heart."""

from __future__ import annotations

import phonenumbers


def e164(phone: str) -> str | None:
    """A number in E.164; None where it does not say its country."""
    try:
        parsed = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
