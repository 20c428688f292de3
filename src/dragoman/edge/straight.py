"""A short way to endpoints that take only what nearly all take: ids of the path, one body, a transaction, who asks.

FastAPI solves these as it solves any dependency, which takes longer than the work of many an endpoint. Whatever is not
as it should be goes FastAPI's way after all: it words every refusal.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, get_args

from fastapi import Request, Response
from fastapi.params import Depends
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.routing import compile_path

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Opener = Callable[[Request], AsyncIterator[Any]]


def straight(
    endpoint: Callable[..., Coroutine[Any, Any, Response]],
    path: str,
    usual: Handler,
    *,
    known: Mapping[Any, Callable[[Request], Any]],
    opened: Mapping[Any, Opener],
) -> Handler:
    """`usual`, or a shorter way to the same answers.

    By the dependency that a parameter names, `known` says what it gets, and `opened` what is open for it on the
    AsyncExitStack `request.state.open`.
    """
    parameters = inspect.signature(endpoint, eval_str=True).parameters
    in_path = compile_path(path)[2].keys()
    ids = {name: TypeAdapter(one.annotation) for name, one in parameters.items() if name in in_path}
    rest = {name: _asked_for(one.annotation) for name, one in parameters.items() if name not in ids}
    given = {name: known[asked] for name, asked in rest.items() if asked in known}
    contexts = {name: asynccontextmanager(opened[asked]) for name, asked in rest.items() if asked in opened}
    bodies = {name: asked for name, asked in rest.items() if _is_model(asked)}
    if len(given) + len(contexts) + len(bodies) < len(rest) or len(contexts) > 1 or len(bodies) > 1:
        return usual

    async def handle(request: Request) -> Response:
        try:
            values = {name: one.validate_python(request.path_params[name]) for name, one in ids.items()}
            for name, model in bodies.items():
                values[name] = model.model_validate(await _json(request))
        except (_NoJson, json.JSONDecodeError, ValidationError):
            return await usual(request)
        values.update((name, of(request)) for name, of in given.items())
        for name, context in contexts.items():
            values[name] = await request.state.open.enter_async_context(context(request))
        return await endpoint(**values)

    return handle


def _asked_for(annotation: Any) -> Any:
    """The dependency of a parameter, or its plain type; None for what only FastAPI can read."""
    if isinstance(annotation, type):
        return annotation
    return next((one.dependency for one in get_args(annotation)[1:] if isinstance(one, Depends)), None)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


class _NoJson(Exception):
    """The body does not say that it is JSON."""


async def _json(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise _NoJson
    return await request.json()
