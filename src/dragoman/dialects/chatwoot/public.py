"""What a contact's own client is shown (chatwoot.md 7): never a note, never what became of a conversation inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import queries as contacts
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations import queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.errors import Invalid
from dragoman.core.messages import answering, thread
from dragoman.core.messages.models import Message
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import present, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.dialects.chatwoot.shown import files_of, people_of
from dragoman.store.tx import Tx, WriteTx

MOST_MESSAGES = 1000
FIELDS = ("id", "content", "message_type", "content_type", "content_attributes", "created_at", "conversation_id")
OPTIONAL = ("attachments", "sender")
HIDDEN = ("email", "additional_attributes", "custom_attributes", "identifier", "phone_number", "blocked")


def inbox(one: Inbox) -> dict[str, Any]:
    told = one.settings
    return {
        "identifier": one.identifier,
        "identity_validation_enabled": bool(told.get("hmac_mandatory", False)),
        "name": one.name,
        "timezone": told.get("timezone", "UTC"),
        "working_hours": told.get("working_hours", []),
        "working_hours_enabled": bool(told.get("working_hours_enabled", False)),
        "csat_survey_enabled": bool(told.get("csat_survey_enabled", False)),
        "greeting_enabled": bool(told.get("greeting_enabled", False)),
    }


def contact(one: Contact) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "email": one.email, "phone_number": one.phone}


def whole_contact(one: Contact, account_id: int) -> dict[str, Any]:
    """The record as it is, with ISO times."""
    return {
        **contact(one),
        "account_id": account_id,
        "identifier": one.external_id,
        "additional_attributes": one.about_attrs,
        "custom_attributes": one.custom_attrs,
        "blocked": one.is_blocked,
        "contact_type": "visitor",
        "last_activity_at": words.iso(one.last_seen_at),
        "created_at": words.iso(one.created_at),
        "updated_at": words.iso(one.updated_at),
    }


async def conversation(tx: Tx, conversation_id: int, addresses: Addresses) -> dict[str, Any]:
    """As it is now, in this transaction, with all that was said in public."""
    one = await queries.get(tx, conversation_id)
    return {
        "id": one.number,
        "uuid": one.uuid,
        "inbox_id": one.inbox_id,
        "status": words.status(one.state),
        "contact_last_seen_at": words.seconds(one.contact_seen_at),
        "agent_last_seen_at": words.seconds(one.staff_seen_at),
        "messages": await messages(tx, one, addresses, before=None, limit=MOST_MESSAGES),
        "contact": whole_contact(await contacts.get(tx, one.contact_id), addresses.account_id),
    }


async def messages(
    tx: Tx, one: Conversation, addresses: Addresses, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    lines = await thread.before(tx, one.id, before, limit=limit, is_public=True)
    return await _shown(tx, one, lines, addresses)


async def message(tx: Tx, one: Conversation, said: Message, addresses: Addresses) -> dict[str, Any]:
    return (await _shown(tx, one, [said], addresses))[0]


async def _shown(tx: Tx, one: Conversation, lines: Sequence[Line], addresses: Addresses) -> list[dict[str, Any]]:
    people, files = await people_of(tx, lines), await files_of(tx, lines)
    return [_public(msgspec.to_builtins(present.message_of(line, one, people, files, addresses))) for line in lines]


def _public(form: Mapping[str, Any]) -> dict[str, Any]:
    """Of a sender only what a contact may know of a colleague of ours."""
    found = {name: form[name] for name in FIELDS} | {name: form[name] for name in OPTIONAL if name in form}
    if "sender" in found:
        found["sender"] = {name: value for name, value in found["sender"].items() if name not in HIDDEN}
    return found


async def answered(
    tx: WriteTx, one: Conversation, message_id: str, given: Given, addresses: Addresses
) -> dict[str, Any]:
    """Raises NotFound and Invalid."""
    submitted = given.get("submitted_values")
    if isinstance(given.get("message"), Mapping):
        submitted = given["message"].get("submitted_values", submitted)
    if not isinstance(submitted, list | dict):
        raise Invalid("submitted_values", "submitted_values takes what was chosen or filled in")
    found = await answering.submit(tx, one.id, number(message_id, "Message"), submitted)
    return await message(tx, one, found, addresses)
