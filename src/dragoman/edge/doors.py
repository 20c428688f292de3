"""The transaction a route asks for in its signature: `Reader` cannot write, `Writer` is committed before the reply."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from dragoman.core.access import Principal
from dragoman.edge import idempotency
from dragoman.edge.credentials import authenticate
from dragoman.edge.replies import SecretReply
from dragoman.edge.services import services
from dragoman.edge.straight import Handler, straight
from dragoman.store.tx import Tx, WriteTx

T = TypeVar("T")


def principal(request: Request) -> Principal:
    found: Principal = request.state.principal
    return found


async def who_asks(request: Request) -> Principal:
    """Not a plain function: FastAPI would call that in a thread, which takes longer than all the rest."""
    return principal(request)


async def open_reader(request: Request) -> AsyncIterator[Tx]:
    who = principal(request)
    async with services(request).database.read(who.account_id, who.actor) as tx:
        yield tx


async def browse(request: Request, look: Callable[[Tx], Awaitable[T]]) -> T:
    """What `look` finds for a list, a search or a count; it may be called twice (Database.browse)."""
    who = principal(request)
    return await services(request).database.browse(who.account_id, who.actor, look)


async def open_writer(request: Request) -> AsyncIterator[WriteTx]:
    who = principal(request)
    async with services(request).database.write(who.account_id, who.actor) as tx:
        promise: idempotency.Promise | None = request.state.promise
        if promise is not None:
            await idempotency.claim(tx, promise)
            request.state.promised_tx = tx
        yield tx


Who = Annotated[Principal, Depends(who_asks)]
Reader = Annotated[Tx, Depends(open_reader, scope="function")]
Writer = Annotated[WriteTx, Depends(open_writer, scope="function")]
KNOWN = {Request: lambda request: request, who_asks: principal}
OPENED = {open_reader: open_reader, open_writer: open_writer}


class GuardedRoute(APIRoute):
    """Lets nobody's body be read before it is known who they are and that they may.

    A dialect's subclass says which scope a method and path need, and may ask for more than that.
    """

    def scope_for(self, method: str, path: str) -> str:
        raise AssertionError(f"{type(self).__name__} names no scope for {method} {path}")

    async def permit(self, request: Request, who: Principal, scope: str) -> None:
        """Raises Forbidden."""
        who.require(scope)

    def get_route_handler(self) -> Handler:
        handle = straight(self.endpoint, self.path, super().get_route_handler(), known=KNOWN, opened=OPENED)
        scope = self.scope_for(sorted(self.methods or {"GET"})[0], self.path)

        async def guarded(request: Request) -> Response:
            request = CarefulRequest(request.scope, request.receive)
            await self.permit(request, await identify(request), scope)
            request.state.promise = await idempotency.promise_of(request, principal(request).credential_id)
            async with AsyncExitStack() as request.state.open:
                response = await handle(request)
                await _keep_promise(request, response)
            return response

        return guarded


class OpenRoute(APIRoute):
    """No credential but what the path itself holds; a limit on how often one address may try."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            services(request).public_limiter.spend(request.client.host if request.client else "")
            return await handle(CarefulRequest(request.scope, request.receive))

        return limited


async def identify(request: Request) -> Principal:
    """Raises Unauthenticated or TooMany."""
    mine = services(request)
    request.state.principal = who = await authenticate(mine, request.headers)
    mine.limiter.spend(who.credential_id)
    return who


async def _keep_promise(request: Request, response: Response) -> None:
    tx = getattr(request.state, "promised_tx", None)
    if tx is not None and not isinstance(response, SecretReply):
        await idempotency.keep(tx, request.state.promise, response)


# What is kept as JSON must be read and written again by code that calls itself for each level.
DEEPEST = 64


class CarefulRequest(Request):
    """Takes no JSON that a database cannot keep: lone surrogates are refused, NUL characters dropped."""

    async def json(self) -> Any:
        return decoded(await self.body())


def decoded(body: bytes) -> Any:
    """What JSON says, as far as it can be kept. Raises json.JSONDecodeError."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise json.JSONDecodeError(str(fault), "", 0) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deeper(value, DEEPEST):
        raise json.JSONDecodeError(f"nested more than {DEEPEST} levels deep", "", 0)
    return without_nul(value) if b"\\u0000" in body else value


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether arrays and objects lie in one another more than so many times."""
    layer = [value]
    for _ in range(levels + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in layer if isinstance(one, dict | list))
        layer = [each for one in inner for each in one]
    return bool(layer)


def without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(one) for name, one in value.items()}
    return value
