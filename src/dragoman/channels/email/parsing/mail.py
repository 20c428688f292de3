"""What one email says, once every encoding and every mailer's habit has been undone."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from typing import Literal


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the domain of `email` is lower-cased, the local part kept as written (RFC 5321, 2.4)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the conversation's text.

    `filename` is safe to write to disk (no path, no control or direction-changing character, at most 200 bytes),
    `content_id` stands without angle brackets, as `cid:` URLs use it.
    """

    filename: str
    content_type: str
    content: bytes
    content_id: str | None
    disposition: Literal["attachment", "inline"]


@dataclass(frozen=True, slots=True)
class Mail:
    """One parsed email. No string in it holds a NUL or a lone surrogate, so every database takes it.

    Message ids stand without angle brackets or whitespace; `message_id` is None when the mail has none that could
    tell it from another. `sent_at` is aware and in UTC, None when missing or unreadable; absurd years are handed
    on. `text` is always filled when there is anything to read, from the HTML if need be. `html` is raw: never show
    it without `html.sanitize`. `message` is the tree below it, for classification only.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    message: Message = field(compare=False, repr=False)
    defects: tuple[str, ...]
