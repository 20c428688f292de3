"""From what happened to what is told on the cable, and to whom (chatwoot.md 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dragoman.core.accounts.models import User
from dragoman.core.channels.members import Reach
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.events import TOLD_IN_THREAD, Happened
from dragoman.core.messages.models import Message, Sender
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import event_forms, present_people
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.shown import Shown, files_of, people_of, show, some
from dragoman.edge.replies import encoder
from dragoman.store.events import Event
from dragoman.store.signals import Signal
from dragoman.store.tx import Tx

NOTHING = Reach(frozenset())
TYPING = ("typing_on", "typing_off")


@dataclass(frozen=True, slots=True)
class Listener:
    """An agent with the inboxes that they see, or a contact with one link."""

    user: User | None = None
    reach: Reach = NOTHING
    link: ContactLink | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears: agents by the conversation's inbox (all of them where it is about none), maybe its contact.

    `only` is one user alone; `but_not` are those who did it themselves, as ("user", id) or ("contact", id).
    """

    of: Shown | None = None
    with_contact: bool = False
    only: int | None = None
    but_not: tuple[str, int] | None = None

    def hears(self, one: Listener) -> bool:
        if one.user is not None:
            if self.but_not == ("user", one.user.id) or self.only not in (None, one.user.id):
                return False
            return self.of is None or one.reach.has(self.of.conversation.inbox_id)
        if one.link is None or self.of is None or not self.with_contact:
            return False
        return self.but_not != ("contact", one.link.contact_id) and _is_theirs(one.link, self.of)


def _is_theirs(link: ContactLink, shown: Shown) -> bool:
    """A contact hears of conversations of its link; one who has proved who they are, of all their proved links."""
    if shown.link is None:
        return False
    return shown.link.id == link.id or (
        link.is_verified and shown.link.is_verified and shown.link.contact_id == link.contact_id
    )


@dataclass(frozen=True, slots=True)
class Telling:
    """One event of the cable: its body is made once for all who hear it."""

    body: bytes
    audience: Audience


@dataclass(frozen=True, slots=True)
class Facts:
    """What some events are about, as it is now."""

    shown: Mapping[int, Shown]
    messages: Mapping[int, Message]
    contacts: Mapping[int, Contact]
    users: Mapping[int, User]
    addresses: Addresses
    tx: Tx


async def facts_of(tx: Tx, lines: Sequence[Event | Signal], addresses: Addresses) -> Facts:
    """As many statements for many events as for one."""
    conversation_ids = list(dict.fromkeys(one.conversation_id for one in lines if one.conversation_id is not None))
    shown = {one.conversation.id: one for one in await show(tx, conversation_ids, user_id=None)}
    messages = await some(tx, Message, [one.data.get("message_id") for one in lines])
    await _add_what_lies_behind(tx, list(messages.values()), shown)
    contacts = await some(tx, Contact, [one.data.get("contact_id") for one in lines])
    users = await some(tx, User, [_user_of(one) for one in lines])
    return Facts(shown, messages, contacts, users, addresses, tx)


async def _add_what_lies_behind(tx: Tx, messages: Sequence[Message], shown: dict[int, Shown]) -> None:
    """The senders and files of messages that are not the latest any more."""
    people, files = await people_of(tx, messages), await files_of(tx, messages)
    for key, one in shown.items():
        shown[key] = one.with_more(people, files)


def _user_of(one: Event | Signal) -> int | None:
    if isinstance(one, Signal):
        found: int | None = one.data.get("user_id")
        return found
    return one.actor_id if one.actor_kind == "user" else one.data.get("user_id")


def tellings(line: Event | Signal, facts: Facts) -> Iterator[Telling]:
    """In the order in which a client is told."""
    if isinstance(line, Signal):
        yield from _of_signal(line, facts)
    elif line.conversation_id is not None:
        if shown := facts.shown.get(line.conversation_id):
            yield from _of_conversation(line, shown, facts)
    elif line.kind in _OF_CONTACT:
        yield from _of_contact(line, facts)


_OF_CONTACT: Mapping[str, str] = {
    Happened.CONTACT_CREATED: "contact.created",
    Happened.CONTACT_UPDATED: "contact.updated",
    Happened.CONTACT_MERGED: "contact.merged",
    Happened.CONTACT_DELETED: "contact.deleted",
}


def _of_contact(event: Event, facts: Facts) -> Iterator[Telling]:
    contact = facts.contacts.get(event.data.get("contact_id", 0))
    if contact is not None:
        form = msgspec.to_builtins(present_people.contact_as_sender(contact))
        yield Telling(_body(_OF_CONTACT[event.kind], {**form, **_performer(event, facts)}, facts), Audience())


def _of_conversation(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    teller = _TELLERS.get(event.kind)
    if teller is not None:
        yield from teller(event, shown, facts)
    if event.kind in TOLD_IN_THREAD:
        form = {**event_forms.message(event, shown, facts.addresses), **_performer(event, facts)}
        yield Telling(_body("message.created", form, facts), Audience(shown))


def _message(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    message = facts.messages.get(event.data.get("message_id", 0))
    if message is None:
        return
    yield _said("message.created", message, event, shown, facts, echo_id=event.data.get("echo_id"))
    is_first = message.sender_kind == Sender.AGENT and not message.is_internal
    if is_first and message.created_at == shown.conversation.first_human_response_at:
        yield Telling(_body("first.reply.created", _form(message, shown, facts), facts), Audience(shown))


def _changed_message(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    message = facts.messages.get(event.data.get("message_id", 0))
    if message is not None:
        told = {"previous_changes": event.data.get("changes", {})}
        yield _said("message.updated", message, event, shown, facts, more=told)


def _said(
    name: str,
    message: Message,
    event: Event,
    shown: Shown,
    facts: Facts,
    *,
    echo_id: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Telling:
    form = {**_form(message, shown, facts, echo_id=echo_id), **_performer(event, facts), **(more or {})}
    return Telling(_body(name, form, facts), Audience(shown, with_contact=not message.is_internal))


def _form(line: Line, shown: Shown, facts: Facts, *, echo_id: str | None = None) -> dict[str, Any]:
    return event_forms.message(line, shown, facts.addresses, echo_id=echo_id)


def _conversation(name: str, *, with_contact: bool) -> Teller:
    def tell(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
        yield Telling(_body(name, _state(shown, facts), facts), Audience(shown, with_contact=with_contact))

    return tell


def _all_of(*tellers: Teller) -> Teller:
    def tell(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
        for one in tellers:
            yield from one(event, shown, facts)

    return tell


def _placed(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    """Whoever has it now, told by what of that has changed."""
    changes = event.data.get("changes", {})
    for field, name in (("assignee_user_id", "assignee.changed"), ("assignee_team_id", "team.changed")):
        old, new = changes.get(field, (None, None))
        if old != new:
            yield Telling(_body(name, _state(shown, facts), facts), Audience(shown))
    yield from _UPDATED(event, shown, facts)


def _seen(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    """Only when the contact has read it (chatwoot.md 8.3)."""
    if event.actor_kind == "contact":
        yield Telling(_body("conversation.read", _state(shown, facts), facts), Audience(shown))


def _mentioned(event: Event, shown: Shown, facts: Facts) -> Iterator[Telling]:
    for user_id in event.data.get("user_ids", ()):
        yield Telling(_body("conversation.mentioned", _state(shown, facts), facts), Audience(shown, only=user_id))


def _state(shown: Shown, facts: Facts) -> dict[str, Any]:
    return event_forms.conversation(shown, facts.addresses, now=facts.tx.now)


def _of_signal(signal: Signal, facts: Facts) -> Iterator[Telling]:
    shown = facts.shown.get(signal.conversation_id or 0)
    if shown is None or signal.kind not in TYPING:
        return
    user_id, contact_id = signal.data.get("user_id"), signal.data.get("contact_id")
    is_private = bool(signal.data.get("is_private"))
    who = ("user", user_id) if user_id is not None else ("contact", contact_id or 0)  # a bot listens nowhere
    data = {"conversation": _state(shown, facts), "user": _typist(signal, shown, facts), "is_private": is_private}
    audience = Audience(shown, with_contact=not is_private, but_not=who)
    yield Telling(_body(f"conversation.{signal.kind}", data, facts), audience)


def _typist(signal: Signal, shown: Shown, facts: Facts) -> Any:
    user = facts.users.get(signal.data.get("user_id") or 0)
    one = present_people.contact_as_sender(shown.contact) if user is None else present_people.user_as_sender(user)
    return msgspec.to_builtins(one)


def _performer(event: Event, facts: Facts) -> dict[str, Any]:
    user = facts.users.get(event.actor_id or 0) if event.actor_kind == "user" else None
    return {} if user is None else {"performer": msgspec.to_builtins(present_people.user_as_sender(user))}


def _body(name: str, data: Mapping[str, Any], facts: Facts) -> bytes:
    return encoder.encode({"event": name, "data": {**data, "account_id": facts.addresses.account_id}})


Teller = Callable[[Event, Shown, Facts], Iterator[Telling]]
_UPDATED = _conversation("conversation.updated", with_contact=True)
_STATUS = _all_of(_conversation("conversation.status_changed", with_contact=True), _UPDATED)
_TELLERS: Mapping[str, Teller] = {
    Happened.CONVERSATION_CREATED: _conversation("conversation.created", with_contact=True),
    Happened.MESSAGE_ADDED: _message,
    Happened.NOTE_ADDED: _message,
    Happened.MENTIONED: _mentioned,
    Happened.MESSAGE_CHANGED: _changed_message,
    Happened.MESSAGE_REMOVED: _changed_message,
    Happened.STATUS_CHANGED: _STATUS,
    Happened.SNOOZED: _STATUS,
    Happened.UNSNOOZED: _STATUS,
    Happened.ASSIGNED: _placed,
    Happened.REASSIGNED: _placed,
    Happened.UNASSIGNED: _placed,
    Happened.PRIORITY_CHANGED: _UPDATED,
    Happened.TAGS_CHANGED: _UPDATED,
    Happened.DETAILS_CHANGED: _UPDATED,
    Happened.MUTED: _UPDATED,
    Happened.UNMUTED: _UPDATED,
    Happened.CONTACT_CHANGED: _conversation("conversation.contact_changed", with_contact=False),
    Happened.SEEN: _seen,
}
KINDS = frozenset({*_TELLERS, *_OF_CONTACT, *TOLD_IN_THREAD})
