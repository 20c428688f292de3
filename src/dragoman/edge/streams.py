"""Server-Sent Events: what the log holds behind a place, then what happens, for as long as the credential is good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fastapi import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dragoman.core.errors import DomainError
from dragoman.edge.credentials import authenticate
from dragoman.edge.doors import principal
from dragoman.edge.services import services
from dragoman.live.subscription import Subscription, View
from dragoman.store import events
from dragoman.store.events import Cursor
from dragoman.store.faults import Busy, told_plainly

Tell = Callable[[bytes], Awaitable[None]]
HEARTBEAT = b":\n\n"
# A proxy that gathers or keeps what comes would make a stream of events a heap of old ones.
UNGATHERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """The events of the caller's account behind `place`; `opening` is sent first.

    It ends when the caller is gone, is too slow, or may no longer listen, and when the server ends.
    """

    media_type = "text/event-stream"

    def __init__(self, request: Request, view: View, place: Cursor, opening: bytes) -> None:
        super().__init__(headers=UNGATHERED)
        del self.headers["Content-Length"]
        self._request, self._view, self._place, self._opening = request, view, place, opening
        self._services, self._who = services(request), principal(request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(piece: bytes) -> None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with suppress(Busy), told_plainly():  # the database; who comes again may find it well
            await tell(self._opening)
            await self._tell_history(tell)
            await self._listen(receive, tell)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell_history(self, tell: Tell) -> None:
        """What the log holds behind the place, which moves on with it."""
        is_more = True
        while is_more:
            async with self._services.database.backend.read() as session:
                found = await events.of_account(session, self._who.account_id, self._place)
            is_more = len(found) == events.MOST
            if found:
                self._place = found[-1].cursor
                await tell(b"".join(self._view.render(one) for one in found if one.kind in self._view.kinds))

    async def _listen(self, receive: Receive, tell: Tell) -> None:
        hub = self._services.hub
        async with hub.subscription(self._who.account_id, self._view, self._place) as subscription:
            leaving = asyncio.create_task(_leave_with_the_caller(receive, subscription))
            try:
                # What was committed before the subscription began; the hub may tell of it again, and is not heard.
                await self._tell_history(tell)
                subscription.place = self._place
                await self._tell_news(subscription, tell)
            finally:
                leaving.cancel()

    async def _tell_news(self, subscription: Subscription, tell: Tell) -> None:
        while not subscription.is_over:
            if subscription.take_beat():
                if not await self._may_still_listen():
                    return
                await tell(HEARTBEAT)
            if lines := subscription.take():
                await tell(b"".join(lines))
            else:
                await subscription.news()

    async def _may_still_listen(self) -> bool:
        """Whether the credential is as good as it was: who may see more now, or less, has to come again."""
        try:
            return await authenticate(self._services, self._request.headers) == self._who
        except DomainError:
            return False


async def _leave_with_the_caller(receive: Receive, subscription: Subscription) -> None:
    """A server says of a caller who is gone by its own message alone, not by refusing what is sent."""
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.end()
