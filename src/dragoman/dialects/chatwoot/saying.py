"""From what a client gives to something that is said (chatwoot.md 5.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dragoman.core.access import Principal
from dragoman.core.accounts import queries as accounts
from dragoman.core.accounts.bots import Bot
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.rules import clean_email
from dragoman.core.conversations import participation
from dragoman.core.conversations.models import Channel, Conversation
from dragoman.core.errors import Invalid
from dragoman.core.messages import replying
from dragoman.core.messages.models import Message, NewAttachment, NewMessage, Sender
from dragoman.dialects.chatwoot import templates
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.store.tx import Tx, WriteTx

LONGEST = 150_000
CONTENT_TYPES = (
    "text",
    "input_text",
    "input_textarea",
    "input_email",
    "input_select",
    "cards",
    "form",
    "article",
    "incoming_email",
    "input_csat",
    "integrations",
    "sticker",
    "voice_call",
)
ADDRESSES = ("cc_emails", "bcc_emails", "to_emails")
_MENTION = re.compile(r"\]\(mention://(user|team)/(\d{1,15})/[^)\s]*\)")


async def say(
    tx: WriteTx, who: Principal, one: Conversation, given: Given, files: Sequence[NewAttachment] = ()
) -> Message:
    """Raises Invalid, Conflict, and TooFast for the 201st message of a minute."""
    new = await new_message(tx, who, one, given, has_files=bool(files))
    message = await replying.reply(tx, one.id, new, files)
    if new.is_internal:
        await _mention(tx, one, message)
    return message


async def new_message(tx: Tx, who: Principal, one: Conversation, given: Given, *, has_files: bool) -> NewMessage:
    """Raises Invalid."""
    content = given.text("content", "", most=LONGEST) or ""
    kind = given.text("content_type", "text") or "text"
    if kind not in CONTENT_TYPES:
        raise Invalid("content_type", f"content_type is one of {', '.join(CONTENT_TYPES)}")
    metadata = _metadata(given)
    may_be_empty = has_files or kind != "text" or "template_params" in metadata
    new = NewMessage(
        body=content,
        sender=Sender.AGENT,
        sender_id=who.user_id,
        sender_name=who.actor.name,
        is_internal=bool(given.truth("private", usual=False)),
        source="api",
        source_message_id=given.text("source_id", most=500) or None,
        metadata=metadata,
        kind=kind,
        form=_form(given, one),
        echo_id=given.text("echo_id", most=500) or None,
        may_be_empty=may_be_empty,
    )
    return await _from_whom(tx, who, one, given, new)


async def _from_whom(tx: Tx, who: Principal, one: Conversation, given: Given, new: NewMessage) -> NewMessage:
    word = given.text("message_type") or "outgoing"
    if word == "incoming":
        if one.channel != Channel.API:
            raise Invalid("message_type", "message_type: Incoming messages are only allowed in Api inboxes")
        contact = await contacts.get(tx, one.contact_id)
        return replace(new, sender=Sender.CONTACT, sender_id=contact.id, sender_name=contact.name, is_internal=False)
    if word != "outgoing":
        raise Invalid("message_type", "message_type is outgoing or incoming")
    bot = await _bot(tx, who, given)
    return new if bot is None else replace(new, sender=Sender.AI, sender_id=bot.id, sender_name=bot.name)


async def _bot(tx: Tx, who: Principal, given: Given) -> Bot | None:
    """The bot that speaks, or in whose name somebody does. Raises Invalid for an unknown one."""
    bot_id = who.actor.id if who.is_bot else None
    if not who.is_bot and given.text("sender_type") == "AgentBot":
        bot_id = given.whole("sender_id")
    if bot_id is None:
        return None
    found = await tx.find_one(Bot, id=bot_id, is_active=True)
    if found is None:
        raise Invalid("sender_id", "sender_id is no bot's")
    return found


def _metadata(given: Given) -> dict[str, Any]:
    """What becomes `additional_attributes`."""
    found: dict[str, Any] = {}
    if (campaign_id := given.whole("campaign_id")) is not None:
        found["campaign_id"] = campaign_id
    if params := given.object("template_params"):
        found["template_params"] = templates.checked(params)
    if given.truth("is_voice_message", usual=False):
        found["is_voice_message"] = True
    return found


def _form(given: Given, one: Conversation) -> dict[str, Any]:
    """What becomes `content_attributes`; JSON text that cannot be read counts as nothing."""
    try:
        found = dict(given.object("content_attributes") or {})
    except Invalid:
        if not isinstance(given.get("content_attributes"), str):
            raise
        found = {}
    if at := given.text("external_created_at", most=100):
        found["external_created_at"] = at
    if one.channel == Channel.EMAIL:
        found |= {name: addresses for name in ADDRESSES if (addresses := _addresses(given, name))}
    return found


def _addresses(given: Given, name: str) -> list[str]:
    """Raises Invalid for what is no address."""
    try:
        return [clean_email(part) for one in given.texts(name) for part in one.split(",") if part.strip()]
    except Invalid:
        raise Invalid(name, f"{name}: Invalid email address") from None


async def _mention(tx: WriteTx, one: Conversation, message: Message) -> None:
    """Whom the links of a note name, one by one or as a team."""
    named = {(kind, int(number)) for kind, number in _MENTION.findall(message.body)}
    users = {number for kind, number in named if kind == "user"}
    for team_id in sorted(number for kind, number in named if kind == "team"):
        users |= {member.user.id for member in await accounts.members(tx, team_id)}
    await participation.mention(tx, one, users, message_id=message.id)
