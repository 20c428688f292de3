"""`dragoman`: the command."""

from __future__ import annotations

from typing import Annotated

import typer

from dragoman import __version__
from dragoman.cli.accounts import account_app, key_app, user_app
from dragoman.cli.demo import demo
from dragoman.cli.doctor import doctor
from dragoman.cli.import_mail import import_app
from dragoman.cli.load import load
from dragoman.cli.openapi import write_openapi
from dragoman.cli.serving import migrate_database, serve, worker

app = typer.Typer(
    name="dragoman",
    help="A self-hosted conversation server: one inbox, several API dialects.",
    epilog="Settings come from DRAGOMAN_* variables; see docs/configuration.md.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
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


app.command("serve")(serve)
app.command("worker")(worker)
app.command("migrate")(migrate_database)
app.command("demo")(demo)
app.command("load")(load)
app.command("doctor")(doctor)
app.command("openapi")(write_openapi)
app.add_typer(account_app, name="account")
app.add_typer(user_app, name="user")
app.add_typer(key_app, name="key")
app.add_typer(import_app, name="import")
