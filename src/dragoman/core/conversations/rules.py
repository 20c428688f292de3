"""Decisions about conversations: no I/O, so that a table can test them. Sources: aurion.md 4.1 to 4.5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from dragoman.core.conversations.models import ARCHIVED, DELETED, SPAM, Conversation, State, Status
from dragoman.core.errors import Conflict, Invalid, NotFound

MAX_SUBJECT = 255
SNIPPET = 140
# Snoozed until the customer writes, whenever that is: a snooze always ends some time.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
LATE = timedelta(days=1)  # how long a message may have been under way and still count as news


class Action(StrEnum):
    """What is about to be done, as far as the state may forbid it."""

    CHANGE = "change"
    REPLY = "reply"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    MARK_SPAM = "mark as spam"
    UNMARK_SPAM = "unmark as spam"
    DELETE = "delete"
    RESTORE = "restore"
    READ = "read"
    MERGE_INTO = "merge into"
    MERGE_AWAY = "merge"


class MergedAway(Conflict):
    def __init__(self, into_id: int | None) -> None:
        super().__init__("The conversation was merged into another one")
        self.into_id = into_id


_EVEN_MERGED = {Action.DELETE, Action.READ}
_NOT_SPAM = {Action.REPLY, Action.ARCHIVE, Action.MERGE_INTO}


def require_allowed(action: Action, conversation: Conversation) -> None:
    """Raises NotFound, Conflict or MergedAway as the table in aurion.md 4.4 has it."""
    if action is Action.RESTORE:
        return _require_restorable(conversation)
    if conversation.deleted_at is not None:
        raise Conflict("The conversation is deleted") if action is Action.ARCHIVE else NotFound("Conversation")
    if conversation.merged_into_id is not None and action not in _EVEN_MERGED:
        raise MergedAway(conversation.merged_into_id)
    if conversation.is_spam and action in _NOT_SPAM:
        raise Conflict("The conversation is marked as spam")
    if action is Action.ARCHIVE and conversation.archived_at is not None:
        raise Conflict("The conversation is already archived")
    if action is Action.UNARCHIVE and conversation.archived_at is None:
        raise Conflict("The conversation is not archived")
    return None


def _require_restorable(conversation: Conversation) -> None:
    if conversation.deleted_at is None:
        raise Conflict("The conversation is not deleted")
    if conversation.merged_into_id is not None:
        raise MergedAway(conversation.merged_into_id)


def require_transition(before: str, after: str) -> None:
    """A closed conversation is reopened before anything else becomes of it (aurion.md 4.1)."""
    if before == Status.CLOSED and after in (Status.PENDING, Status.RESOLVED):
        raise Conflict(f"A closed conversation cannot become {after}: reopen it first")


def after_inbound(status: str, *, has_bot: bool = False) -> Status:
    """A customer who writes has the next move made: it is ours again (aurion.md 4.5), or the inbox's bot's."""
    return Status.PENDING if has_bot and status != Status.OPEN else Status.OPEN


def is_history(conversation: Conversation, at: datetime) -> bool:
    """Whether a message is so old that what was done since has taken it into account: imports bring such."""
    return at < (conversation.resolved_at or conversation.archived_at or conversation.updated_at) - LATE


def visibility(*, archived_at: datetime | None, is_spam: bool, deleted_at: datetime | None) -> int:
    """0 for the active inbox; otherwise why it is not there, added up."""
    return ARCHIVED * (archived_at is not None) + SPAM * bool(is_spam) + DELETED * (deleted_at is not None)


def state_of(status: str, snoozed_until: datetime | None) -> State:
    """What is over is not snoozed, whatever time is set."""
    if status in (Status.RESOLVED, Status.CLOSED):
        return State.OVER
    return State.SNOOZED if snoozed_until is not None else State(status)


def clean_subject(subject: str) -> str:
    """Raises Invalid unless 1 to 255 characters are left."""
    kept = " ".join(subject.split())
    if not 1 <= len(kept) <= MAX_SUBJECT:
        raise Invalid("subject", f"The subject takes 1 to {MAX_SUBJECT} characters")
    return kept


def snippet(body: str) -> str:
    folded = " ".join(body[: SNIPPET * 8].split())
    return folded if len(folded) <= SNIPPET else folded[: SNIPPET - 1] + "…"
