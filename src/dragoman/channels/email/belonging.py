"""Finding the conversation that a mail belongs to, and making one of several that a mail proves to be one.

The ids of a mail and of all it names are looked up in its inbox. What is known by an id that only other mails have
named, but that has not come in itself, is weighed: one mailing to many people bears one id, and those who answer it
must not meet in one conversation. A reply that names no id we know is looked for by its subject, among the recent
conversations of the people it is from and to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dragoman.channels.email import threading
from dragoman.channels.email.desk import Desk, delivered_to, is_of_a_list, remembered_people
from dragoman.channels.email.parsing.mail import Mail
from dragoman.core.contacts import queries as contacts
from dragoman.core.conversations import queries as conversations
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages import mails, merging
from dragoman.core.messages import queries as messages
from dragoman.core.messages.mails import MailId
from dragoman.core.messages.models import Message
from dragoman.store.tx import Tx, WriteTx

MOST_REMEMBERED = 200  # messages of a conversation that are asked who took part
MOST_ASKED = 20  # people of a mail whose conversations are looked through


async def conversation_of(tx: WriteTx, desk: Desk, mail: Mail, at: datetime) -> tuple[Conversation | None, int]:
    """The conversation a mail belongs to, locked, and how many others it took in; None if it begins one."""
    known = await linked(tx, desk, mail)
    if len(known) > 1:
        return await merging.join(tx, [one.id for one in known]), len(known) - 1
    if known:
        return known[0], 0
    return await _by_subject(tx, desk, mail, at), 0


async def linked(tx: WriteTx, desk: Desk, mail: Mail) -> list[Conversation]:
    """The conversations that a mail's ids lead to: more than one where it joins what seemed apart."""
    ids = threading.named_ids(mail)
    found = await mails.ids_known(tx, desk.inbox.id, (*ids, mail.message_id) if mail.message_id else ids)
    own = found.pop(mails.key_of(mail.message_id), None) if mail.message_id else None
    certain = {one.conversation_id for one in found.values() if one.message_id is not None}
    if own is not None and await _is_own(tx, own, mail):
        certain.add(own.conversation_id)
    hearsay = {one.conversation_id for one in found.values()} - certain
    certain |= {one for one in hearsay if await _is_of_the_same_people(tx, desk, mail, one)}
    return await _alive(tx, sorted(certain))


async def answered_by(tx: WriteTx, desk: Desk, ids: Sequence[str]) -> Conversation | None:
    """The conversation of the first id, likeliest first, that leads to a living one."""
    found = await mails.ids_known(tx, desk.inbox.id, ids)
    led = [found[key].conversation_id for key in map(mails.key_of, ids) if key in found]
    for conversation_id in dict.fromkeys(led):
        if alive := await _alive(tx, [conversation_id]):
            return alive[0]
    return None


async def _is_own(tx: Tx, own: MailId, mail: Mail) -> bool:
    """Whether the mail's own id leads to its conversation; broken mailers give one id to many mails."""
    if own.message_id is None:
        return True
    first = await messages.message(tx, own.conversation_id, own.message_id)
    return _is_by_the_same(first, mail) and threading.same_topic(str(first.metadata.get("subject", "")), mail.subject)


def _is_by_the_same(message: Message, mail: Mail) -> bool:
    author = message.metadata.get("from")
    return bool(author and mail.sender and author["email"].casefold() == mail.sender.email.casefold())


async def _is_of_the_same_people(tx: Tx, desk: Desk, mail: Mail, conversation_id: int) -> bool:
    """Whether nothing speaks against it: a mail to us alone from somebody who has no part in the conversation does."""
    recipients = threading.people(mail.to, mail.cc)
    if not recipients or desk.outsiders(recipients) - delivered_to(mail):
        return True
    return mail.sender is None or await _has_part(tx, conversation_id, mail.sender.email.casefold())


async def _has_part(tx: Tx, conversation_id: int, email: str) -> bool:
    remembered = await messages.metadata_of(tx, conversation_id, limit=MOST_REMEMBERED)
    return any(email in remembered_people(metadata) for metadata in remembered)


async def _alive(tx: WriteTx, conversation_ids: Iterable[int]) -> list[Conversation]:
    """Locked; what was deleted takes no mail, and what is spam only if nothing else does."""
    found = [await conversations.lock(tx, one) for one in conversation_ids]
    alive = [one for one in found if one.deleted_at is None and one.merged_into_id is None]
    return [one for one in alive if not one.is_spam] or alive[:1]


async def _by_subject(tx: WriteTx, desk: Desk, mail: Mail, at: datetime) -> Conversation | None:
    """The latest fitting conversation with one of the mail's people, for a reply whose subject says enough.

    Not for lists: there the same few people discuss one subject in many threads, and every mail has its ids.
    """
    is_clear = threading.is_reply(mail.subject) and threading.is_telling(threading.fold(mail.subject))
    if not is_clear or is_of_a_list(mail) or not (mail.to or mail.cc):
        return None
    within = (at - threading.REPLY_WITHIN, at + threading.REPLY_WITHIN)
    for contact_id in await _contacts_of(tx, desk, mail):
        recent = await conversations.recent_of_contact(tx, contact_id, desk.inbox.id, *within)
        for conversation in recent:
            if await _is_answered_by(tx, desk, mail, conversation):
                return await conversations.lock(tx, conversation.id)
    return None


async def _contacts_of(tx: Tx, desk: Desk, mail: Mail) -> Sequence[int]:
    author = threading.people(() if mail.sender is None else (mail.sender,))
    others = sorted(threading.participants(mail) - author)
    asked = [email for email in (*author, *others) if not desk.is_ours(email)][:MOST_ASKED]
    found = [await contacts.known_as(tx, "email", email) for email in asked]
    return [one for one in found if one is not None]


async def _is_answered_by(tx: Tx, desk: Desk, mail: Mail, conversation: Conversation) -> bool:
    """Whether the mail's author has a part in the conversation, and its subject is the conversation's."""
    if mail.sender is None or not threading.same_topic(conversation.subject, mail.subject):
        return False
    return desk.is_ours(mail.sender.email) or await _has_part(tx, conversation.id, mail.sender.email.casefold())
