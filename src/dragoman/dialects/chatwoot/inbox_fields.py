"""From what a client sends to an inbox's name, address and settings (chatwoot.md 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from dragoman.core.conversations.models import Channel
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.dialects.chatwoot.present_inboxes import OBJECTS, SENDER_NAMES, TEXTS, TRUTHS, channel_settings

TYPES: Mapping[str, str] = {
    "api": Channel.API.value,
    "web_widget": Channel.WIDGET.value,
    "email": Channel.EMAIL.value,
    "whatsapp": Channel.WHATSAPP.value,
    "sms": Channel.SMS.value,
}
PASSWORDS = ("imap_password", "smtp_password")
MOST_HOURS = 7


def channel_of(wanted: Given) -> tuple[str, Given]:
    """The channel of a new inbox, in the core's word, and its settings. Raises Invalid."""
    own = Given(wanted.object("channel") or {})
    word = own.needed("type").lower()
    if word not in TYPES:
        raise Invalid("channel.type", f"channel.type is one of {', '.join(TYPES)}")
    return TYPES[word], own


def fields(channel: str, wanted: Given, own: Given) -> dict[str, Any]:
    """What is given, in the words of core/channels. Raises Invalid."""
    found: dict[str, Any] = {"name": wanted.needed("name", most=255)} if "name" in wanted else {}
    if channel == Channel.EMAIL and "email" in own:
        found["address"] = own.needed("email", most=320).lower()
    settings = {**_common(wanted), **_of_channel(channel, own)}
    return {**found, "settings": settings} if settings else found


def _common(wanted: Given) -> dict[str, Any]:
    found: dict[str, Any] = {name: wanted.truth(name, usual) for name, usual in TRUTHS.items() if name in wanted}
    found |= {name: wanted.text(name) for name in TEXTS if name in wanted}
    found |= {name: wanted.object(name) for name in OBJECTS if name in wanted}
    if wanted.get("timezone"):
        found["timezone"] = _among("timezone", wanted.needed("timezone"), available_timezones())
    if wanted.get("sender_name_type") is not None:
        found["sender_name_type"] = _sender_name(wanted.needed("sender_name_type"))
    if "working_hours" in wanted:
        found["working_hours"] = _hours(wanted)
    return found


def _sender_name(word: str) -> str:
    by_place = dict(enumerate(SENDER_NAMES))
    return _among("sender_name_type", by_place[int(word)] if word in ("0", "1") else word, set(SENDER_NAMES))


def _among(field: str, word: str, allowed: set[str]) -> str:
    if word not in allowed:
        raise Invalid(field, f"{field} cannot be {word[:50]!r}")
    return word


def _hours(wanted: Given) -> list[dict[str, Any]]:
    """A week's, day by day. Raises Invalid."""
    found = wanted.many("working_hours")
    if len(found) > MOST_HOURS or not all(isinstance(one, dict) for one in found):
        raise Invalid("working_hours", "working_hours takes an object for each day of the week")
    for one in map(Given, found):
        day = one.whole("day_of_week")
        hours = [one.whole(name, 0) for name in ("open_hour", "open_minutes", "close_hour", "close_minutes")]
        if day not in range(MOST_HOURS) or any(hour not in range(60) for hour in hours):
            raise Invalid("working_hours", "working_hours names days from 0 to 6, hours and minutes")
    return found


def _of_channel(channel: str, own: Given) -> dict[str, Any]:
    usual = channel_settings(channel)
    found = {name: _like(name, own, value) for name, value in usual.items() if name in own}
    if channel == Channel.EMAIL:
        found |= {name: own.text(name) for name in PASSWORDS if name in own}
    if channel not in (Channel.API, Channel.WIDGET, Channel.EMAIL):
        found |= {name: own.text(name, most=255) for name in ("provider", "phone_number") if name in own}
        _require_number(found.get("phone_number"))
    _require_window(found.get("additional_attributes"))
    return found


def _like(name: str, own: Given, usual: Any) -> Any:
    """A value of the same type as the usual one. Raises Invalid."""
    if isinstance(usual, bool):
        return own.truth(name, usual)
    if isinstance(usual, int):
        return own.whole(name, usual)
    if isinstance(usual, list):
        return own.texts(name)
    return (own.object(name) or {}) if isinstance(usual, dict) else own.text(name)


def _require_number(phone: str | None) -> None:
    if phone and not (phone.startswith("+") and phone[1:].isdigit()):
        raise Invalid("phone_number", "phone_number must be in e164 format")


def _require_window(attributes: dict[str, Any] | None) -> None:
    """`agent_reply_time_window` in hours, or nothing."""
    window = (attributes or {}).get("agent_reply_time_window")
    if window is not None and (isinstance(window, bool) or not isinstance(window, int | float) or window <= 0):
        raise Invalid("additional_attributes", "agent_reply_time_window is a number of hours above 0")
