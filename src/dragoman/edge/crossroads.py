"""Finds the route of a request by the parts of its path, however many routes there are.

Starlette tries one pattern after another, which takes longer with every dialect; only the routes that the parts lead
to are tried here. What is not found so is looked for the usual way, which also words 404 and 405.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

ANY = "*"
HERE = "/"  # no part of a path has one in it


class Crossroads:
    """Plain ASGI; `otherwise` is the router that all the routes belong to, `tidied` make one path of several forms."""

    def __init__(
        self, routes: Iterable[BaseRoute], otherwise: ASGIApp, tidied: Sequence[Callable[[str], str]] = ()
    ) -> None:
        self._tidied = tidied
        self._otherwise = otherwise
        self._first: dict[str, Any] = {}
        for route in routes:
            if isinstance(route, Route) and ":" not in route.path:
                self._place(route)

    def _place(self, route: Route) -> None:
        step = self._first
        for part in route.path.split("/"):
            step = step.setdefault(ANY if "{" in part else part, {})
        step.setdefault(HERE, []).append(route)

    def _meant_by(self, path: str) -> Iterable[Route]:
        step: Any = self._first
        for part in path.split("/"):
            step = step.get(part) or step.get(ANY)
            if step is None:
                return ()
        found: Iterable[Route] = step.get(HERE, ())
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._otherwise(scope, receive, send)
            return
        for tidied in self._tidied:
            scope["path"] = tidied(scope["path"])
        for route in self._meant_by(scope["path"]) if scope["type"] == "http" else ():
            match, further = route.matches(scope)
            if match is Match.FULL:
                scope["route"] = route
                scope.update(further)
                await route.handle(scope, receive, send)
                return
        await self._otherwise(scope, receive, send)
