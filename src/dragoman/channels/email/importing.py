"""Taking in stored mail, and saying what became of all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.channels.email.intake import Intake
from dragoman.channels.email.parsing.sources import RawMail, Skipped, open_sources
from dragoman.channels.email.reading import Incoming
from dragoman.channels.email.receiving import Receipt
from dragoman.core.channels import inboxes
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.conversations.models import Channel
from dragoman.core.messages.mails import Outcome
from dragoman.edge.services import Services

USUAL_INBOX = "Mail"
PROVIDER = "imported"
MOST_MAILS, MOST_BYTES = 50, 16 * 1024 * 1024  # of one batch

Progress = Callable[[int], None]  # is told of every mail's size in bytes when it is done


@dataclass(frozen=True, slots=True)
class Noted:
    """A file or mail that somebody may want to look at."""

    name: str
    outcome: str
    reason: str


@dataclass(slots=True)
class Report:
    """What became of everything that was read: `read` is the sum of all outcomes, files that are no mail come extra."""

    read: int = 0
    size_bytes: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    opened: int = 0
    joined: int = 0
    skipped: list[Noted] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)

    def add(self, incoming: Incoming, receipt: Receipt) -> None:
        self.read += 1
        self.size_bytes += len(incoming.raw)
        self.outcomes[receipt.outcome] += 1
        self.opened += receipt.is_opening
        self.joined += receipt.joined
        if receipt.outcome in (Outcome.SUPPRESSED, Outcome.UNPARSED, Outcome.FAILED):
            self.noted.append(Noted(incoming.name, receipt.outcome.value, receipt.reason or ""))


async def import_mail(
    services: Services,
    account_id: int,
    paths: Iterable[Path],
    *,
    inbox_name: str | None = None,
    on_progress: Progress = lambda _: None,
) -> Report:
    """Take in every mail at or below `paths`; running it again adds nothing.

    Raises FileNotFoundError for a path that does not exist and Invalid for a bad inbox name, before anything is
    written. A mail that fails is listed, the others go on.
    """
    found = open_sources(paths)
    inbox = await _inbox(services, account_id, inbox_name or USUAL_INBOX)
    intake, report = Intake(services, account_id, inbox.id), Report()
    for batch in _batches(found, report):
        for incoming, receipt in zip(batch, await intake.take(batch), strict=True):
            report.add(incoming, receipt)
            on_progress(len(incoming.raw))
    return report


async def _inbox(services: Services, account_id: int, name: str) -> Inbox:
    async with services.database.write(account_id) as tx:
        return await inboxes.find_or_add(
            tx, channel=Channel.EMAIL, name=name, provider=PROVIDER, address=name if "@" in name else None
        )


def _batches(found: Iterable[RawMail | Skipped], report: Report) -> Iterator[list[Incoming]]:
    """Mails in handy numbers. What is no mail goes straight to the report, unless it was meant as one."""
    batch: list[Incoming] = []
    for one in found:
        if isinstance(one, Skipped) and not one.data:
            report.skipped.append(Noted(one.name, "skipped", one.reason))
            continue
        batch.append(Incoming(one.name, one.data))
        if len(batch) >= MOST_MAILS or sum(len(each.raw) for each in batch) >= MOST_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch
