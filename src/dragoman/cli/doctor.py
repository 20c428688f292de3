"""`dragoman doctor`: whether a database says the same everywhere, while it is served; and how to make it so again."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.progress import Progress

from dragoman.cli.common import AsJson, fail, opened, run, show
from dragoman.cli.console import err
from dragoman.core import checkup
from dragoman.core.checkup import Finding
from dragoman.store import directory, events, fulltext
from dragoman.store.database import Database

AT_ONCE = 500  # conversations looked at in one transaction
MOST_SHOWN = 20
LONGEST = 60  # characters of a value that is shown


@dataclass(slots=True)
class Report:
    """How many conversations were looked at, what was wrong in them, and what was put right."""

    conversations: int = 0
    found: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)

    @property
    def is_well(self) -> bool:
        return self.found == self.mended

    def counts(self) -> dict[str, Any]:
        return {"conversations": self.conversations, "found": dict(self.found), "mended": dict(self.mended)}

    def lines(self) -> dict[str, Any]:
        wrong = ", ".join(f"{count} × {what}" for what, count in sorted(self.found.items()))
        found = {"found": wrong or "nothing wrong"}
        return {
            "conversations": self.conversations,
            **found,
            "mended": f"{self.mended.total()} of {self.found.total()}",
        }


def doctor(
    account: Annotated[int | None, typer.Option(help="This account alone.", min=1, max=2**53)] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what is wrong.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Check SQLite's index of words too; whoever writes waits meanwhile.")
    ] = False,
    touch: Annotated[bool, typer.Option("--touch", help="Have running servers read every conversation again.")] = False,
    json: AsJson = False,
) -> None:
    """Check counts, folders, tags and words against the conversations they are made from; servers may go on serving."""
    report = run(_examine(account, repairs=repair, is_thorough=thorough, touches=touch, is_quiet=json))
    show(report.counts() if json else report.lines(), as_json=json)
    if not report.is_well:
        raise typer.Exit(1)


async def _examine(account: int | None, *, repairs: bool, is_thorough: bool, touches: bool, is_quiet: bool) -> Report:
    report = Report()
    async with opened() as services:
        accounts = await _accounts(services.database, account)
        with Progress(console=err, disable=is_quiet) as progress:
            for account_id in accounts:
                task = progress.add_task(f"Account {account_id}", total=await _size(services.database, account_id))
                if touches:
                    await _begin_anew(services.database, account_id)
                async for ids in _batches(services.database, account_id):
                    if touches:
                        await _touch(services.database, account_id, ids)
                    await _look_at(services.database, account_id, ids, report, repairs=repairs, is_quiet=is_quiet)
                    progress.advance(task, len(ids))
        if is_thorough:
            await _check_index(services.database, report, repairs=repairs)
    return report


async def _accounts(database: Database, account: int | None) -> list[int]:
    async with database.backend.read() as session:
        known = [one for one, _ in await directory.list_accounts(session)]
    if account is not None and account not in known:
        fail(f"there is no account {account}", 1)
    return known if account is None else [account]


async def _size(database: Database, account_id: int) -> int:
    async with database.read(account_id) as tx:
        return await checkup.count(tx)


async def _batches(database: Database, account_id: int) -> AsyncIterator[list[int]]:
    last = 0
    while True:
        async with database.read(account_id) as tx:
            ids = await checkup.batch(tx, after=last, limit=AT_ONCE)
        if not ids:
            return
        yield ids
        last = ids[-1]


async def _begin_anew(database: Database, account_id: int) -> None:
    async with database.write(account_id) as tx:
        await events.begin_anew(tx)


async def _touch(database: Database, account_id: int, ids: list[int]) -> None:
    async with database.write(account_id) as tx:
        await checkup.touch(tx, ids)


async def _look_at(
    database: Database, account_id: int, ids: list[int], report: Report, *, repairs: bool, is_quiet: bool
) -> None:
    async with database.read(account_id) as tx:
        found = await checkup.examine(tx, ids)
    report.conversations += len(ids)
    for one in found:
        if not is_quiet and report.found.total() < MOST_SHOWN:
            err.print(_told(account_id, one), highlight=False, markup=False)
        report.found[one.what] += 1
    if repairs:
        for conversation_id in sorted({one.conversation_id for one in found}):
            async with database.write(account_id) as writing:
                report.mended.update(one.what for one in await checkup.mend(writing, conversation_id))


def _told(account_id: int, one: Finding) -> str:
    kept, right = (str(value)[:LONGEST] for value in (one.kept, one.right))
    of_document = f" of document {one.document_id}" if one.document_id else ""
    return f"account {account_id}, conversation {one.conversation_id}: {one.what}{of_document} is {kept}, not {right}"


async def _check_index(database: Database, report: Report, *, repairs: bool) -> None:
    async with database.backend.write() as session:
        if await fulltext.is_intact(session):
            return
        report.found["index of words"] += 1
        if repairs:
            await fulltext.rebuild(session)
            report.mended["index of words"] += 1
