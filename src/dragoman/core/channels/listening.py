"""Inboxes whose messages go to a program: by an address of the inbox, or by its bot."""

from __future__ import annotations

from dragoman.core.accounts import listening
from dragoman.core.channels.inboxes import Inbox
from dragoman.store.tx import Emitted, WriteTx

URL = "webhook_url"


async def on_inbox(tx: WriteTx, event: Emitted) -> None:
    inbox = await tx.find_one(Inbox, id=event.data["inbox_id"])
    if inbox is not None and (inbox.settings.get(URL) or inbox.bot_id is not None):
        await listening.begin(tx)
