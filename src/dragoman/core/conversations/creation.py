"""How a conversation begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from uuid_utils.compat import uuid7

from dragoman.core.contacts import queries as contacts
from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Channel, Conversation, Priority, Status
from dragoman.core.conversations.rules import Action, clean_subject, require_allowed, state_of
from dragoman.core.errors import Conflict
from dragoman.core.events import Happened
from dragoman.core.tags import clean_tags
from dragoman.store.records import names
from dragoman.store.tx import WriteTx


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """What a new conversation is made of; `created_at` is for history that is imported."""

    subject: str
    contact_id: int
    channel: str = Channel.AGENT_CREATED
    status: str = Status.OPEN
    priority: str = Priority.MEDIUM
    category: str | None = None
    source: str | None = None
    source_thread_id: str | None = None
    inbox_id: int | None = None
    parent_id: int | None = None
    assignee_team_id: int | None = None
    department_id: str | None = None
    tags: tuple[str, ...] = ()
    custom_attrs: Mapping[str, Any] = field(default_factory=dict)
    origin_attrs: Mapping[str, Any] = field(default_factory=dict)
    contact_link_id: int | None = None
    assignee_user_id: int | None = None
    assignee_bot_id: int | None = None
    snoozed_until: datetime | None = None
    created_at: datetime | None = None


async def open_conversation(tx: WriteTx, new: NewConversation) -> Conversation:
    """Raises NotFound for an unknown contact and Invalid for a bad subject or tag."""
    subject, tags = clean_subject(new.subject), clean_tags(new.tags)
    contact = await contacts.get(tx, new.contact_id)
    created_at = new.created_at or tx.now
    conversation = _blank(
        id=await tx.next_id(),
        number=await tx.next_number("conversation"),
        uuid=str(uuid7()),
        inbox_id=new.inbox_id,
        subject=subject,
        status=new.status,
        state=state_of(new.status, new.snoozed_until),
        priority=new.priority,
        channel=new.channel,
        contact_id=contact.id,
        contact_link_id=new.contact_link_id,
        company_id=contact.company_id,
        assignee_team_id=new.assignee_team_id,
        assignee_user_id=new.assignee_user_id,
        assignee_bot_id=new.assignee_bot_id,
        snoozed_until=new.snoozed_until,
        category=new.category,
        source=new.source,
        source_thread_id=new.source_thread_id,
        department_id=new.department_id,
        tags=tags,
        custom_attrs=new.custom_attrs,
        origin_attrs=new.origin_attrs,
        parent_id=new.parent_id,
        waiting_since=created_at if new.status in (Status.OPEN, Status.PENDING) else None,
        last_activity_at=created_at,
        created_at=created_at,
        updated_at=created_at,
    )
    await change.create(tx, conversation)
    tx.emit(Happened.CONVERSATION_CREATED, conversation.id, number=conversation.number)
    return conversation


async def open_child(tx: WriteTx, parent_id: int, new: NewConversation) -> Conversation:
    """A conversation under another one. Raises Conflict where the parent takes no children (aurion.md E13, 4.4)."""
    parent = await queries.lock(tx, parent_id)
    require_allowed(Action.CHANGE, parent)
    if parent.is_spam:
        raise Conflict("The conversation is marked as spam")
    child = await open_conversation(tx, new)
    tx.emit(Happened.CHILD_CREATED, parent.id, child_id=child.id)
    return child


_NOTHING: dict[str, Any] = dict.fromkeys(names(Conversation))
_EMPTY: dict[str, Any] = {
    "ai": {},
    "auto_resolved_by_ai": False,
    "is_spam": False,
    "message_count": 0,
    "unread_count": 0,
    "is_unattended": True,
    "version": 1,
    "visibility": 0,
    "renderings": 0,
}


def _blank(**given: Any) -> Conversation:
    return Conversation(**{**_NOTHING, **_EMPTY, **given})
