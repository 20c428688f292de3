"""`dragoman import chatwoot`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dragoman.cli.common import AccountId, AsJson, fail, opened_for, run, show
from dragoman.cli.console import err, out
from dragoman.imports.chatwoot.moving import move_in
from dragoman.imports.chatwoot.remote import Refused, Unreachable
from dragoman.imports.chatwoot.report import KINDS, Outcome, Report

MOST_NOTED = 20  # that a person is shown; programs get all


def bring_in_chatwoot(
    url: Annotated[str, typer.Option(help="Where the server is, as https://chat.example.com.")],
    token: Annotated[str, typer.Option(help="An administrator's access token there.", envvar="CHATWOOT_TOKEN")],
    account: AccountId,
    source_account: Annotated[int | None, typer.Option(help="Its account's id there, where there are several.")] = None,
    json: AsJson = False,
) -> None:
    """Copy an account of a Chatwoot server. Run it as often as you like: what is here already stays, and news come."""
    if not url.startswith(("http://", "https://")):
        fail("--url begins with https:// or http://")
    report = Report()
    try:
        run(_moved(report, account, url, token, source_account, is_shown=not json))
    except (Refused, Unreachable) as fault:
        _tell(report, as_json=json)
        fail(f"the other server: {fault}; run this again to go on", 1)
    _tell(report, as_json=json)
    if report.failed:
        raise typer.Exit(1)


async def _moved(
    report: Report, account_id: int, url: str, token: str, source_account: int | None, *, is_shown: bool
) -> None:
    async with opened_for(account_id) as services:
        with _progress(is_shown=is_shown) as progress:
            telling = asyncio.create_task(_tell_on(progress, report))
            try:
                await move_in(
                    services, account_id, url=url, token=token, remote_account_id=source_account, report=report
                )
            finally:
                telling.cancel()
                with suppress(asyncio.CancelledError):
                    await telling


def _progress(*, is_shown: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not is_shown)


async def _tell_on(progress: Progress, report: Report) -> None:
    task = progress.add_task("Importing")
    while True:
        said = ", ".join(f"{report.found(kind):,} {kind}" for kind in KINDS if report.found(kind))
        progress.update(task, description=said or "Importing")
        await asyncio.sleep(0.2)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        show(told(report), as_json=True)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column()
    for heading in ("found", *(one.value.replace("_", " ") for one in Outcome)):
        table.add_column(heading, justify="right")
    for kind in KINDS:
        counts = report.counts[kind]
        table.add_row(kind, f"{report.found(kind):,}", *(f"{counts[one]:,}" for one in Outcome))
    out.print(table)
    for kind, remote_id, reason in report.noted[:MOST_NOTED]:
        out.print(Text(f"{kind} {remote_id}: {reason}"))
    if len(report.noted) > MOST_NOTED:
        out.print(f"… and {len(report.noted) - MOST_NOTED:,} more; --json names them all")


def told(report: Report) -> dict[str, Any]:
    """The report as one object: of each kind `found` is the sum of the outcomes."""
    counts = {
        kind: {"found": report.found(kind), **{one.value: report.counts[kind][one] for one in Outcome}}
        for kind in KINDS
    }
    return {**counts, "noted": [dict(zip(("kind", "id", "reason"), one, strict=True)) for one in report.noted]}
