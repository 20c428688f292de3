"""Events of the stream in Aurion's words: activities, and what each is about by its id."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from dragoman.core.access import kinds_shown
from dragoman.dialects.aurion import activities
from dragoman.dialects.aurion.ids import Prefix, show, show_cursor, show_if
from dragoman.dialects.aurion.present import instant
from dragoman.dialects.aurion.wire.conversations import EventOut
from dragoman.edge.replies import encoder
from dragoman.live.subscription import View
from dragoman.store.events import Event

IDS = {
    "message_id": Prefix.MESSAGE,
    "attachment_id": Prefix.ATTACHMENT,
    "resolution_id": Prefix.RESOLUTION,
    "share_id": Prefix.SHARE,
    "child_id": Prefix.CONVERSATION,
    "source_id": Prefix.CONVERSATION,
    "into_id": Prefix.CONVERSATION,
    "linked_conversation_id": Prefix.CONVERSATION,
    "contact_id": Prefix.CONTACT,
    "company_id": Prefix.COMPANY,
    "team_id": Prefix.TEAM,
    "user_id": Prefix.USER,
    "inbox_id": Prefix.INBOX,
    "key_id": Prefix.KEY,
    "webhook_id": Prefix.WEBHOOK,
}
SPELLINGS = {"inbox_id": "channel_id", "source_id": "source_conversation_id", "into_id": "merged_into_id"}
WORDS = ("number", "sender_kind", "link_type", "permission", "reason", "filename", "scan_status", "fields")


@lru_cache(maxsize=200)
def view(scopes: frozenset[str]) -> View:
    """What somebody with these scopes is shown of the log."""
    return View(kinds_shown(scopes), render)


def render(event: Event) -> bytes:
    """One event of a stream (text/event-stream)."""
    head = f"id: {show_cursor(event.cursor)}\nevent: {event.kind}\ndata: "
    return head.encode() + encoder.encode(shown(event)) + b"\n\n"


def shown(event: Event) -> EventOut:
    return EventOut(
        **msgspec.structs.asdict(activities.row(event)),
        conversation_id=show_if(Prefix.CONVERSATION, event.conversation_id),
        details=_details(event.data),
    )


def _details(data: Any) -> dict[str, Any]:
    """Of what the log knows, what the API shows elsewhere as well; where bytes lie is nobody's business."""
    details = {SPELLINGS.get(name, name): show_if(prefix, data[name]) for name, prefix in IDS.items() if name in data}
    details |= {name: data[name] for name in WORDS if name in data}
    if "until" in data:
        details["snoozed_until"] = instant(datetime.fromisoformat(data["until"]))
    if data.get("sender_id") is not None:
        prefix = Prefix.CONTACT if data.get("sender_kind") == "contact" else Prefix.USER
        details["sender_id"] = show(prefix, data["sender_id"])
    return details
