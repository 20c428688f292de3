"""Reading what clients write: times, truths, words and the like. Each raises Invalid with the field's wire name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from dragoman.core.errors import Invalid

_TRUE, _FALSE = {"true", "1", "yes", "on", "t", "y"}, {"false", "0", "no", "off", "f", "n"}
# A plus sign that was not escaped in a query string arrives as a space.
_LOST_PLUS = re.compile(r"(?<=\d) (\d\d:?\d\d)$")
_AGO = re.compile(r"(\d{1,6})\s*(m|h|d|w|minutes?|hours?|days?|weeks?)?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def instant(field: str, text: object) -> datetime:
    """RFC 3339 with any offset, a time without one being UTC, or a bare date."""
    if not isinstance(text, str):
        raise Invalid(field, "Not a time: give ISO 8601, such as 2026-03-08T09:15:00Z")
    try:
        read = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text.strip().upper()))
        aware = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(field, "Not a time: give ISO 8601, such as 2026-03-08T09:15:00Z") from None
    if not EARLIEST <= aware <= LATEST:
        raise Invalid(field, "The time lies too far away")
    return aware


def truth(field: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise Invalid(field, "Neither true nor false")
    return word in _TRUE


def whole(field: str, text: str, *, at_least: int, at_most: int) -> int:
    """A whole number in a range."""
    try:
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text.strip()) else None
    except ValueError:
        number = None
    if number is None:
        raise Invalid(field, "Not a whole number")
    if not at_least <= number <= at_most:
        raise Invalid(field, f"Takes {at_least} to {at_most}")
    return number


def word(field: str, text: object, allowed: Iterable[str]) -> str:
    words = list(allowed)
    if text not in words:
        raise Invalid(field, f"One of {', '.join(words)}")
    return str(text)


def plain(text: str) -> str:
    """Text that no database chokes on: NUL is no character of any text that is kept."""
    return text.replace("\x00", "\ufffd")


def span(field: str, value: object) -> timedelta:
    """`30m`, `24h`, `7d`, `2w`, a bare number of days, or {"amount": 7, "unit": "days"} (aurion.md E7)."""
    if isinstance(value, dict):
        value = f"{value.get('amount')} {value.get('unit', 'days')}"
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    found = _AGO.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise Invalid(field, "Not a span of time: give 30m, 24h, 7d, 2w or a number of days")
    return timedelta(**{_UNITS[(found[2] or "d")[0]]: int(found[1])})
