"""A helpdesk of its own, in a folder that goes away, and what can be asked of it after an import."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dragoman.app import build_services
from dragoman.channels.email.importing import Report, import_mail
from dragoman.channels.email.intake import Intake
from dragoman.channels.email.reading import Incoming
from dragoman.channels.email.receiving import Receipt
from dragoman.config import Settings
from dragoman.core.channels import inboxes
from dragoman.core.conversations.models import Channel
from dragoman.edge.services import Services
from dragoman.store import directory, migrate, schema

A_BATCH = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that became a message: its file's name, its conversation and what is shown of it."""

    name: str
    conversation_id: int
    body: str
    body_html: str | None
    source_message_id: str | None


@dataclass(frozen=True, slots=True)
class Helpdesk:
    services: Services
    account_id: int

    async def bring_in(self, *paths: Path, inbox: str) -> Report:
        return await import_mail(self.services, self.account_id, paths, inbox_name=inbox)

    async def take(self, mails: Sequence[Incoming], *, inbox: str) -> list[Receipt]:
        """The same for mails in the order given."""
        async with self.services.database.write(self.account_id) as tx:
            into = await inboxes.find_or_add(tx, channel=Channel.EMAIL, name=inbox, provider="fidelity")
        intake = Intake(self.services, self.account_id, into.id)
        batches = [mails[at : at + A_BATCH] for at in range(0, len(mails), A_BATCH)]
        return [receipt for batch in batches for receipt in await intake.take(batch)]

    async def kept(self, inbox: str) -> list[Kept]:
        """Every mail of an inbox that became a message; notices that were kept with a conversation too."""
        raw, said, into = schema.raw_mails, schema.messages, schema.inboxes
        async with self.services.database.read(self.account_id) as tx:
            query = (
                tx.select(raw.c.name, said.c.conversation_id, said.c.body, said.c.body_html, said.c.source_message_id)
                .select_from(raw.join(said, said.c.id == raw.c.message_id).join(into, into.c.id == raw.c.inbox_id))
                .where(into.c.name == inbox)
            )
            return [Kept(*row) for row in await tx.rows(query)]

    async def raw_keys(self, inbox: str) -> list[str]:
        """Where the raw mails of an inbox lie."""
        raw, into = schema.raw_mails, schema.inboxes
        async with self.services.database.read(self.account_id) as tx:
            query = tx.select(raw.c.blob_key).select_from(raw.join(into, into.c.id == raw.c.inbox_id))
            return await tx.scalars(query.where(into.c.name == inbox))


@asynccontextmanager
async def helpdesk() -> AsyncIterator[Helpdesk]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = Settings(data_dir=Path(folder), database_url="", storage_url="", secret_key="fidelity")
        migrate.upgrade(settings.database)
        services = build_services(settings)
        async with services.database.backend.write() as session:
            account_id = await directory.create_account(
                session, name="Fidelity", uuid="fidelity", now=services.database.clock()
            )
        yield Helpdesk(services, account_id)
        await services.database.close()
