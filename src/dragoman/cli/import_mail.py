"""`dragoman import mail`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from dragoman.channels.email.importing import Noted, Report, import_mail
from dragoman.channels.email.parsing import sources
from dragoman.cli.common import AccountId, AsJson, fail, opened_for, run, show
from dragoman.cli.console import err, out
from dragoman.cli.import_chatwoot import bring_in_chatwoot
from dragoman.core.messages.mails import Outcome

MOST_NOTED = 20  # that a person is shown; programs get all
import_app = typer.Typer(no_args_is_help=True, help="Bring in what other systems have.")

SAID = {
    Outcome.STORED: "stored as messages",
    Outcome.ATTACHED: "notices, kept with the conversation they answer",
    Outcome.SUPPRESSED: "notices that answer nothing known, kept as raw mail",
    Outcome.DUPLICATE: "here before",
    Outcome.UNPARSED: "unreadable, kept as raw mail",
    Outcome.FAILED: "failed; run this again to try them again",
}


@import_app.callback()
def bring_in() -> None:
    """Bring in what other systems have."""


import_app.command("chatwoot")(bring_in_chatwoot)


@import_app.command("mail")
def bring_in_mail(
    paths: Annotated[list[Path], typer.Argument(help="Mails, mbox files, Maildirs, or folders of these.")],
    account: AccountId,
    inbox: Annotated[
        str | None, typer.Option(help="The inbox they belong to, made if need be; an address names its own.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Import stored mail. Run it as often as you like: what is here already stays as it is."""
    _require(paths)
    report = run(_imported(account, paths, inbox, is_shown=not json))
    if json:
        show(as_json(report), as_json=True)
    else:
        _print(report)
    if report.outcomes[Outcome.FAILED]:
        raise typer.Exit(1)


def _require(paths: list[Path]) -> None:
    missing = [path for path in paths if not path.exists()]
    if missing:
        fail(f"no such file or folder: {missing[0]}")


async def _imported(account_id: int, paths: list[Path], inbox: str | None, *, is_shown: bool) -> Report:
    async with opened_for(account_id) as services:
        with _progress(is_shown=is_shown) as progress:
            task = progress.add_task("Importing", total=sources.size(paths))
            advance = partial(progress.advance, task)
            return await import_mail(services, account_id, paths, inbox_name=inbox, on_progress=advance)


def _progress(*, is_shown: bool) -> Progress:
    """On the error stream, so that what is printed can be piped."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not is_shown)


def as_json(report: Report) -> dict[str, Any]:
    """The report as one object: `read` is the sum of the outcomes, `skipped` files are no mail and come extra."""
    return {
        "read": report.read,
        **{outcome.value: report.outcomes[outcome] for outcome in Outcome},
        "skipped": len(report.skipped),
        "conversations_opened": report.opened,
        "conversations_joined": report.joined,
        "bytes": report.size_bytes,
        "noted": [_described(one) for one in (*report.noted, *report.skipped)],
    }


def _described(one: Noted) -> dict[str, str]:
    return {"name": one.name, "outcome": one.outcome, "reason": one.reason}


def _print(report: Report) -> None:
    counts = Table(show_header=False, box=None, pad_edge=False)
    for outcome in Outcome:
        if report.outcomes[outcome] or outcome is Outcome.STORED:
            counts.add_row(f"{report.outcomes[outcome]:,}", SAID[outcome])
    counts.add_row(f"[bold]{report.read:,}[/]", "[bold]mails read[/]")
    if report.skipped:
        counts.add_row(f"{len(report.skipped):,}", "other files, left alone")
    out.print(counts)
    out.print(f"{report.opened:,} conversations opened, {report.joined:,} joined to others")
    _print_noted([*report.noted, *report.skipped])


def _print_noted(noted: list[Noted]) -> None:
    if not noted:
        return
    out.print("\nWorth a look:")
    # What failed comes first, what never was a mail last.
    order = [Outcome.FAILED.value, Outcome.UNPARSED.value, Outcome.SUPPRESSED.value]
    ranked = sorted(noted, key=lambda one: order.index(one.outcome) if one.outcome in order else len(order))
    for one in ranked[:MOST_NOTED]:
        out.print(Text(f"{one.outcome:<10}  {'/'.join(Path(one.name).parts[-2:])}: {one.reason}"))
    if len(noted) > MOST_NOTED:
        out.print(f"… and {len(noted) - MOST_NOTED:,} more; --json names them all")
