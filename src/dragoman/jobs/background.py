"""All that goes on while nobody asks: jobs that are due, and telling those who listen by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from dragoman.edge.dialect import Dialect
from dragoman.edge.services import Services
from dragoman.jobs.delivering import Courier
from dragoman.jobs.runner import Runner
from dragoman.jobs.telling import Teller


async def work(services: Services, dialects: Iterable[Dialect]) -> None:
    """Until it is cancelled."""
    hooks = {one.name: one.hooks for one in dialects if one.hooks is not None}
    async with asyncio.TaskGroup() as group:
        for one in (Runner(services), Teller(services, hooks), Courier(services, hooks)):
            group.create_task(one.run())
