"""Who listens on the cable, and what they are told: one reader of an account's events for all of its clients.

Nothing is promised to a client that was away: it asks the API for what it missed, as Chatwoot's clients do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dragoman.core.access import Role
from dragoman.core.accounts.models import User
from dragoman.core.channels import members
from dragoman.core.channels.members import Reach
from dragoman.core.contacts.links import ContactLink
from dragoman.core.events import Happened
from dragoman.dialects.chatwoot.cable import frames
from dragoman.dialects.chatwoot.cable.presence import Presence
from dragoman.dialects.chatwoot.cable.telling import KINDS, Listener, facts_of, tellings
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.tokens import contact_token, is_right, live_token, named_in
from dragoman.edge.replies import encoder
from dragoman.edge.services import Services
from dragoman.live.subscription import Subscription, View
from dragoman.store import events
from dragoman.store.events import Cursor, Event
from dragoman.store.signals import Signal
from dragoman.store.tx import Tx

log = logging.getLogger("dragoman.cable")
PRESENT = "present"
RIGHTS = frozenset({Happened.USER_UPDATED, Happened.INBOX_UPDATED, Happened.INBOX_DELETED})
VIEW = View(KINDS | RIGHTS, lambda event: event, signals=True)
AGAIN_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class Seat:
    """One subscription of one socket."""

    identifier: str
    listener: Listener
    send: Callable[[str], None]
    leave: Callable[[], None]


class Room:
    """The listeners of one account in this process. It follows the log from `sit` of the first to the last `rise`."""

    def __init__(self, services: Services, account_id: int, base: str) -> None:
        self._services = services
        self._addresses = Addresses(account_id, base, services.pepper)
        self.account_id = account_id
        self.seats: set[Seat] = set()
        self._presence = Presence()
        self._place: Cursor | None = None
        self._follower: asyncio.Task[None] | None = None
        self._is_following = asyncio.Event()

    async def sit(self, seat: Seat) -> None:
        """From when this returns nothing that happens is missed."""
        self.seats.add(seat)
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow())
        await self._is_following.wait()

    def rise(self, seat: Seat) -> None:
        self.seats.discard(seat)
        if not self.seats and self._follower is not None:
            self._follower.cancel()
            self._follower, self._place = None, None
            self._is_following.clear()

    async def is_here(self, seat: Seat) -> None:
        """Somebody says that they are there; every process hears of it."""
        mine = seat.listener
        who = {"user_id": mine.user.id} if mine.user else {"contact_id": mine.link.contact_id if mine.link else 0}
        async with self._services.database.write(self.account_id) as tx:
            tx.signal(PRESENT, None, **who)
        self._presence.mark(who, self._now())
        self._tell_presence([seat])

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _follow(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception:
                log.exception("the cable of account %s is out of order, trying again", self.account_id)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        """Until the hub says that it is over: the server ends, or this was too slow and begins again."""
        if self._place is None:
            async with self._services.database.backend.read() as session:
                self._place = await events.end_of_account(session, self.account_id)
        async with self._services.hub.subscription(self.account_id, VIEW, self._place) as subscription:
            await self._tell_what_was_missed()
            subscription.place = self._place
            self._is_following.set()
            while not subscription.is_over:
                await self._tell_news(subscription)

    async def _tell_what_was_missed(self) -> None:
        is_more = True
        while is_more and self._place is not None:
            async with self._services.database.backend.read() as session:
                found = await events.of_account(session, self.account_id, self._place)
            is_more = len(found) == events.MOST
            await self._tell([one for one in found if one.kind in VIEW.kinds])

    async def _tell_news(self, subscription: Subscription) -> None:
        if subscription.take_beat() and self._presence.forget(self._now()):
            self._tell_presence(list(self.seats))
        if lines := subscription.take():
            await self._tell(lines)
        else:
            await subscription.news()

    async def _tell(self, lines: Sequence[Event | Signal]) -> None:
        present = [one for one in lines if isinstance(one, Signal) and one.kind == PRESENT]
        are_news = [self._presence.mark(one.data, self._now()) for one in present]
        if any(are_news):
            self._tell_presence(list(self.seats))
        rest = [one for one in lines if not (isinstance(one, Signal) and one.kind == PRESENT)]
        if rest:
            await self._tell_each(rest)
        for one in lines:
            if isinstance(one, Event):
                self._place = one.cursor

    async def _tell_each(self, lines: Sequence[Event | Signal]) -> None:
        async with self._services.database.read(self.account_id) as tx:
            if any(isinstance(one, Event) and one.kind in RIGHTS for one in lines):
                await self._look_at_rights(tx)
            facts = await facts_of(tx, lines, self._addresses)
        for line in lines:
            for telling in tellings(line, facts):
                for seat in self.seats:
                    if telling.audience.hears(seat.listener):
                        seat.send(frames.message(seat.identifier, telling.body))

    async def _look_at_rights(self, tx: Tx) -> None:
        """Whoever may see more now, or less, does so from here on; who is no user any more has to go."""
        for seat in list(self.seats):
            if seat.listener.user is None:
                continue
            user = await tx.find_one(User, id=seat.listener.user.id, is_active=True)
            if user is None:
                seat.leave()
            else:
                seat.listener = replace(seat.listener, user=user, reach=await _reach(tx, user))

    def _tell_presence(self, seats: Sequence[Seat]) -> None:
        """Agents hear of agents and contacts, contacts of agents alone."""
        users = {str(key): self._availability(key) for key in self._presence.users(self._now())}
        contacts = {str(key): "online" for key in self._presence.contacts(self._now())}
        for seat in seats:
            data: dict[str, Any] = {"account_id": self.account_id, "users": users}
            if seat.listener.user is not None:
                data["contacts"] = contacts
            seat.send(frames.message(seat.identifier, encoder.encode({"event": "presence.update", "data": data})))

    def _availability(self, user_id: int) -> str:
        """As they have set it themselves, where they listen here; who is there and has not is online."""
        users = (one.listener.user for one in self.seats)
        return next((one.availability for one in users if one is not None and one.id == user_id), "online")


async def _reach(tx: Tx, user: User) -> Reach:
    if user.role == Role.ADMINISTRATOR:
        return members.EVERYTHING
    return Reach(frozenset(await members.inboxes_of(tx, user.id)))


class Rooms:
    """The rooms of an app: of an account, and of the address by which its clients reach the server."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rooms: dict[tuple[int, str], Room] = {}

    def of(self, account_id: int, base: str) -> Room:
        key = account_id, base
        self._rooms = {one: room for one, room in self._rooms.items() if room.seats or one == key}
        if key not in self._rooms:
            self._rooms[key] = Room(self._services, account_id, base)
        return self._rooms[key]

    async def admitted(self, ticket: frames.Ticket) -> tuple[int, Listener] | None:
        """The account and who it is whose token that is; None for anybody else (chatwoot.md 8.1)."""
        if ticket.user_id is not None and ticket.account_id is not None:
            return await self._agent(ticket.account_id, ticket.user_id, ticket.token)
        return await self._contact(ticket.token)

    async def _agent(self, account_id: int, user_id: int, token: str) -> tuple[int, Listener] | None:
        async with self._services.database.read(account_id) as tx:
            user = await tx.find_one(User, id=user_id, is_active=True)
            if user is None or not is_right(token, live_token(self._services.pepper, account_id, user)):
                return None
            return account_id, Listener(user=user, reach=await _reach(tx, user))

    async def _contact(self, token: str) -> tuple[int, Listener] | None:
        named = named_in(token)
        if named is None:
            return None
        account_id, link_id = named
        async with self._services.database.read(account_id) as tx:
            link = await tx.find_one(ContactLink, id=link_id)
        if link is None or not is_right(token, contact_token(self._services.pepper, account_id, link)):
            return None
        return account_id, Listener(link=link)
