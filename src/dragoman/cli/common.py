"""What the commands share: settings, a database that is up to date, and saying things to people and to programs."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from dragoman.app import build_services
from dragoman.config import Settings
from dragoman.core.errors import DomainError, Invalid
from dragoman.edge.services import Services
from dragoman.store import directory, migrate
from dragoman.store.blobs import BlobUnavailable

T = TypeVar("T")
LOG_LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AccountId = Annotated[int, typer.Option("--account", help="The account's id.", min=1, max=2**53)]


def fail(message: str, code: int = 2) -> NoReturn:
    """Say on stderr what is wrong, and end: 1 for what the data does not allow, 2 for what was asked wrongly."""
    typer.secho("dragoman:", fg="red", bold=True, nl=False, err=True)
    typer.echo(f" {message}", err=True)
    raise typer.Exit(code)


def settings() -> Settings:
    """Settings from the environment, or a clear word about which variable is wrong."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        fail(f"DRAGOMAN_{name}: {first['msg'].removeprefix('Value error, ')}")


def start_logging(chosen: Settings) -> None:
    logging.basicConfig(level=chosen.log_level.upper(), format=LOG_LINE)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every look at the schema's revision


def require_current(chosen: Settings) -> None:
    """Make a new SQLite file by itself; refuse any other database that is not up to date."""
    try:
        if migrate.is_new_file(chosen.database):
            migrate.upgrade(chosen.database)
        current = migrate.current(chosen.database)
    except Exception as fault:
        fail(f"the database cannot be opened: {plainly(fault)}")
    if current != migrate.head():
        fail(
            f"the database is at revision {current or 'none'}, this version needs {migrate.head()}: "
            "run `dragoman migrate` (after a backup)"
        )


def plainly(fault: Exception) -> str:
    """What a driver says, without the statement, its parameters and links."""
    first, *_ = str(getattr(fault, "orig", None) or fault).splitlines() or [""]
    return re.sub(r"^<class '[\w.]+'>: ", "", first) or type(fault).__name__


def open_services(chosen: Settings) -> Services:
    """What a request can reach, or a clear word about the place that cannot be used."""
    try:
        return build_services(chosen)
    except (OSError, ValueError, BlobUnavailable) as fault:
        fail(f"the data folder or the attachments' storage cannot be used: {fault}")


@asynccontextmanager
async def opened() -> AsyncIterator[Services]:
    """The services of a command, closed behind it."""
    services = open_services(settings())
    try:
        yield services
    finally:
        await services.database.close()


@asynccontextmanager
async def opened_for(account_id: int) -> AsyncIterator[Services]:
    """The same, for an account that must exist."""
    async with opened() as services:
        async with services.database.backend.read() as session:
            is_known = await directory.account_exists(session, account_id)
        if not is_known:
            fail(f"there is no account {account_id}", 1)
        yield services


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do a command's work; a refusal of the core is a message, not a trace."""
    try:
        require_current(settings())
        return asyncio.run(work)
    except DomainError as refusal:
        field = refusal.field if isinstance(refusal, Invalid) else None
        fail(f"{field}: {refusal.message}" if field else refusal.message, 1)
    except DBAPIError as fault:
        fail(f"the database refused: {plainly(fault)}", 1)
    finally:
        work.close()


def show(values: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False, default=str))
        return
    width = max(len(name) for name in values)
    for name, value in values.items():
        typer.echo(f"{typer.style(name.ljust(width), fg='cyan')}  {value}")
