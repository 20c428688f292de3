"""`dragoman`: the command."""

from __future__ import annotations

from typing import Annotated

import typer

from dragoman import __version__
from dragoman.cli.commands import STYLE, Program

app = typer.Typer(
    name="dragoman",
    cls=Program,
    help="A self-hosted conversation server: one inbox, several API dialects.",
    epilog="Settings come from DRAGOMAN_* variables; see docs/configuration.md.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **STYLE,
)


def _version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"dragoman {__version__}")
        raise typer.Exit


@app.callback()
def dragoman(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """What comes before any command."""
