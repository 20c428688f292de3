"""What each kind of job does. A job may run twice (a worker died behind it), so each can be repeated harmlessly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from dragoman.core.conversations import lifecycle
from dragoman.core.messages import files, queries, scheduling
from dragoman.core.messages.models import ScanStatus
from dragoman.edge.services import Services
from dragoman.jobs import clamd
from dragoman.store.blobs import BlobNotFound
from dragoman.store.jobs import Job

Handler: TypeAlias = Callable[[Services, Job], Awaitable[None]]
TOO_LARGE = "too large to scan"


async def wake_conversation(services: Services, job: Job) -> None:
    """The time that a conversation was snoozed until has come."""
    async with services.database.write(job.account_id) as tx:
        await lifecycle.wake_if_due(tx, job.payload["conversation_id"])


async def deliver_scheduled(services: Services, job: Job) -> None:
    """The time has come to say what was written before; as whoever wrote it."""
    scheduled_id = job.payload["scheduled_id"]
    async with services.database.read(job.account_id) as tx:
        author = await scheduling.author_of(tx, scheduled_id)
    async with services.database.write(job.account_id, author) as tx:
        await scheduling.say_if_due(tx, scheduled_id)


async def scan_attachment(services: Services, job: Job) -> None:
    """Ask the virus scanner; what it cannot take is kept from everybody, as if it had found something."""
    attachment_id = job.payload["attachment_id"]
    async with services.database.read(job.account_id) as tx:
        attachment = await queries.any_attachment(tx, attachment_id)
    if attachment is None or attachment.scan_status != ScanStatus.PENDING:
        return
    try:
        verdict = await clamd.scan(services.settings.scan, await services.blobs.stream(attachment.blob_key))
        signature = verdict.signature
    except clamd.TooLargeToScan:
        signature = TOO_LARGE
    except BlobNotFound:
        return
    async with services.database.write(job.account_id) as tx:
        await files.judge(tx, attachment_id, signature=signature)


async def remove_blob(services: Services, job: Job) -> None:
    """An attachment's row is gone; now its bytes go."""
    await services.blobs.delete(job.payload["blob_key"])


HANDLERS: Mapping[str, Handler] = {
    "wake_conversation": wake_conversation,
    "deliver_scheduled": deliver_scheduled,
    "scan_attachment": scan_attachment,
    "remove_blob": remove_blob,
}
