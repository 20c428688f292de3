"""Taking in mail by the batch.

Raw bytes are durable before anything is written about them, and a batch is one transaction: a crash in the middle
leaves at most bytes that the next run finds again. A mail that makes its batch fail is taken in alone, so that it
hurts none of its neighbours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

from dragoman.channels.email import desk, receiving
from dragoman.channels.email.parsing.mail import Attachment
from dragoman.channels.email.reading import Incoming
from dragoman.channels.email.receiving import KNOWN, Delivery, Receipt
from dragoman.core.channels import inboxes
from dragoman.core.messages import mails
from dragoman.core.messages.mails import Outcome
from dragoman.core.messages.models import NewAttachment, ScanStatus
from dragoman.edge.services import Services

log = logging.getLogger(__name__)
AT_ONCE = 16  # files being written to the blob store
MAX_REASON = 500


class Intake:
    """The way into one inbox."""

    def __init__(self, services: Services, account_id: int, inbox_id: int) -> None:
        self._services = services
        self._account_id = account_id
        self._inbox_id = inbox_id
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def take(self, batch: Sequence[Incoming]) -> list[Receipt]:
        """What became of each mail, in their order; a mail's own fault is its own outcome."""
        known = await self._known(batch)
        fresh = _first_of_each(one for one in batch if one.digest not in known)
        prepared = await asyncio.gather(*map(self._prepare, fresh), return_exceptions=True)
        deliveries = [one for one in prepared if isinstance(one, Delivery)]
        receipts = dict(zip((one.incoming for one in deliveries), await self._receive(deliveries), strict=True))
        for incoming, fault in zip(fresh, prepared, strict=True):
            if isinstance(fault, BaseException):
                receipts[incoming] = await self._fail(Delivery(incoming, self._raw_key(incoming)), fault)
        return [receipts.get(one, KNOWN) for one in batch]

    async def _known(self, batch: Sequence[Incoming]) -> set[str]:
        async with self._services.database.read(self._account_id) as tx:
            return await mails.settled_digests(tx, self._inbox_id, {one.digest for one in batch})

    async def _prepare(self, incoming: Incoming) -> Delivery:
        """Keep a mail's bytes and, if it will be a message, its files. Raises whatever goes wrong with it."""
        await self._put(self._raw_key(incoming), incoming.raw, "message/rfc822")
        incoming.read()
        mail = incoming.mail
        if mail is None or not mail.attachments or incoming.notice or await self._is_repeated(incoming):
            return Delivery(incoming, self._raw_key(incoming))
        files = (self._keep_file(incoming, at, one) for at, one in enumerate(mail.attachments))
        return Delivery(incoming, self._raw_key(incoming), await asyncio.gather(*files))

    async def _is_repeated(self, incoming: Incoming) -> bool:
        async with self._services.database.read(self._account_id) as tx:
            return bool(await mails.settled_identities(tx, self._inbox_id, [incoming.identity]))

    def _raw_key(self, incoming: Incoming) -> str:
        return f"{self._account_id}/mail/{incoming.digest}"

    async def _put(self, key: str, data: bytes, content_type: str) -> None:
        async with self._slots:
            await self._services.blobs.put(key, data, content_type)

    async def _keep_file(self, incoming: Incoming, at: int, attachment: Attachment) -> NewAttachment:
        # Its own copy, although other mails may bring the same file: deleting one must not take the others'.
        key = f"{self._account_id}/mail-files/{self._inbox_id}-{incoming.digest}-{at}"
        await self._put(key, attachment.content, attachment.content_type)
        return NewAttachment(
            filename=attachment.filename,
            content_type=attachment.content_type,
            size_bytes=len(attachment.content),
            blob_key=key,
            storage_backend=self._services.blobs.backend,
            scan_status=ScanStatus.PENDING if self._services.settings.is_scanning else ScanStatus.SKIPPED,
            content_id=attachment.content_id,
            disposition=attachment.disposition,
            source=receiving.SOURCE,
        )

    async def _receive(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        """All in one transaction; if that fails, each in its own."""
        if not deliveries:
            return []
        try:
            return await self._receive_all(deliveries)
        except Exception as fault:
            if len(deliveries) == 1:
                return [await self._fail(deliveries[0], fault)]
        return [receipt for one in deliveries for receipt in await self._receive([one])]

    async def _receive_all(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        async with self._services.database.write(self._account_id) as tx:
            at = await desk.behind(tx, await inboxes.lock(tx, self._inbox_id))
            return await receiving.receive_all(tx, at, deliveries)

    async def _fail(self, delivery: Delivery, fault: BaseException) -> Receipt:
        """Note a fault of ours, in the database too if that can be reached: the next run tries the mail again."""
        if not isinstance(fault, Exception):
            raise fault
        log.error("%s failed", delivery.incoming.name, exc_info=fault)
        receipt = Receipt(Outcome.FAILED, f"{type(fault).__name__}: {fault}"[:MAX_REASON])
        with suppress(Exception):
            async with self._services.database.write(self._account_id) as tx:
                await mails.forget_failures(tx, self._inbox_id, [delivery.incoming.digest])
                await mails.keep(tx, await receiving.record(tx, self._inbox_id, delivery, receipt))
        return receipt


def _first_of_each(batch: Iterable[Incoming]) -> list[Incoming]:
    """Without those whose very bytes stand further up in the batch."""
    found: dict[str, Incoming] = {}
    for one in batch:
        found.setdefault(one.digest, one)
    return list(found.values())
