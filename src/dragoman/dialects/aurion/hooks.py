"""Webhooks in Aurion's words: what happened, in one conversation or to a user (aurion.md 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dragoman.core.accounts.models import User, Webhook
from dragoman.core.conversations import queries
from dragoman.core.conversations.models import Status
from dragoman.core.errors import NotFound
from dragoman.core.events import Happened
from dragoman.core.messages.models import Attachment, Message
from dragoman.dialects.aurion import activities, present, present_people
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.dialects.aurion.present import instant
from dragoman.edge import signatures
from dragoman.edge.replies import encoder
from dragoman.edge.services import Services
from dragoman.store.deliveries import WEBHOOK, Delivery, NewDelivery
from dragoman.store.events import Event
from dragoman.store.signals import Signal
from dragoman.store.tx import Tx

CREATED, UPDATED, REPLY = "conversation.created", "conversation.updated", "conversation.reply"
RESOLVED, ASSIGNED, USER = "conversation.resolved", "conversation.assigned", "user.created"
# What is no change of the conversation, or comes with an event of its own.
NOT_TOLD = frozenset({Happened.SEEN, Happened.ATTACHMENT_SCANNED, Happened.SHARE_CREATED, Happened.SHARE_REVOKED})


class AurionHooks:
    async def told(
        self, services: Services, tx: Tx, event: Event, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]:
        asked = {word for one in webhooks for word in one.events}
        said = [word for word in words_of(event) if word in asked]
        message = await _said(tx, event) if said == [REPLY] else None
        # What a conversation begins with is told by its creation.
        if not said or (said == [REPLY] and (message is None or message.conversation_version == 1)):
            return ()
        data = await _data(tx, event, message)
        if data is None:
            return ()
        bodies = {word: _body(event, word, data) for word in said}
        return [
            NewDelivery(WEBHOOK, one.id, "aurion", event.id, word, one.url, body)
            for one in webhooks
            for word, body in bodies.items()
            if word in one.events
        ]

    async def signalled(
        self, services: Services, tx: Tx, signal: Signal, webhooks: Sequence[Webhook]
    ) -> Sequence[NewDelivery]:
        """Nobody is told who is typing."""
        return ()

    def headers(self, secret: str, delivery: Delivery, at: datetime) -> Mapping[str, str]:
        return {"X-Aurion-Signature": signatures.hexadecimal(secret, delivery.body.encode())}


hooks = AurionHooks()


def words_of(event: Event) -> list[str]:
    """What resolves or assigns is an update, too; a note is an update and no reply."""
    if event.kind == Happened.USER_CREATED:
        return [USER]
    if event.conversation_id is None or event.kind in NOT_TOLD:
        return []
    if event.kind == Happened.CONVERSATION_CREATED:
        return [CREATED]
    if event.kind == Happened.MESSAGE_ADDED:
        return [REPLY]
    _, status = event.data.get("changes", {}).get("status", (None, None))
    more = [RESOLVED] if status == Status.RESOLVED else []
    more += [ASSIGNED] if event.kind in (Happened.ASSIGNED, Happened.REASSIGNED) else []
    return [UPDATED, *more]


async def _said(tx: Tx, event: Event) -> Message | None:
    return await tx.find_one(Message, id=event.data["message_id"])


async def _data(tx: Tx, event: Event, message: Message | None) -> dict[str, Any] | None:
    """None where what it was about is gone."""
    if event.conversation_id is None:
        user = await tx.find_one(User, id=event.data.get("user_id", 0))
        return None if user is None else {"user": present_people.user(user)}
    try:
        card = await queries.card(tx, event.conversation_id)
    except NotFound:
        return None
    told: dict[str, Any] = {"conversation": present.conversation(card, is_read=False)}
    if message is not None:
        files = await tx.find_all(Attachment, "id", message_id=message.id)
        return {**told, "message": present.message(message, files)}
    return {**told, "activity": activities.row(event)}


def _body(event: Event, word: str, data: Mapping[str, Any]) -> str:
    payload = {"id": show(Prefix.EVENT, event.id), "type": word, "timestamp": instant(event.created_at), "data": data}
    return encoder.encode(payload).decode()
