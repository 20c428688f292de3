"""What the app needs to know of a dialect."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from dragoman.core.errors import DomainError
from dragoman.edge.hooks import Hooks


@dataclass(frozen=True, slots=True)
class Dialect:
    """`owns` tells from a path how much of its beginning is this dialect's, 0 for nothing: whoever owns most words
    its errors. `schemas` are of all its answers."""

    name: str
    routers: Sequence[APIRouter]
    owns: Callable[[str], int]
    word_error: Callable[[Request, DomainError], Response]
    word_invalid: Callable[[Request, Sequence[Mapping[str, Any]]], Response]
    word_status: Callable[[Request, int], Response]
    schemas: Callable[[], Mapping[str, Any]]
    # A path as it is routed: some clients write more than one form of it.
    tidied: Callable[[str], str] = str
    # How webhooks are told in its words.
    hooks: Hooks | None = None


def find_dialects(package: str) -> list[Dialect]:
    """Every dialect below a package, by name."""
    folder = importlib.import_module(package)
    names = sorted(one.name for one in pkgutil.iter_modules(folder.__path__))
    return [importlib.import_module(f"{package}.{name}").dialect for name in names]
