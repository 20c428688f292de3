"""What clients may send about conversations. Every name that either documentation uses is taken."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from dragoman.core.conversations.models import Channel, LinkType, Status
from dragoman.core.errors import Invalid
from dragoman.core.sharing.models import Permission
from dragoman.dialects.aurion.wire import reading
from dragoman.dialects.aurion.wire.words import PriorityWord

MAX_ATTRIBUTES = 200


def _instant(value: Any) -> Any:
    if value is None:
        return None
    try:
        return reading.instant("", value)
    except Invalid as fault:
        raise ValueError(fault.message) from None


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > MAX_ATTRIBUTES:
        raise ValueError(f"takes at most {MAX_ATTRIBUTES} attributes")
    return value


Instant = Annotated[datetime, BeforeValidator(_instant)]
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Id = Annotated[str, StringConstraints(max_length=200)]
Attributes = Annotated[dict[str, Any], AfterValidator(_small)]
Tags = Annotated[list[str], Field(max_length=100)]
Minutes = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


class In(BaseModel):
    """Unknown fields are ignored, as both documentations' servers do."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class FirstMessageIn(In):
    body: Annotated[Text, StringConstraints(min_length=1)]
    type: Literal["text", "html"] = "text"


class ConversationIn(In):
    """E3: the guide's `message` or the reference's `description`, at least one."""

    subject: Subject
    contact_id: Id
    channel: Channel | None = None
    priority: PriorityWord = "medium"
    message: FirstMessageIn | None = None
    description: Text | None = None
    category: Word | None = None
    custom_attrs: Attributes = Field(default_factory=dict)
    tags: Tags = Field(default_factory=list)


class ChildIn(In):
    """E13: what is not given comes from the parent."""

    subject: Subject
    description: Text | None = None
    message: FirstMessageIn | None = None
    priority: PriorityWord | None = None
    category: Word | None = None
    channel: Channel | None = None
    contact_id: Id | None = None
    custom_attrs: Attributes = Field(default_factory=dict)
    tags: Tags = Field(default_factory=list)


class ConversationPatchIn(In):
    """E5: only what is sent changes; null clears what can be empty."""

    version: Annotated[int, Field(strict=True, ge=0, le=2**53)] | None = None
    subject: Subject | None = None
    status: Status | None = None
    priority: PriorityWord | None = None
    tags: Tags | None = None
    assignee_user_id: Id | None = None
    assigned_agent_id: Id | None = None
    assignee_team_id: Id | None = None
    assigned_team_id: Id | None = None
    contact_id: Id | None = None
    category: Word | None = None
    sub_category: Word | None = None
    conversation_type: Word | None = None
    department_id: Word | None = None
    impact: Word | None = None
    urgency: Word | None = None
    custom_attrs: Attributes | None = None
    planned_start: Instant | None = None
    planned_end: Instant | None = None
    planned_effort_minutes: Minutes | None = None
    snoozed_until: Instant | None = None


class ReplyIn(In):
    """E4: `text` is another word for `reply` (aurion.md C12)."""

    body: Text
    type: Literal["reply", "note", "forward", "text"] = "reply"
    to: list[str] | str | None = Field(None, validation_alias=AliasChoices("to", "recipients", "email"))
    body_html: Text | None = None
    attachment_ids: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    metadata: Attributes = Field(default_factory=dict)


class MessageIn(ReplyIn):
    """E31."""

    is_internal: Annotated[bool, Field(strict=True)] | None = None
    content_type: Word | None = None


class AssignIn(In):
    """E6 and E11, in every spelling of the two ids (aurion.md C7)."""

    user_id: Id | None = Field(
        None, validation_alias=AliasChoices("user_id", "agent_id", "assignee_user_id", "assigned_agent_id")
    )
    team_id: Id | None = Field(None, validation_alias=AliasChoices("team_id", "assignee_team_id", "assigned_team_id"))


class ConditionIn(In):
    field: Annotated[str, StringConstraints(max_length=200)]
    operator: Annotated[str, StringConstraints(max_length=50)]
    value: Any = None
    values: Any = None


class SearchIn(In):
    """E7."""

    match: Literal["all", "any"] = "all"
    conditions: list[ConditionIn] = Field(default_factory=list)
    search: str | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 50
    offset: Annotated[int, Field(ge=0, le=2**53 - 1, strict=True)] = 0


class ParentIn(In):
    """E14: null detaches."""

    parent_id: Id | None


class LinkIn(In):
    linked_conversation_id: Id
    link_type: LinkType = LinkType.RELATED


class ResolutionIn(In):
    """E21: what is left out is kept."""

    root_cause: Text | None = None
    actions_taken: Text | None = None
    resolution: Text | None = None
    ai_generated: Annotated[bool, Field(strict=True)] | None = None


class SnoozeIn(In):
    snoozed_until: Instant


class ShareIn(In):
    permission: Permission = Permission.VIEW_ONLY
    expires_in_days: Annotated[int, Field(ge=1, le=365, strict=True)] | None = None
    expires_at: Instant | None = None


class CommentIn(In):
    """E30."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    author_name: Annotated[str, StringConstraints(max_length=200)] | None = None


class MergeIn(In):
    """E32."""

    source_conversation_ids: Annotated[list[Id], Field(max_length=100)]


class AiResolutionIn(In):
    """E33."""

    action: Literal["send", "load_into_composer", "dismiss"]


class BulkArchiveIn(In):
    """E34."""

    conversation_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]
