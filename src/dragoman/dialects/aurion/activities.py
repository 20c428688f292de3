"""Activities in Aurion's words, and as a file (aurion.md E15)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from dragoman.dialects.aurion.ids import Prefix, show, show_if
from dragoman.dialects.aurion.present import instant
from dragoman.dialects.aurion.wire.conversations import ActivityOut
from dragoman.dialects.aurion.wire.words import priority
from dragoman.store.events import Event

COLUMNS = ActivityOut.__struct_fields__
RISKY = ("=", "+", "-", "@", "\t", "\r")
IDS = {
    "assignee_user_id": Prefix.USER,
    "assignee_team_id": Prefix.TEAM,
    "contact_id": Prefix.CONTACT,
    "parent_id": Prefix.CONVERSATION,
}


def row(event: Event) -> ActivityOut:
    old, new = _values(event)
    prefix = Prefix.CONTACT if event.actor_kind == "contact" else Prefix.USER
    return ActivityOut(
        id=show(Prefix.EVENT, event.id),
        created_at=instant(event.created_at),
        type=event.kind,
        actor_type="agent" if event.actor_kind in ("user", "key") else event.actor_kind,
        actor_id=show_if(prefix, event.actor_id),
        actor_name=event.actor_name,
        description=f"{event.actor_name or 'Somebody'}: {event.kind.replace('_', ' ')}",
        old_value=old,
        new_value=new,
    )


def _values(event: Event) -> tuple[Any, Any]:
    """One changed field as its two values, several as two objects."""
    changes = {
        name: [_shown(name, old), _shown(name, new)] for name, (old, new) in event.data.get("changes", {}).items()
    }
    if len(changes) == 1:
        old, new = next(iter(changes.values()))
        return old, new
    if not changes:
        return None, None
    return {name: pair[0] for name, pair in changes.items()}, {name: pair[1] for name, pair in changes.items()}


def _shown(name: str, value: Any) -> Any:
    if name == "priority":
        return priority(value)
    return show(IDS[name], value) if name in IDS and isinstance(value, int) else value


def download(conversation_id: int, rows: Sequence[ActivityOut], kind: str) -> Response:
    shown = show(Prefix.CONVERSATION, conversation_id)
    headers = {"Content-Disposition": f'attachment; filename="conversation-{shown}-activities.{kind}"'}
    if kind == "json":
        return Response(msgspec.json.encode(rows), headers=headers, media_type="application/json")
    return Response(_csv(rows), headers=headers, media_type="text/csv; charset=utf-8")


def _csv(rows: Sequence[ActivityOut]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(one, name)) for name in COLUMNS] for one in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(RISKY) else text
