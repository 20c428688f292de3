"""Small mails to test with, and an inbox to drop them into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from dragoman.channels.email.intake import Intake
from dragoman.channels.email.reading import Incoming
from dragoman.channels.email.receiving import Receipt
from dragoman.core.channels import inboxes
from dragoman.core.conversations import queries as conversations
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Attachment, Message
from dragoman.store import schema
from world import World

SUPPORT = "support@acme.example"
JANE = "Jane Smith <jane@example.com>"


def letter(
    body: str = "My printer is on fire.",
    *,
    subject: str = "Printer on fire",
    sender: str | None = JANE,
    to: str | None = SUPPORT,
    message_id: str | None = None,
    at: datetime | None = None,
    html: str | None = None,
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail; header names are given with `_` for `-`."""
    mail = EmailMessage()
    fixed = {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<{message_id}>" if message_id else None}
    fixed["Date"] = format_datetime(at) if at else None
    for name, value in {**fixed, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        if value is not None:
            mail[name] = value
    mail.set_content(body)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@dataclass
class Letterbox:
    """An inbox of a helpdesk that mails are dropped into."""

    world: World
    inbox_id: int

    async def drop(self, *mails: bytes) -> list[Receipt]:
        """All in one batch; what became of each."""
        intake = Intake(self.world.services, self.world.account_id, self.inbox_id)
        return await intake.take([Incoming(f"{at}.eml", raw) for at, raw in enumerate(mails)])

    async def drop_one(self, mail: bytes) -> Receipt:
        (receipt,) = await self.drop(mail)
        return receipt

    async def open_conversations(self) -> list[Conversation]:
        """Those in the inbox's list, by number."""
        rows = schema.conversations
        async with self.world.database.read(self.world.account_id) as tx:
            query = tx.select(Conversation).where(rows.c.inbox_id == self.inbox_id, rows.c.visibility == 0)
            return await tx.all(Conversation, query.order_by(rows.c.number))

    async def only_conversation(self) -> Conversation:
        (found,) = await self.open_conversations()
        return found

    async def conversation(self, conversation_id: int) -> Conversation:
        async with self.world.database.read(self.world.account_id) as tx:
            return await conversations.find(tx, conversation_id)

    async def messages(self, conversation_id: int) -> list[Message]:
        async with self.world.database.read(self.world.account_id) as tx:
            return await messages.of_conversation(tx, conversation_id)

    async def attachments(self, conversation_id: int) -> list[Attachment]:
        async with self.world.database.read(self.world.account_id) as tx:
            return await messages.attachments_of(tx, conversation_id)

    async def raw_mails(self) -> list[dict[str, Any]]:
        rows = schema.raw_mails
        async with self.world.database.read(self.world.account_id) as tx:
            found = await tx.rows(tx.select(*rows.c).where(rows.c.inbox_id == self.inbox_id).order_by(rows.c.id))
            return [dict(row._mapping) for row in found]


async def letterbox(world: World, *, name: str = "Support", address: str | None = SUPPORT) -> Letterbox:
    async with world.database.write(world.account_id) as tx:
        inbox = await inboxes.find_or_add(tx, channel="email", name=name, provider="test", address=address)
    return Letterbox(world, inbox.id)
