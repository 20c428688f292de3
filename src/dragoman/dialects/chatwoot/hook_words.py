"""Which words an event has for those who listen by HTTP, and what it says has changed (chatwoot.md 8.3, 8.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.core.conversations.models import Status
from dragoman.core.events import Happened
from dragoman.dialects.chatwoot import words
from dragoman.store.events import Event

CREATED, UPDATED, STATUS = "conversation_created", "conversation_updated", "conversation_status_changed"
SAID, SAID_ANEW = "message_created", "message_updated"
CONTACT, CONTACT_ANEW = "contact_created", "contact_updated"
TYPING = {"typing_on": "conversation_typing_on", "typing_off": "conversation_typing_off"}
# What a bot alone is told.
OPENED, RESOLVED = "conversation_opened", "conversation_resolved"
TO_BOTS = frozenset({SAID, SAID_ANEW, OPENED, RESOLVED})

_STATUS = (STATUS, UPDATED)
WORDS: Mapping[str, Sequence[str]] = {
    Happened.CONVERSATION_CREATED: (CREATED,),
    Happened.STATUS_CHANGED: _STATUS,
    Happened.SNOOZED: _STATUS,
    Happened.UNSNOOZED: _STATUS,
    Happened.ASSIGNED: (UPDATED,),
    Happened.REASSIGNED: (UPDATED,),
    Happened.UNASSIGNED: (UPDATED,),
    Happened.TAGS_CHANGED: (UPDATED,),
    Happened.PRIORITY_CHANGED: (UPDATED,),
    Happened.DETAILS_CHANGED: (UPDATED,),
    Happened.MESSAGE_ADDED: (SAID,),
    Happened.NOTE_ADDED: (SAID,),
    Happened.MESSAGE_CHANGED: (SAID_ANEW,),
    Happened.MESSAGE_REMOVED: (SAID_ANEW,),
    Happened.CONTACT_CREATED: (CONTACT,),
    Happened.CONTACT_UPDATED: (CONTACT_ANEW,),
}
_CALLED = {
    "assignee_user_id": "assignee_id",
    "assignee_team_id": "team_id",
    "assignee_bot_id": "assignee_agent_bot_id",
    "tags": "label_list",
    "custom_attrs": "custom_attributes",
    "status": "status",
    "priority": "priority",
}
_CALLED_OF_CONTACT = {
    "name": "name",
    "last_name": "last_name",
    "email": "email",
    "phone": "phone_number",
    "external_id": "identifier",
    "custom_attrs": "custom_attributes",
    "about_attrs": "additional_attributes",
    "is_blocked": "blocked",
}


def said_of(event: Event) -> Sequence[str]:
    """None for what is not told; of a conversation's details only the custom attributes are."""
    said = WORDS.get(event.kind, ())
    needs_change = event.kind in (Happened.DETAILS_CHANGED, Happened.CONTACT_UPDATED)
    return said if said and (not needs_change or changed(event)) else ()


def to_bots(event: Event) -> Sequence[str]:
    """A bot hears of beginnings and ends by words of their own."""
    _, status = event.data.get("changes", {}).get("status", (None, None))
    if event.kind == Happened.STATUS_CHANGED and status in (Status.RESOLVED, Status.CLOSED):
        return (RESOLVED,)
    if event.kind == Happened.STATUS_CHANGED and status == Status.OPEN:
        return (OPENED,)
    return [one for one in said_of(event) if one in TO_BOTS]


def changed(event: Event) -> list[dict[str, Any]] | None:
    """`changed_attributes`: one object for each, in their words."""
    if event.kind == Happened.SNOOZED:
        return [_pair("status", "open", "snoozed"), _pair("snoozed_until", None, event.data.get("until"))]
    if event.kind == Happened.UNSNOOZED:
        return [_pair("status", "snoozed", "open")]
    if event.kind == Happened.CONTACT_UPDATED:
        return _named(event.data.get("became", {}), _CALLED_OF_CONTACT) or None
    return _named(event.data.get("changes", {}), _CALLED) or None


def _named(changes: Mapping[str, Sequence[Any]], called: Mapping[str, str]) -> list[dict[str, Any]]:
    told = [(name, *(_value(name, one) for one in pair)) for name, pair in changes.items() if name in called]
    return [_pair(called[name], old, new) for name, old, new in told if old != new]


def _value(name: str, value: Any) -> Any:
    if name == "status":
        return "resolved" if value == Status.CLOSED else value
    return words.priority(value) if name == "priority" else value


def _pair(name: str, old: Any, new: Any) -> dict[str, Any]:
    return {name: {"previous_value": old, "current_value": new}}
