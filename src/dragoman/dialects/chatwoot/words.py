"""Chatwoot's words for what the core names otherwise (chatwoot.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from dragoman.core.conversations.models import Channel, Priority, State, Status
from dragoman.core.messages.models import Sender

CHANNEL_TYPES: Mapping[str, str] = {
    Channel.EMAIL: "Channel::Email",
    Channel.CHAT: "Channel::WebWidget",
    Channel.WIDGET: "Channel::WebWidget",
    Channel.WHATSAPP: "Channel::Whatsapp",
    Channel.SMS: "Channel::Sms",
    Channel.VOICE: "Channel::TwilioSms",
    Channel.API: "Channel::Api",
    Channel.AGENT_CREATED: "Channel::Api",
    Channel.PORTAL_FORM: "Channel::Api",
}
STATUSES = ("open", "resolved", "pending", "snoozed")
_STATES: Mapping[str, str] = {State.OVER: "resolved"}
# Snoozed until the customer writes, whenever that is: in the core a snooze always ends some time.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
PRIORITIES = ("low", "medium", "high", "urgent")
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = 0, 1, 2, 3
MESSAGE_WORDS = {INCOMING: "incoming", OUTGOING: "outgoing", ACTIVITY: "activity", TEMPLATE: "template"}


def status(state: str) -> str:
    return _STATES.get(state, state)


def state(word: str) -> State:
    """Raises KeyError for what is no status here."""
    return {"open": State.OPEN, "pending": State.PENDING, "snoozed": State.SNOOZED, "resolved": State.OVER}[word]


def state_or_none(word: str) -> str:
    """What is no status here is a state that no conversation is in."""
    return state(word) if word in STATUSES else "none"


def core_status(word: str) -> Status:
    """The status proper of one of STATUSES: what is snoozed is open."""
    return {"resolved": Status.RESOLVED, "pending": Status.PENDING}.get(word, Status.OPEN)


def priority(of: str) -> str | None:
    return None if of == Priority.NONE else of


def channel_type(channel: str) -> str:
    return CHANNEL_TYPES.get(channel, "Channel::Api")


def message_type(sender_kind: str, source: str | None) -> int:
    if sender_kind == Sender.CONTACT:
        return INCOMING
    return TEMPLATE if source == "template" else OUTGOING


def seconds(instant: datetime | None) -> int:
    """0 for what never happened (chatwoot.md 1.6)."""
    return 0 if instant is None else int(instant.timestamp())


def iso(instant: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
