"""Webhooks in Chatwoot's words: of the account, of an inbox of programs, of bots (chatwoot.md 8.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from dragoman.core.accounts import account as accounts
from dragoman.core.accounts.account import Account
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import User, Webhook
from dragoman.core.channels.listening import URL
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations.models import Channel
from dragoman.core.events import Happened
from dragoman.core.messages.models import Message, Sender
from dragoman.dialects.chatwoot import event_forms, hook_forms, hook_words, present, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.hook_words import SAID, TYPING
from dragoman.dialects.chatwoot.present import SENDER_TYPES
from dragoman.dialects.chatwoot.shown import Shown, files_of, people_of, show, some
from dragoman.edge import signatures
from dragoman.edge.replies import encoder
from dragoman.edge.services import Services
from dragoman.store.deliveries import BOT, INBOX, WEBHOOK, Delivery, NewDelivery
from dragoman.store.events import Event
from dragoman.store.signals import Signal
from dragoman.store.tx import Tx

DIALECT = "chatwoot"
OUT = (Sender.AGENT, Sender.AI, Sender.SYSTEM)
_DELIVERIES = UUID("6f1d3f2a-6a5e-5c0e-9a52-5d8f0a6c7b11")  # any will do; deliveries are named below it
_ESCAPED_BREAK, _LAST_BREAKS = re.compile(r"\\\r?\n"), re.compile(r"[\r\n]+\Z")


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who is told, and which words."""

    target: str
    id: int
    url: str
    hears: frozenset[str] | None  # None: all

    def wants(self, word: str) -> bool:
        return self.hears is None or word in self.hears


@dataclass(frozen=True, slots=True)
class Scene:
    """What an event is about, with all that is said of it."""

    account: Account
    shown: Shown
    addresses: Addresses
    now: datetime

    def conversation(self) -> dict[str, Any]:
        told = event_forms.conversation(self.shown, self.addresses, now=self.now)
        return {**told, "account": hook_forms.account(self.account)}


class ChatwootHooks:
    async def told(
        self, services: Services, tx: Tx, event: Event, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]:
        if event.kind in (Happened.CONTACT_CREATED, Happened.CONTACT_UPDATED):
            return await _of_contact(tx, event, _accounts_own(webhooks))
        said = hook_words.said_of(event)
        if not said or event.conversation_id is None:
            return ()
        scene = await _scene(services, tx, event.conversation_id)
        if scene is None:
            return ()
        listeners = [*_accounts_own(webhooks), *_inboxes_own(scene.shown), *await _bots(tx, scene.shown)]
        asked = {word for one in listeners for word in _words_for(one, event) if one.wants(word)}
        bodies = {word: await _body(tx, event, word, scene) for word in sorted(asked)}
        return [
            await _delivery(tx, one, event, word, body, scene)
            for one in listeners
            for word in _words_for(one, event)
            if one.wants(word) and (body := bodies[word]) is not None
        ]

    async def signalled(
        self, services: Services, tx: Tx, signal: Signal, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]:
        word = TYPING.get(signal.kind)
        if word is None or signal.conversation_id is None:
            return ()
        scene = await _scene(services, tx, signal.conversation_id)
        if scene is None:
            return ()
        listeners = [one for one in (*_accounts_own(webhooks), *_inboxes_own(scene.shown)) if one.wants(word)]
        body = _typing(word, signal, scene, await _who_types(tx, signal, scene)) if listeners else ""
        return [_new(one, signal.id, word, body, is_fleeting=True) for one in listeners]

    def headers(self, secret: str, delivery: Delivery, at: datetime) -> Mapping[str, str]:
        """The name stays the same for all attempts, the signature is of each."""
        told = str(int(at.timestamp()))
        return {
            "X-Chatwoot-Delivery": str(uuid5(_DELIVERIES, str(delivery.id))),
            "X-Chatwoot-Timestamp": told,
            "X-Chatwoot-Signature": signatures.hexadecimal(secret, told.encode(), delivery.body.encode()),
        }


hooks = ChatwootHooks()


def _accounts_own(webhooks: Sequence[Webhook]) -> list[Listener]:
    """An `inbox_id` does not narrow what they hear (chatwoot.md 6.7)."""
    return [Listener(WEBHOOK, one.id, one.url, frozenset(one.events)) for one in webhooks]


def _inboxes_own(shown: Shown) -> list[Listener]:
    """The program behind an API inbox hears all of its conversations."""
    inbox = shown.inbox
    url = None if inbox is None or inbox.channel != Channel.API else inbox.settings.get(URL)
    return [Listener(INBOX, inbox.id, str(url), None)] if inbox is not None and url else []


async def _bots(tx: Tx, shown: Shown) -> list[Listener]:
    """The bot that has the conversation and the one that serves its inbox."""
    inbox = shown.inbox
    found = await some(tx, Bot, {shown.conversation.assignee_bot_id, inbox.bot_id if inbox is not None else None})
    return [Listener(BOT, one.id, one.url, None) for one in found.values() if one.is_active and one.url]


def _words_for(one: Listener, event: Event) -> Sequence[str]:
    return hook_words.to_bots(event) if one.target == BOT else hook_words.said_of(event)


async def _scene(services: Services, tx: Tx, conversation_id: int) -> Scene | None:
    """None where the conversation is gone."""
    found = await show(tx, [conversation_id], user_id=None)
    addresses = Addresses(tx.account_id, services.settings.base_url.rstrip("/"), services.pepper)
    return Scene(await accounts.mine(tx), found[0], addresses, tx.now) if found else None


async def _body(tx: Tx, event: Event, word: str, scene: Scene) -> str | None:
    """None where what it was about is gone."""
    if "message_id" in event.data and word.startswith("message_"):
        message = await tx.find_one(Message, id=event.data["message_id"])
        return None if message is None else _json({**await _message(tx, message, scene), "event": word})
    told = {**scene.conversation(), "event": word}
    return _json(told if word == hook_words.CREATED else {**told, "changed_attributes": hook_words.changed(event)})


async def _message(tx: Tx, one: Message, scene: Scene) -> dict[str, Any]:
    people, files = await people_of(tx, [one]), await files_of(tx, [one])
    inbox = scene.shown.inbox
    kind = SENDER_TYPES.get(one.sender_kind)
    attachments = [present.attachment(each, scene.addresses) for each in files.get(one.id, ())]
    return {
        "account": hook_forms.account(scene.account),
        "additional_attributes": one.metadata,
        "content_attributes": present.content_attributes(one),
        "content_type": one.kind,
        "content": cleaned(one.body) or None,
        "conversation": scene.conversation(),
        "created_at": words.iso(one.created_at),
        "id": one.id,
        "inbox": None if inbox is None else {"id": inbox.id, "name": inbox.name},
        "message_type": words.MESSAGE_WORDS[words.message_type(one.sender_kind, one.source)],
        "private": one.is_internal,
        "sender": hook_forms.sender(kind, one.sender_id, people, scene.account),
        "source_id": one.source_message_id,
        **({"attachments": attachments} if attachments else {}),
    }


def cleaned(text: str) -> str:
    """An editor's escaped line breaks as line breaks, and none at the end."""
    return _LAST_BREAKS.sub("", _ESCAPED_BREAK.sub("\n", text))


async def _of_contact(tx: Tx, event: Event, listeners: Sequence[Listener]) -> list[NewDelivery]:
    found = await tx.find_one(Contact, id=event.data["contact_id"])
    told = [(one, word) for one in listeners for word in hook_words.said_of(event) if one.wants(word)]
    if found is None or not told:
        return []
    changed = {"changed_attributes": hook_words.changed(event)} if event.kind == Happened.CONTACT_UPDATED else {}
    payload = {**hook_forms.contact(found, await accounts.mine(tx)), **changed}
    return [_new(one, event.id, word, _json({**payload, "event": word})) for one, word in told]


async def _delivery(tx: Tx, one: Listener, event: Event, word: str, body: str, scene: Scene) -> NewDelivery:
    """With what fails beside it: the message at an inbox's program, the conversation at a bot (chatwoot.md 8.4)."""
    message_id: int | None = None
    if one.target == INBOX and event.kind == Happened.MESSAGE_ADDED and event.data.get("sender_kind") in OUT:
        message_id = event.data["message_id"]
    conversation_id = scene.shown.conversation.id if one.target == BOT and word == SAID else None
    return _new(one, event.id, word, body, message_id=message_id, conversation_id=conversation_id)


def _new(one: Listener, event_id: int, word: str, body: str, **more: Any) -> NewDelivery:
    return NewDelivery(one.target, one.id, DIALECT, event_id, word, one.url, body, **more)


async def _who_types(tx: Tx, signal: Signal, scene: Scene) -> dict[str, Any] | None:
    user_id = signal.data.get("user_id")
    if user_id is not None:
        found = await tx.find_one(User, id=user_id)
        return None if found is None else hook_forms.user(found)
    contact = await tx.find_one(Contact, id=signal.data.get("contact_id") or 0)
    return None if contact is None else hook_forms.contact(contact, scene.account)


def _typing(word: str, signal: Signal, scene: Scene, who: Mapping[str, Any] | None) -> str:
    return _json(
        {
            "event": word,
            "user": who,
            "conversation": scene.conversation(),
            "is_private": bool(signal.data.get("is_private", False)),
        }
    )


def _json(payload: Mapping[str, Any]) -> str:
    return encoder.encode(payload).decode()
