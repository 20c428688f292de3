"""Ids on the wire: a prefix for the kind, then the core's number in base 32. Pure and reversible (aurion.md 2.1)."""

from __future__ import annotations

from enum import StrEnum

from dragoman.core.accounts.secrets import decode, encode
from dragoman.core.errors import NotFound
from dragoman.store.events import Cursor

WIDTH = 11


class Prefix(StrEnum):
    CONVERSATION = "conv"
    CONTACT = "ct"
    COMPANY = "co"
    TEAM = "team"
    USER = "agent"
    KEY = "key"
    MESSAGE = "msg"
    ATTACHMENT = "att"
    LINK = "link"
    FAMILY_LINK = "link_p"
    RESOLUTION = "res"
    SHARE = "share"
    WEBHOOK = "wh"
    EVENT = "evt"
    INBOX = "ec"


NAMES = {
    Prefix.CONVERSATION: "Conversation",
    Prefix.CONTACT: "Contact",
    Prefix.COMPANY: "Company",
    Prefix.TEAM: "Team",
    Prefix.USER: "Agent",
    Prefix.KEY: "API key",
    Prefix.MESSAGE: "Message",
    Prefix.ATTACHMENT: "Attachment",
    Prefix.LINK: "Link",
    Prefix.SHARE: "Share",
    Prefix.WEBHOOK: "Webhook",
    Prefix.INBOX: "Channel",
}


def show(prefix: Prefix, number: int) -> str:
    return f"{prefix}_{encode(number):0>{WIDTH}}"


def show_if(prefix: Prefix, number: int | None) -> str | None:
    return None if number is None else show(prefix, number)


def parse(prefix: Prefix, text: str) -> int | None:
    """The number, or None for anything that is not `show` of one."""
    head, _, digits = text.rpartition("_")
    if head != prefix or len(digits) != WIDTH:
        return None
    return decode(digits)


def read(prefix: Prefix, text: str) -> int:
    """The number. Raises NotFound for what cannot be one: an id is opaque, so a strange one is an unknown one."""
    number = parse(prefix, text)
    if number is None:
        raise NotFound(NAMES[prefix])
    return number


def show_cursor(cursor: Cursor) -> str:
    """A place in the event log, as the id of an event of the stream."""
    return f"{encode(cursor.transaction_id)}-{encode(cursor.id)}"


def parse_cursor(text: str) -> Cursor | None:
    """The place, or None for anything that is not `show_cursor` of one."""
    transaction_id, _, number = (decode(part) for part in text.partition("-"))
    return None if transaction_id is None or number is None else Cursor(transaction_id, number)
