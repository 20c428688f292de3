"""What became of a conversation, as a line between its messages (message type 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dragoman.core.conversations.models import Priority
from dragoman.core.events import Happened
from dragoman.dialects.chatwoot import words
from dragoman.store.events import Event

STATUS_WORDS = {
    "open": "reopened",
    "resolved": "marked resolved",
    "closed": "marked resolved",
    "pending": "marked pending",
}


def told(event: Event) -> str:
    """A sentence for people."""
    who = event.actor_name or ("The contact" if event.actor_kind == "contact" else "The system")
    changes: Mapping[str, Any] = event.data.get("changes", {})
    return _TELLERS.get(event.kind, _plainly)(who, event, changes)


def _plainly(who: str, event: Event, _changes: Mapping[str, Any]) -> str:
    return f"{who}: {event.kind.replace('_', ' ')}"


def _status(who: str, _event: Event, changes: Mapping[str, Any]) -> str:
    _, new = changes.get("status", (None, ""))
    return f"Conversation was {STATUS_WORDS.get(new, f'set to {new}')} by {who}"


def _priority(who: str, _event: Event, changes: Mapping[str, Any]) -> str:
    old, new = (words.priority(one) for one in changes.get("priority", (Priority.NONE, Priority.NONE)))
    if new is None:
        return f"{who} removed the priority"
    return f"{who} set the priority to {new}" if old is None else f"{who} changed the priority from {old} to {new}"


def _tags(who: str, _event: Event, changes: Mapping[str, Any]) -> str:
    old, new = changes.get("tags", ((), ()))
    added, removed = [one for one in new if one not in old], [one for one in old if one not in new]
    said = [f"added {', '.join(added)}"] if added else []
    said += [f"removed {', '.join(removed)}"] if removed else []
    return f"{who} {' and '.join(said) or 'changed the labels'}"


def _assignment(who: str, _event: Event, changes: Mapping[str, Any]) -> str:
    old_user, user = changes.get("assignee_user_id", (None, None))
    old_team, team = changes.get("assignee_team_id", (None, None))
    old_bot, bot = changes.get("assignee_bot_id", (None, None))
    if bot != old_bot and bot is not None:
        return f"Assigned to a bot by {who}"
    if user != old_user:
        return f"Assigned by {who}" if user is not None else f"Conversation unassigned by {who}"
    if team != old_team:
        return f"Assigned to a team by {who}" if team is not None else f"Removed from the team by {who}"
    return f"Assigned by {who}"


def _snoozed(who: str, _event: Event, _changes: Mapping[str, Any]) -> str:
    return f"Conversation was snoozed by {who}"


def _woken(who: str, _event: Event, _changes: Mapping[str, Any]) -> str:
    return f"Conversation was woken by {who}"


_TELLERS: Mapping[str, Callable[[str, Event, Mapping[str, Any]], str]] = {
    Happened.STATUS_CHANGED: _status,
    Happened.PRIORITY_CHANGED: _priority,
    Happened.TAGS_CHANGED: _tags,
    Happened.ASSIGNED: _assignment,
    Happened.REASSIGNED: _assignment,
    Happened.UNASSIGNED: _assignment,
    Happened.SNOOZED: _snoozed,
    Happened.UNSNOOZED: _woken,
    Happened.MUTED: lambda who, _event, _changes: f"{who} has muted the conversation",
    Happened.UNMUTED: lambda who, _event, _changes: f"{who} has unmuted the conversation",
}
