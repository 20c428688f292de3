"""Synthetic conversations: pure, made in batches, and the same again for the same seed.

A batch is a stretch of time. Within it conversations are in the order of their beginning, and so are their ids: every
index then grows at few places, which is what makes loading fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from dragoman.cli.phrases import (
    AGENT_SAYS,
    CATEGORIES,
    CUSTOMER_SAYS,
    FIRST_NAMES,
    LAST_NAMES,
    NOTES,
    SUBJECTS,
    SYLLABLES,
    TAGS,
    THINGS,
)
from dragoman.core.accounts.models import User
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import snippet, state_of, visibility
from dragoman.core.events import Happened
from dragoman.core.messages.models import Message, Sender
from dragoman.store.records import names

T = TypeVar("T")
CONTACT_FOR = 5  # conversations, on average


def _spread(**weights: int) -> tuple[str, ...]:
    """Each word as often as it weighs, to be picked from evenly."""
    return tuple(word for word, weight in weights.items() for _ in range(weight))


CHANNELS = _spread(email=45, chat=20, whatsapp=12, widget=8, voice=6, sms=4, portal_form=3, api=2)
PRIORITIES = _spread(low=25, medium=50, high=18, urgent=7)
RECENT = _spread(open=11, pending=4, resolved=4, closed=1)
OLD = _spread(open=3, pending=2, resolved=30, closed=15)
OVER = ("resolved", "closed")
LANGUAGES = _spread(en=30, de=5, es=5, fr=4, pt=2, it=2, ja=1, ar=1)
SENTIMENTS: Mapping[str, float] = {"positive": 0.7, "neutral": 0.0, "negative": -0.6, "frustrated": -0.9}
SOURCES = ("email", "api", "website", "import", "app")
KINDS = ("question", "incident", "problem", "task")
LEVELS = ("low", "medium", "high")
SLA_STATES = ("on_track", "at_risk", "breached")
DEPARTMENTS = ("support", "finance", "it", "logistics")
RECENTLY = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can appear in the conversations of an account."""

    users: Sequence[User]
    team_ids: Sequence[int]
    company_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch is made of; `ids` are enough for all its rows, rising."""

    seed: str
    cast: Cast
    ids: Sequence[int]
    numbers: Sequence[int]
    messages: int
    start: datetime
    end: datetime
    now: datetime

    @property
    def contacts(self) -> int:
        return -(-len(self.numbers) // CONTACT_FOR)


def ids_needed(conversations: int, messages: int) -> int:
    """For contacts, conversations, messages and events."""
    return -(-conversations // CONTACT_FOR) + conversations * (3 + 2 * messages)


@dataclass(slots=True)
class Story:
    """Everything one batch tells."""

    contacts: list[Contact]
    conversations: list[Conversation]
    messages: list[Message]
    events: list[dict[str, Any]]


def story(batch: Batch) -> Story:
    return _Teller(batch).tell()


class _Teller:
    """Makes up one batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rng = Random(batch.seed)  # noqa: S311 - nothing secret is made of it
        self.chance = self.rng.random
        self.ids = iter(batch.ids)

    def tell(self) -> Story:
        batch = self.batch
        contacts = [self._contact() for _ in range(batch.contacts)]
        told = Story(contacts, [], [], [])
        span = (batch.end - batch.start).total_seconds()
        moments = sorted(self.chance() * span for _ in batch.numbers)
        for number, moment in zip(batch.numbers, moments, strict=True):
            created_at = batch.start + timedelta(seconds=int(moment))
            self._converse(told, number, created_at, self._pick(contacts))
        return told

    def _contact(self) -> Contact:
        contact_id = next(self.ids)
        first, last = self._pick(FIRST_NAMES), self._pick(LAST_NAMES)
        blank: dict[str, Any] = dict.fromkeys(names(Contact))
        given = {
            "id": contact_id,
            "name": f"{first} {last}",
            "first_name": first,
            "last_name": last,
            "email": f"customer-{contact_id}@mail.example",
            "company_id": self._maybe(0.6, self.batch.cast.company_ids),
            "role": self._maybe(0.3, ("Buyer", "Owner", "Office manager", "Engineer")),
            "tags": [],
            "custom_attrs": {},
            "about_attrs": {},
            "is_unsubscribed": False,
            "is_blocked": False,
            "created_at": self.batch.start,
            "updated_at": self.batch.start,
        }
        return Contact(**{**blank, **given})

    def _converse(self, told: Story, number: int, created_at: datetime, contact: Contact) -> None:
        conversation_id = next(self.ids)
        fate = self._fate(created_at)
        messages = self._messages(conversation_id, created_at, contact)
        updated_at = messages[-1].created_at
        conversation = Conversation(
            **{
                **_UNSET,
                **self._classified(),
                **self._assigned(created_at),
                **_said(messages),
                **_left_open(messages, is_over=fate.status in OVER),
                **fate.at(updated_at),
                "id": conversation_id,
                "number": number,
                "uuid": self._uuid(created_at),
                "subject": self._phrase(self._pick(SUBJECTS)).capitalize(),
                "contact_id": contact.id,
                "company_id": contact.company_id,
                "created_at": created_at,
                "updated_at": updated_at,
                "version": len(messages) + (fate.status != "open"),
            }
        )
        told.conversations.append(conversation)
        told.messages.extend(messages)
        told.events.extend(self._events(conversation, messages))

    def _fate(self, created_at: datetime) -> Fate:
        is_recent = self.batch.now - created_at < RECENTLY
        roll = self.chance()
        return Fate(
            status=self._pick(RECENT if is_recent else OLD),
            is_archived=roll < 0.06,
            is_spam=0.06 <= roll < 0.09,
            is_deleted=0.09 <= roll < 0.11,
            snoozed_until=self.batch.now + timedelta(days=1 + int(self.chance() * 30)) if roll > 0.985 else None,
        )

    def _classified(self) -> dict[str, Any]:
        category = self._pick(list(CATEGORIES)) if self.chance() < 0.8 else None
        sentiment = self._pick(list(SENTIMENTS)) if self.chance() < 0.7 else None
        return {
            "priority": self._pick(PRIORITIES),
            "channel": self._pick(CHANNELS),
            "category": category,
            "sub_category": self._pick(CATEGORIES[category]) if category else None,
            "conversation_type": self._maybe(0.6, KINDS),
            "source": self._maybe(0.9, SOURCES),
            "department_id": self._maybe(0.4, DEPARTMENTS),
            "impact": self._maybe(0.2, LEVELS),
            "urgency": self._maybe(0.2, LEVELS),
            "detected_language": self._pick(LANGUAGES),
            "initial_sentiment_label": sentiment,
            "current_sentiment_label": sentiment,
            "current_sentiment_score": SENTIMENTS[sentiment] if sentiment else None,
            "sla_state": self._maybe(0.5, SLA_STATES),
            "tags": self._tags(),
        }

    def _tags(self) -> list[str]:
        """None to three; the first of TAGS are used most."""
        count = self._pick((0, 0, 0, 0, 1, 1, 1, 2, 2, 3))
        chosen = (TAGS[int(len(TAGS) * self.chance() ** 3)] for _ in range(count))
        return list(dict.fromkeys(chosen))

    def _assigned(self, created_at: datetime) -> dict[str, Any]:
        team_id = self._maybe(0.75, self.batch.cast.team_ids)
        user = self._maybe(0.65, self.batch.cast.users)
        is_assigned = team_id is not None or user is not None
        return {
            "assignee_team_id": team_id,
            "assignee_user_id": user.id if user else None,
            "assigned_at": created_at if is_assigned else None,
            "assignment_reason": "manual" if is_assigned else None,
        }

    def _messages(self, conversation_id: int, created_at: datetime, contact: Contact) -> list[Message]:
        said: list[Message] = []
        at = created_at
        for place in range(self.batch.messages):
            said.append(self._message(conversation_id, place, at, contact))
            room = max(0.0, (self.batch.now - at).total_seconds())
            at += timedelta(seconds=int(min(self.rng.expovariate(1 / 28_800), room)))
        return said

    def _message(self, conversation_id: int, place: int, at: datetime, contact: Contact) -> Message:
        by_agent = place % 2 == 1 and bool(self.batch.cast.users)
        is_note = by_agent and self.chance() < 0.1
        user = self._pick(self.batch.cast.users) if by_agent else None
        says = NOTES if is_note else AGENT_SAYS if by_agent else CUSTOMER_SAYS
        sentences = 1 if is_note else 1 + int(self.chance() * 4)
        given = {
            "id": next(self.ids),
            "conversation_id": conversation_id,
            "body": " ".join(self._phrase(self._pick(says)) for _ in range(sentences)),
            "content_type": "text/plain",
            "is_internal": is_note,
            "sender_kind": Sender.AGENT.value if by_agent else Sender.CONTACT.value,
            "sender_id": user.id if user else contact.id,
            "sender_name": user.name if user else contact.name,
            "source": "synthetic",
            "metadata": {},
            "conversation_version": place + 1,
            "created_at": at,
        }
        return Message(**{**_SILENT, **given})

    def _events(self, conversation: Conversation, messages: Sequence[Message]) -> list[dict[str, Any]]:
        created = Happened.CONVERSATION_CREATED, {"number": conversation.number}
        told = [self._event(conversation.id, *created, conversation.created_at, None)]
        for one in messages:
            kind = Happened.NOTE_ADDED if one.is_internal else Happened.MESSAGE_ADDED
            data = {"message_id": one.id, "sender_kind": one.sender_kind, "sender_id": one.sender_id}
            told.append(self._event(conversation.id, kind, data, one.created_at, one))
        if conversation.status != "open":
            changes = {"changes": {"status": ["open", conversation.status]}}
            told.append(self._event(conversation.id, Happened.STATUS_CHANGED, changes, conversation.updated_at, None))
        return told

    def _event(
        self, conversation_id: int, kind: Happened, data: Mapping[str, Any], at: datetime, by: Message | None
    ) -> dict[str, Any]:
        is_user = by is not None and by.sender_kind == Sender.AGENT
        return {
            "id": next(self.ids),
            "conversation_id": conversation_id,
            "kind": kind.value,
            "actor_kind": "user" if is_user else "contact" if by else "system",
            "actor_id": by.sender_id if by else None,
            "actor_name": by.sender_name if by else "System",
            "data": data,
            "created_at": at,
        }

    def _pick(self, choices: Sequence[T]) -> T:
        """The same as Random.choice, and a good deal faster."""
        return choices[int(self.chance() * len(choices))]

    def _maybe(self, share: float, choices: Sequence[T]) -> T | None:
        return self._pick(choices) if choices and self.chance() < share else None

    def _phrase(self, pattern: str) -> str:
        """Common words from a short list; codes and made-up words that hardly occur twice."""
        return pattern.format_map(_Words(self._pick))

    def _uuid(self, at: datetime) -> str:
        """A UUIDv7 of that instant."""
        millis, chance = int(at.timestamp() * 1000), self.rng.getrandbits(74)
        bits = millis << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1
        return str(UUID(int=bits))


class _Words(dict[str, str]):
    """What a phrase asks for, made up when it is asked for."""

    def __init__(self, pick: Callable[[Sequence[str]], str]) -> None:
        super().__init__()
        self._pick = pick

    def __missing__(self, name: str) -> str:
        if name == "code":
            return self._pick(SYLLABLES).upper() + "".join(self._pick("0123456789") for _ in range(5))
        if name == "rare":
            return "".join(self._pick(SYLLABLES) for _ in range(4))
        return self._pick(LAST_NAMES if name == "company" else THINGS)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a conversation."""

    status: str
    is_archived: bool
    is_spam: bool
    is_deleted: bool
    snoozed_until: datetime | None

    def at(self, instant: datetime) -> dict[str, Any]:
        archived_at = instant if self.is_archived else None
        deleted_at = instant if self.is_deleted else None
        return {
            "status": self.status,
            "resolved_at": instant if self.status in OVER else None,
            "archived_at": archived_at,
            "deleted_at": deleted_at,
            "is_spam": self.is_spam,
            "snoozed_until": self.snoozed_until,
            "state": state_of(self.status, self.snoozed_until),
            "visibility": visibility(archived_at=archived_at, is_spam=self.is_spam, deleted_at=deleted_at),
        }


_UNSET: dict[str, Any] = dict.fromkeys(names(Conversation)) | {
    "custom_attrs": {},
    "origin_attrs": {},
    "ai": {},
    "auto_resolved_by_ai": False,
    "renderings": 0,
}
_SILENT: dict[str, Any] = dict.fromkeys(names(Message)) | {"kind": "text", "form": {}, "delivery": "sent"}


def _said(messages: Sequence[Message]) -> dict[str, Any]:
    """What the messages leave behind on their conversation (core/messages/posting.py)."""
    public = [one for one in messages if not one.is_internal]
    answers = [one.created_at for one in public if one.sender_kind == Sender.AGENT]
    first = answers[0] if answers else None
    return {
        "message_count": len(messages),
        "last_message_snippet": snippet(public[-1].body),
        "last_inbound_at": max(one.created_at for one in messages if one.sender_kind == Sender.CONTACT),
        "last_activity_at": messages[-1].created_at,
        "first_response_at": first,
        "first_human_response_at": first,
    }


def _left_open(messages: Sequence[Message], *, is_over: bool) -> dict[str, Any]:
    """What nobody has answered or read yet: all have been read up to the last answer."""
    answered_at = max((one.created_at for one in messages if one.sender_kind == Sender.AGENT), default=None)
    waiting = [
        one.created_at
        for one in messages
        if one.sender_kind == Sender.CONTACT and (answered_at is None or one.created_at > answered_at)
    ]
    is_waiting = bool(waiting) and not is_over
    return {
        "is_unattended": answered_at is None or is_waiting,
        "staff_seen_at": messages[-1].created_at if is_over else answered_at,
        "unread_count": 0 if is_over else len(waiting),
        "waiting_since": None if is_over or not waiting else waiting[0],
    }
