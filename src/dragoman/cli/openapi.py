"""`dragoman openapi`: the API's description as a file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from dragoman.app import build_services, create_app
from dragoman.cli.common import fail
from dragoman.config import Settings


def write_openapi(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("openapi.json"),
) -> None:
    """Write the OpenAPI document, without touching any database."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(build_services(Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/none.db")))
        try:
            path.write_text(json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n")
        except OSError as fault:
            fail(f"{path} cannot be written: {fault.strerror}")
    typer.echo(f"{path}: {len(app.openapi()['paths'])} paths")
