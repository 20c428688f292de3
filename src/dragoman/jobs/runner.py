"""Runs what is due: claims jobs, does them, and puts off what fails. Any number of runners may share a database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from dragoman.edge.idempotency import forget_old_keys
from dragoman.edge.services import Services
from dragoman.jobs.handlers import HANDLERS, Handler
from dragoman.store import deliveries, jobs, signals
from dragoman.store.jobs import Job

log = logging.getLogger("dragoman.jobs")
LOOK_EVERY = timedelta(milliseconds=250)
TIDY_EVERY = timedelta(hours=1)
AT_ONCE = 4
MOST_TIME = jobs.LEASE * 0.8  # whoever is slower is stopped, lest another runner does the same beside it


class LostTooOften(Exception):
    """Whoever does this job dies of it, so nobody shall any more."""


class UnknownJob(Exception):
    """Queued by a newer version than this one."""


class Runner:
    """`run` goes on until it is cancelled; what it was doing then is done again later."""

    def __init__(self, services: Services, handlers: Mapping[str, Handler] = HANDLERS) -> None:
        self._services = services
        self._handlers = handlers
        self._tidied_at = services.database.clock() - TIDY_EVERY

    async def run(self) -> None:
        while True:
            try:
                worked = await self.run_due()
                await self._tidy()
            except Exception:
                log.exception("the job queue cannot be read; trying again")
                worked = 0
            if not worked:
                await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def run_due(self) -> int:
        """Do the jobs that are due now, a few at once; how many there were."""
        database = self._services.database
        async with database.backend.read() as session:
            due_at = await jobs.next_due(session)
        if due_at is None or due_at > database.clock():
            return 0
        async with database.backend.write() as session:
            claimed = await jobs.claim(session, now=database.clock(), limit=AT_ONCE)
        await asyncio.gather(*(self._do(job) for job in claimed))
        return len(claimed)

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(MOST_TIME.total_seconds()):
                await self._handle(job)
        except Exception as fault:
            await self._put_off(job, fault)
            return
        async with self._services.database.backend.write() as session:
            await jobs.finish(session, job)

    async def _handle(self, job: Job) -> None:
        if job.attempts > jobs.MAX_ATTEMPTS:
            raise LostTooOften("every attempt ended with its process")
        if job.kind not in self._handlers:
            raise UnknownJob(f"this version knows no job {job.kind!r}")
        await self._handlers[job.kind](self._services, job)

    async def _put_off(self, job: Job, fault: Exception) -> None:
        error = f"{type(fault).__name__}: {fault}"
        log.warning("job %s of account %s failed, attempt %s: %s", job.kind, job.account_id, job.attempts, error)
        database = self._services.database
        async with database.backend.write() as session:
            await jobs.put_off(session, job, error=error, now=database.clock())

    async def _tidy(self) -> None:
        """Forget answers that nobody will ask for again, signals that everybody has heard, what was told long ago."""
        now = self._services.database.clock()
        if now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            async with self._services.database.backend.write() as session:
                await deliveries.forget_old(session, now=now)
                await signals.forget(session, now=now)
                await forget_old_keys(session, now=now)
