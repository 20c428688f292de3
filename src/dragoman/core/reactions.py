"""What happens when…? Read this file.

Left: an event. Right: what is done at once, in the same transaction, and the jobs that are queued with it and run
after its commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dragoman.core.accounts import listening
from dragoman.core.channels import listening as inboxes
from dragoman.core.conversations import followers, relabelling
from dragoman.core.conversations.rules import FOREVER
from dragoman.core.events import Happened
from dragoman.store import jobs
from dragoman.store.tx import Emitted, WriteTx

Now = Callable[[WriteTx, Emitted], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Then:
    """A job to queue: its kind, what it is told, when it is due (at once, unless `at` says), and whether at all."""

    kind: str
    tells: Callable[[Emitted], Mapping[str, Any]]
    at: Callable[[Emitted], datetime | None] = lambda _: None
    only_if: Callable[[Emitted], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class React:
    now: tuple[Now, ...] = ()
    then: tuple[Then, ...] = ()


def _named(name: str) -> Callable[[Emitted], Mapping[str, Any]]:
    return lambda event: {name: event.data[name]}


WAKE = Then(
    "wake_conversation",
    tells=lambda event: {"conversation_id": event.conversation_id},
    at=lambda event: datetime.fromisoformat(event.data["until"]),
    only_if=lambda event: datetime.fromisoformat(event.data["until"]) < FOREVER,
)
SAY_LATER = Then(
    "deliver_scheduled",
    _named("scheduled_id"),
    at=lambda event: datetime.fromisoformat(event.data["due_at"]),
)
SCAN = Then("scan_attachment", _named("attachment_id"), only_if=lambda event: event.data["scan_status"] == "pending")
REMOVE_BLOB = Then("remove_blob", _named("blob_key"))

REACTIONS: Mapping[str, React] = {
    # an event                       in the same transaction                then, after the commit
    Happened.CONTACT_UPDATED: React(now=(followers.of_contact,)),
    Happened.CONTACT_MERGED: React(now=(followers.of_merged_contact,)),
    Happened.COMPANY_UPDATED: React(now=(followers.of_company,)),
    Happened.USER_UPDATED: React(now=(followers.of_user,)),
    Happened.TEAM_UPDATED: React(now=(followers.of_team,)),
    Happened.MESSAGE_CHANGED: React(now=(followers.of_message,)),
    Happened.WEBHOOK_CREATED: React(now=(listening.on_webhook,)),
    Happened.WEBHOOK_UPDATED: React(now=(listening.on_webhook,)),
    Happened.INBOX_CREATED: React(now=(inboxes.on_inbox,)),
    Happened.INBOX_UPDATED: React(now=(inboxes.on_inbox,)),
    Happened.LABEL_UPDATED: React(now=(relabelling.of_renamed,)),
    Happened.LABEL_DELETED: React(now=(relabelling.of_deleted,)),
    Happened.SNOOZED: React(then=(WAKE,)),
    Happened.MESSAGE_SCHEDULED: React(then=(SAY_LATER,)),
    Happened.ATTACHMENT_ADDED: React(then=(SCAN,)),
    Happened.ATTACHMENT_DELETED: React(then=(REMOVE_BLOB,)),
}


async def react(tx: WriteTx) -> None:
    """Do what follows from all that the transaction emitted, and queue the rest."""
    for event in list(tx.emitted):
        reaction = REACTIONS.get(event.kind, React())
        for follow in reaction.now:
            await follow(tx, event)
        for then in reaction.then:
            if then.only_if(event):
                await jobs.enqueue(tx, then.kind, then.tells(event), run_at=then.at(event))
