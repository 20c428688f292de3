"""Changing what a conversation says of itself: status, priority, tags and all other fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dragoman.core.contacts import queries as contacts
from dragoman.core.conversations import assignment, change, queries
from dragoman.core.conversations.models import Conversation, Status
from dragoman.core.conversations.rules import (
    Action,
    clean_subject,
    require_allowed,
    require_transition,
)
from dragoman.core.errors import Invalid, StaleVersion
from dragoman.core.events import Happened
from dragoman.core.tags import clean_tags, fold_tag
from dragoman.store.tx import WriteTx

DETAILS = frozenset(
    {
        "category",
        "sub_category",
        "conversation_type",
        "department_id",
        "impact",
        "urgency",
        "planned_start",
        "planned_end",
        "planned_effort_minutes",
        "custom_attrs",
    }
)
_EVENTS = {
    "status": Happened.STATUS_CHANGED,
    "priority": Happened.PRIORITY_CHANGED,
    "subject": Happened.SUBJECT_CHANGED,
    "tags": Happened.TAGS_CHANGED,
    "contact_id": Happened.CONTACT_CHANGED,
}


async def edit(
    tx: WriteTx, conversation_id: int, wanted: Mapping[str, Any], *, version: int | None = None
) -> Conversation:
    """Change the fields in `wanted` and no others; one version, one event for each kind of change.

    `custom_attrs` are merged, a null there removes the key. Raises StaleVersion when `version` is given and is not
    the conversation's own, Conflict for a transition that is not allowed, NotFound for an unknown assignee.
    """
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    require_version(before, version)
    changes = {
        name: value for name, value in (await _resolved(tx, before, wanted)).items() if _differs(before, name, value)
    }
    if not changes:
        return before
    after = await change.apply(tx, before, **changes)
    _tell(tx, before, after, changes)
    return after


def require_version(conversation: Conversation, version: int | None) -> None:
    if version is not None and version != conversation.version:
        raise StaleVersion(version, conversation.version)


async def _resolved(tx: WriteTx, before: Conversation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    changes = dict(wanted)
    if "subject" in changes:
        changes["subject"] = clean_subject(changes["subject"])
    if "tags" in changes:
        changes["tags"] = clean_tags(changes["tags"])
    if "custom_attrs" in changes:
        changes["custom_attrs"] = merged(before.custom_attrs, changes["custom_attrs"])
    if "status" in changes:
        require_transition(before.status, changes["status"])
        changes |= on_status(tx, before, changes["status"])
    if "snoozed_until" in changes:
        changes["snoozed_by"] = snoozed_by(tx, changes["snoozed_until"])
    if "contact_id" in changes:
        changes["company_id"] = (await contacts.get(tx, changes["contact_id"])).company_id
    if "assignee_user_id" in changes or "assignee_team_id" in changes:
        changes |= await assignment.chosen(tx, before, changes)
    return changes


def snoozed_by(tx: WriteTx, until: datetime | None) -> int | None:
    """Who snoozes; nobody when it is woken. Raises Invalid for a time in the past."""
    if until is not None and until <= tx.now:
        raise Invalid("snoozed_until", "The time lies in the past")
    return None if until is None else tx.actor.id


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def on_status(tx: WriteTx, before: Conversation, status: str) -> dict[str, Any]:
    """What else changes with the status."""
    if status == before.status:
        return {}
    is_over = status in (Status.RESOLVED, Status.CLOSED)
    changes: dict[str, Any] = {"resolved_at": (before.resolved_at or tx.now) if is_over else None}
    if is_over:
        changes["waiting_since"] = None
    else:
        changes["auto_resolved_by_ai"] = False
    return changes


def _differs(before: Conversation, name: str, value: Any) -> bool:
    old = getattr(before, name)
    return bool(list(old) != list(value) if name == "tags" else old != value)


def _tell(tx: WriteTx, before: Conversation, after: Conversation, changes: Mapping[str, Any]) -> None:
    for name, kind in _EVENTS.items():
        if name in changes:
            tx.emit(kind, after.id, changes={name: [getattr(before, name), getattr(after, name)]})
    details = {name: [plain(getattr(before, name)), plain(getattr(after, name))] for name in DETAILS & changes.keys()}
    if details:
        tx.emit(Happened.DETAILS_CHANGED, after.id, changes=details)
    if "assigned_at" in changes:
        assignment.tell(tx, before, after)
    if "snoozed_until" in changes:
        tell_snooze(tx, after)


def tell_snooze(tx: WriteTx, after: Conversation) -> None:
    if after.snoozed_until is None:
        tx.emit(Happened.UNSNOOZED, after.id)
    else:
        tx.emit(Happened.SNOOZED, after.id, until=after.snoozed_until.isoformat())


def plain(value: Any) -> Any:
    """A value as the event log keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


async def add_tags(tx: WriteTx, conversation_id: int, tags: list[str]) -> Conversation:
    before = await queries.lock(tx, conversation_id)
    known = {fold_tag(tag) for tag in before.tags}
    return await edit(
        tx, conversation_id, {"tags": [*before.tags, *(tag for tag in tags if fold_tag(tag) not in known)]}
    )


async def replace_custom_attrs(tx: WriteTx, conversation_id: int, attrs: Mapping[str, Any]) -> Conversation:
    """All of them: what is not given goes."""
    before = await queries.lock(tx, conversation_id)
    return await edit(tx, conversation_id, {"custom_attrs": {**dict.fromkeys(before.custom_attrs), **attrs}})
