"""Builds everything: the only module that knows every other one."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.routing import Route

from dragoman import __version__
from dragoman.config import Settings
from dragoman.core import reactions
from dragoman.core.errors import Conflict, DomainError, Unavailable
from dragoman.core.search.keeping import keep_all
from dragoman.edge.compression import Compression
from dragoman.edge.crossroads import Crossroads
from dragoman.edge.dialect import Dialect, find_dialects
from dragoman.edge.idempotency import Kept
from dragoman.edge.limits import BodyLimit
from dragoman.edge.rates import Limiter
from dragoman.edge.services import Services
from dragoman.jobs.background import work
from dragoman.live.hub import Hub
from dragoman.live.wires import wire_for
from dragoman.store.blobs import BlobUnavailable, open_blobs
from dragoman.store.database import Database, open_backend, open_replica
from dragoman.store.faults import Busy, Clash

log = logging.getLogger("dragoman")
KEEP_EVERY = 10  # seconds
DESCRIPTION = """\
Email, chat, WhatsApp, voice, SMS and widget conversations in one inbox.

* **Credentials.** Press *Authorize* and paste an API key or a user's access token: either works in either header.
* **Refusals** have one body: `detail`, `error` (a code) and `message`; a 422 adds `details`, field by field.
* **Repeats.** Send an `Idempotency-Key` with any POST, and asking again gives the first answer again.
* **Times** are ISO 8601 in UTC; ids are opaque strings, and another account's id is a 404.

`docs/api.md` tells the whole API by example.
"""

SECURITY_SCHEMES = {
    "X-API-Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}


def build_services(settings: Settings, database: Database | None = None) -> Services:
    """Open what a request can reach; nothing is connected yet."""
    database = database or Database(
        open_backend(settings.database), replica=open_replica(settings.replica_url), react=reactions.react
    )
    return Services(
        settings=settings,
        pepper=settings.pepper(),
        database=database,
        hub=Hub(database, wire_for(database, settings.redis_url)),
        blobs=open_blobs(settings.storage, s3_endpoint=settings.s3_endpoint),
        limiter=Limiter(settings.rate_limit),
        public_limiter=Limiter(settings.public_rate_limit),
    )


def create_app(services: Services, *, runs_jobs: bool = False) -> FastAPI:
    """The whole server; with `runs_jobs` it also does the background jobs while it serves."""
    # The docs page must work without the internet: its script and style come from the package.
    app = FastAPIOffline(
        title="Dragoman", version=__version__, description=DESCRIPTION, lifespan=_lifespan, redoc_url=None
    )
    app.state.services = services
    app.state.runs_jobs = runs_jobs
    app.state.dialects = dialects = find_dialects("dragoman.dialects")
    for dialect in dialects:
        for router in dialect.routers:
            # Not include_router: what that lays around every route is looked through again at every request.
            app.router.routes.extend(router.routes)
    app.router.routes.append(Route("/healthz", _healthy))
    tidied = [dialect.tidied for dialect in dialects]
    app.router.middleware_stack = Crossroads(app.router.routes, app.router.middleware_stack, tidied)
    app.add_middleware(Compression)
    app.add_middleware(BodyLimit, most_file=services.settings.max_attachment_bytes)
    _word_errors(app)
    _describe(app, dialects)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    working = asyncio.create_task(work(services, app.state.dialects)) if app.state.runs_jobs else None
    # What was made up to here stays: looking through it for garbage, now and then, would hold up everybody.
    gc.collect()
    gc.freeze()
    services.hub.start()
    keeping = asyncio.create_task(_keep_indexes(services.database))
    with _told_of_the_end(services.hub.close):
        yield
    keeping.cancel()
    if working is not None:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    await services.hub.stop()
    await services.database.close()


async def _keep_indexes(database: Database) -> None:
    while True:
        await asyncio.sleep(KEEP_EVERY)
        try:
            await keep_all(database)
        except Busy as fault:
            log.warning("indexes were not kept for the next start: %s", fault)


@contextmanager
def _told_of_the_end(close: Callable[[], None]) -> Iterator[None]:
    """Calls `close` as soon as the server is told to end.

    A server lets all answers end before the lifespan does, and a stream never ends by itself.
    """
    loop = asyncio.get_running_loop()
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    theirs = {name: handler for name, handler in before.items() if callable(handler)}

    def ending(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        theirs[signal.Signals(number)](number, frame)

    is_told = threading.current_thread() is threading.main_thread()
    for name in theirs if is_told else ():
        signal.signal(name, ending)
    yield
    for name, handler in theirs.items() if is_told else ():
        signal.signal(name, handler)


async def _healthy(_request: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")


def _dialect_of(request: Request) -> Dialect:
    """Whose error it is; the first dialect words what is nobody's."""
    dialects: list[Dialect] = request.app.state.dialects
    return max(dialects, key=lambda one: one.owns(request.url.path))


def _word_errors(app: FastAPI) -> None:
    @app.exception_handler(Kept)
    async def answered_before(request: Request, kept: Kept) -> Response:
        return kept.response

    @app.exception_handler(DomainError)
    async def refused(request: Request, error: DomainError) -> Response:
        return _dialect_of(request).word_error(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return _dialect_of(request).word_invalid(request, error.errors())

    @app.exception_handler(HTTPException)
    async def by_status(request: Request, error: HTTPException) -> Response:
        response = _dialect_of(request).word_status(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(BlobUnavailable)
    async def no_storage(request: Request, error: BlobUnavailable) -> Response:
        log.error("attachment storage failed: %s", error)
        return _dialect_of(request).word_error(request, Unavailable("Attachment storage is unavailable"))

    @app.exception_handler(Clash)
    async def too_late(request: Request, error: Clash) -> Response:
        return _dialect_of(request).word_error(request, Conflict("Somebody else changed this at the same time"))

    @app.exception_handler(Busy)
    async def no_database(request: Request, error: Busy) -> Response:
        log.error("the database refused: %s", error)
        return _dialect_of(request).word_error(request, Unavailable("The database is busy or out of reach"))

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        return _dialect_of(request).word_status(request, 500)


def _describe(app: FastAPI, dialects: list[Dialect]) -> None:
    """Add the replies' schemas and the credentials to the OpenAPI document."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = describe()
            components = document.setdefault("components", {})
            components["securitySchemes"] = SECURITY_SCHEMES
            document["security"] = [{name: []} for name in SECURITY_SCHEMES]
            for dialect in dialects:
                components.setdefault("schemas", {}).update(dialect.schemas())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
