"""A mail comes in: what becomes of it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dragoman.channels.email import belonging, desk, reading, threading
from dragoman.channels.email.desk import Author, Desk
from dragoman.channels.email.notices.classify import Notice
from dragoman.channels.email.parsing.mail import Mail
from dragoman.channels.email.reading import Incoming
from dragoman.core.conversations import creation
from dragoman.core.conversations.models import Channel, Conversation
from dragoman.core.messages import files, mails, posting
from dragoman.core.messages.mails import Outcome, RawMail
from dragoman.core.messages.models import Message, NewAttachment, NewMessage, Sender
from dragoman.store.tx import SYSTEM, Tx, WriteTx

SOURCE = "email"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail on its way in. Its bytes lie under `blob_key` already, its files where `attachments` say."""

    incoming: Incoming
    blob_key: str
    attachments: Sequence[NewAttachment] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail; `joined` counts conversations that it proved to be parts of another."""

    outcome: Outcome
    reason: str | None = None
    message_id: int | None = None
    conversation_id: int | None = None
    is_opening: bool = False
    joined: int = 0


KNOWN = Receipt(Outcome.DUPLICATE, "the same bytes have come in before")
KNOWN_OTHERWISE = Receipt(Outcome.DUPLICATE, "the same mail has come in before, on another way")


@dataclass(frozen=True, slots=True)
class Seen:
    """The mails that came in before, as far as a batch needs to know: by their bytes, and by what they say."""

    digests: set[str]
    identities: set[str]


async def seen(tx: Tx, inbox_id: int, deliveries: Sequence[Delivery]) -> Seen:
    """Which of these mails are here already."""
    return Seen(
        await mails.settled_digests(tx, inbox_id, {one.incoming.digest for one in deliveries}),
        await mails.settled_identities(tx, inbox_id, {one.incoming.identity for one in deliveries}),
    )


async def receive_all(tx: WriteTx, at: Desk, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Take in mails of an inbox that is locked, in their order. The same mail again adds nothing."""
    await mails.forget_failures(tx, at.inbox.id, {one.incoming.digest for one in deliveries})
    before = await seen(tx, at.inbox.id, deliveries)
    receipts = [await _receive(tx, at, one, before) for one in deliveries]
    settled = zip(deliveries, receipts, strict=True)
    await mails.keep(tx, *[await record(tx, at.inbox.id, *one) for one in settled if one[1] is not KNOWN])
    return receipts


async def _receive(tx: WriteTx, at: Desk, delivery: Delivery, before: Seen) -> Receipt:
    incoming = delivery.incoming
    if incoming.digest in before.digests:
        return KNOWN
    if incoming.identity in before.identities:
        return KNOWN_OTHERWISE
    receipt = await _take_in(tx, at, delivery)
    before.digests.add(incoming.digest)
    if receipt.outcome in mails.SETTLED:
        before.identities.add(incoming.identity)
    return receipt


async def record(tx: WriteTx, inbox_id: int, delivery: Delivery, receipt: Receipt) -> RawMail:
    """What is remembered of a mail, whatever became of it."""
    incoming = delivery.incoming
    return RawMail(
        id=await tx.next_id(),
        inbox_id=inbox_id,
        digest=incoming.digest,
        identity=incoming.identity,
        blob_key=delivery.blob_key,
        size_bytes=len(incoming.raw),
        name=incoming.name,
        outcome=receipt.outcome.value,
        reason=receipt.reason,
        message_id=receipt.message_id,
        received_at=tx.now,
    )


async def _take_in(tx: WriteTx, at: Desk, delivery: Delivery) -> Receipt:
    incoming, mail = delivery.incoming, delivery.incoming.mail
    if mail is None:
        return Receipt(Outcome.UNPARSED, incoming.fault)
    if incoming.notice is not None:
        return await _take_notice(tx, at, incoming, mail, incoming.notice)
    author = await desk.author_of(tx, at, mail)
    tx.actor = author.actor
    try:
        return await _take_mail(tx, at, delivery, mail, author)
    finally:
        tx.actor = SYSTEM


async def _take_mail(tx: WriteTx, at: Desk, delivery: Delivery, mail: Mail, author: Author) -> Receipt:
    written_at = reading.dated(mail, now=tx.now)
    conversation, joined = await belonging.conversation_of(tx, at, mail, written_at)
    is_opening = conversation is None
    if conversation is None:
        conversation = await _open(tx, at, mail, author, written_at)
    attached = [await files.store(tx, conversation.id, one, message_id=None) for one in delivery.attachments]
    new = replace(
        _wording(delivery.incoming, mail),
        sender=author.sender,
        sender_id=author.sender_id,
        sender_name=author.name,
        attachment_ids=tuple(one.id for one in attached),
        created_at=written_at,
    )
    say = posting.begin if is_opening else posting.say
    message = await say(tx, conversation, new)
    await _remember(tx, at, mail, message)
    return Receipt(Outcome.STORED, None, message.id, conversation.id, is_opening, joined)


async def _open(tx: WriteTx, at: Desk, mail: Mail, author: Author, written_at: datetime) -> Conversation:
    new = creation.NewConversation(
        subject=threading.topic(mail.subject),
        contact_id=author.contact.id,
        channel=Channel.EMAIL,
        inbox_id=at.inbox.id,
        source=SOURCE,
        source_thread_id=threading.root_id(mail),
        created_at=written_at,
    )
    return await creation.open_conversation(tx, new)


def _wording(incoming: Incoming, mail: Mail) -> NewMessage:
    """What a mail says, whoever says it: the system, until somebody else is named."""
    return NewMessage(
        body=incoming.body,
        original_body=mail.text,
        body_html=incoming.html,
        sender=Sender.SYSTEM,
        source=SOURCE,
        source_message_id=mail.message_id,
        metadata=reading.described(mail),
    )


async def _remember(tx: WriteTx, at: Desk, mail: Mail, message: Message) -> None:
    """Lead whoever answers this mail, or any that it names, to its conversation."""
    if mail.message_id is not None:
        await mails.claim_id(tx, at.inbox.id, message.conversation_id, mail.message_id, message.id)
    await mails.name_ids(tx, at.inbox.id, message.conversation_id, threading.named_ids(mail))


async def _take_notice(tx: WriteTx, at: Desk, incoming: Incoming, mail: Mail, notice: Notice) -> Receipt:
    """Hang a notice on the conversation it answers; it neither opens, reopens, wakes nor marks anything unread."""
    answered = await belonging.answered_by(tx, at, notice.answered_ids)
    reason = f"{notice.kind}: {notice.reason}"
    if answered is None:
        return Receipt(Outcome.SUPPRESSED, reason)
    wording = _wording(incoming, mail)
    told = replace(
        wording,
        body=wording.body or reading.NO_TEXT,
        sender_name=(mail.sender.name or mail.sender.email) if mail.sender else None,
        is_internal=True,
        metadata={**wording.metadata, "notice": _told(notice)},
        created_at=reading.dated(mail, now=tx.now),
    )
    message = await posting.say(tx, answered, told)
    await _remember(tx, at, mail, message)
    return Receipt(Outcome.ATTACHED, reason, message.id, answered.id)


def _told(notice: Notice) -> dict[str, object]:
    return {
        "kind": notice.kind.value,
        "reason": notice.reason,
        "failed_recipients": list(notice.failed_recipients),
    }
