"""One client of the cable: greets it, keeps it awake, hears its commands, and sends what its rooms tell it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from dragoman.dialects.chatwoot.cable import frames
from dragoman.dialects.chatwoot.cable.rooms import Room, Rooms, Seat
from dragoman.edge.services import Services

log = logging.getLogger("dragoman.cable")
PING_SECONDS = 3.0
MOST_WAITING = 1000  # frames for a client that does not read them
MOST_SEATS = 20
TOO_SLOW, BAD_FRAME, GOING = 1013, 1003, 1001


async def cable(socket: WebSocket) -> None:
    """The endpoint. Any Origin may come: the tokens are what opens it (chatwoot.md 8.1)."""
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=frames.PROTOCOL if frames.PROTOCOL in offered else None)
    await Client(socket, rooms_of(socket)).serve()


def rooms_of(socket: WebSocket) -> Rooms:
    """One for each app: another app's database has other accounts under the same ids."""
    state = socket.app.state
    if not hasattr(state, "chatwoot_rooms"):
        state.chatwoot_rooms = Rooms(state.services)
    found: Rooms = state.chatwoot_rooms
    return found


class Client:
    def __init__(self, socket: WebSocket, rooms: Rooms) -> None:
        self._socket, self._rooms = socket, rooms
        self._base = _base_of(socket)
        self._seats: dict[str, tuple[Room, Seat]] = {}
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._is_over = asyncio.Event()

    async def serve(self) -> None:
        """Until either side has enough."""
        self._say(frames.WELCOME)
        tasks = [asyncio.create_task(one) for one in (self._write(), self._ping(), self._hear(), self._is_over.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for room, seat in self._seats.values():
                room.rise(seat)
            for task in tasks:
                task.cancel()
            for fault in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(fault, Exception):
                    log.error("a client of the cable was let go", exc_info=fault)
            with suppress(RuntimeError):  # it is closed already
                await self._socket.close(GOING)

    def _say(self, frame: str) -> None:
        """A client that does not read is let go: it comes again and asks for what it missed."""
        try:
            self._outgoing.put_nowait(frame)
        except asyncio.QueueFull:
            self._is_over.set()

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while frame := await self._outgoing.get():
                await self._socket.send_text(frame)

    async def _ping(self) -> None:
        clock = _services(self._socket).database.clock
        while True:
            await asyncio.sleep(PING_SECONDS)
            self._say(frames.ping(clock().timestamp()))

    async def _hear(self) -> None:
        with suppress(WebSocketDisconnect, KeyError):  # KeyError: bytes where there should be text
            while True:
                try:
                    await self._do(frames.command(await self._socket.receive_text()))
                except frames.Nonsense as fault:
                    self._say(frames.disconnect(f"invalid_request: {fault}", reconnect=False))
                    await asyncio.sleep(0.1)  # for the writer to send it
                    return

    async def _do(self, command: frames.Command) -> None:
        if command.name == "subscribe":
            await self._subscribe(command.identifier)
        elif command.name == "unsubscribe":
            if found := self._seats.pop(command.identifier, None):
                found[0].rise(found[1])
        elif command.action == "update_presence" and command.identifier in self._seats:
            room, seat = self._seats[command.identifier]
            await room.is_here(seat)

    async def _subscribe(self, identifier: str) -> None:
        """Nothing comes before the confirmation but pings, and everything after it."""
        if identifier in self._seats:
            return
        ticket = frames.ticket(identifier)
        admitted = await self._rooms.admitted(ticket) if ticket and len(self._seats) < MOST_SEATS else None
        if admitted is None:
            self._say(frames.rejected(identifier))
            return
        account_id, listener = admitted
        room = self._rooms.of(account_id, self._base)
        early: list[str] = []
        seat = Seat(identifier, listener, early.append, self._is_over.set)
        self._seats[identifier] = (room, seat)
        await room.sit(seat)
        self._say(frames.confirmed(identifier))
        seat.send = self._say
        for frame in early:
            self._say(frame)
        await room.is_here(seat)


def _services(socket: WebSocket) -> Services:
    found: Services = socket.app.state.services
    return found


def _base_of(socket: WebSocket) -> str:
    """Where files are fetched from: the address that the client came to, unless one is set."""
    own = _services(socket).settings.base_url
    if own:
        return own.rstrip("/")
    scheme = "https" if socket.url.scheme == "wss" else "http"
    return f"{scheme}://{socket.url.netloc}"
