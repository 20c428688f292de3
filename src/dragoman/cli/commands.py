"""Where each command is. Its module is imported when it is asked for: each needs other libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_group

from dragoman.cli.collecting import not_collecting

PLACES = {
    "serve": "dragoman.cli.serving:serve",
    "worker": "dragoman.cli.serving:worker",
    "migrate": "dragoman.cli.serving:migrate_database",
    "demo": "dragoman.cli.demo:demo",
    "load": "dragoman.cli.load:load",
    "doctor": "dragoman.cli.doctor:doctor",
    "openapi": "dragoman.cli.openapi:write_openapi",
    "account": "dragoman.cli.accounts:account_app",
    "user": "dragoman.cli.accounts:user_app",
    "key": "dragoman.cli.accounts:key_app",
    "import": "dragoman.cli.import_mail:import_app",
}
STYLE: dict[str, Any] = {"rich_markup_mode": "rich", "pretty_exceptions_show_locals": False}


class Commands(Mapping[str, Any]):
    """Every command by its name."""

    def __getitem__(self, name: str) -> Any:
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


@cache
def _command(name: str) -> Any:
    """Raises KeyError."""
    module, _, what = PLACES[name].partition(":")
    with not_collecting():
        found = getattr(import_module(module), what)
    alone = typer.Typer(add_completion=False, **STYLE)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return get_group(alone).commands[name]


class Program(TyperGroup):
    """`dragoman` itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(MutableMapping[str, Any], Commands())
