"""Work to be done after a commit, or at a later time: rows, so that a crash forgets none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Table, delete, func, select, update

from dragoman.store.records import Record, columns, load
from dragoman.store.schema import jobs
from dragoman.store.tx import Session, WriteTx

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 84  # about three days: a scanner or a bucket may be away for a weekend


@dataclass(frozen=True, slots=True)
class Job(Record):
    """`state` is waiting or failed; a claimed job is one whose `run_at` lies ahead until its lease ends."""

    table: ClassVar[Table] = jobs

    account_id: int
    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    last_error: str | None
    state: str
    run_at: datetime


async def enqueue(tx: WriteTx, kind: str, payload: Mapping[str, Any], *, run_at: datetime | None = None) -> None:
    row = {
        "id": await tx.next_id(),
        "kind": kind,
        "payload": payload,
        "attempts": 0,
        "state": "waiting",
        "run_at": run_at or tx.now,
        "created_at": tx.now,
    }
    await tx.insert(jobs, row)


async def claim(session: Session, *, now: datetime, limit: int = 20) -> list[Job]:
    """Take due jobs for the length of a lease; a worker that dies gives them back by letting it run out."""
    due = (
        select(jobs.c.account_id, jobs.c.id)
        .where(jobs.c.state == "waiting", jobs.c.run_at <= now)
        .order_by(jobs.c.run_at, jobs.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = {(row[0], row[1]) for row in (await session.execute(due)).fetchall()}
    claimed = []
    for account_id, job_id in taken:
        lease = (
            update(jobs)
            .where(jobs.c.account_id == account_id, jobs.c.id == job_id)
            .values(run_at=now + LEASE, attempts=jobs.c.attempts + 1)
            .returning(*columns(Job))
        )
        claimed.append(load(Job, (await session.execute(lease)).one()))
    return sorted(claimed, key=lambda job: job.id)


async def finish(session: Session, job: Job) -> None:
    await session.execute(delete(jobs).where(jobs.c.account_id == job.account_id, jobs.c.id == job.id))


async def put_off(session: Session, job: Job, *, error: str, now: datetime) -> None:
    """Try again later, ever more seldom; after the last attempt keep the job as failed, with its error."""
    is_last = job.attempts >= MAX_ATTEMPTS
    await session.execute(
        update(jobs)
        .where(jobs.c.account_id == job.account_id, jobs.c.id == job.id)
        .values(
            last_error=error[:2000],
            state="failed" if is_last else "waiting",
            run_at=now + retry_after(job.attempts),
        )
    )


def retry_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s, … up to an hour."""
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 12)), timedelta(hours=1))


async def next_due(session: Session) -> datetime | None:
    """When the next waiting job is due."""
    found = await session.execute(select(func.min(jobs.c.run_at)).where(jobs.c.state == "waiting"))
    return found.scalar_one_or_none()
