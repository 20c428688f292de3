"""`/cable`, by a plain WebSocket client (chatwoot.md 8, statements 152 to 160)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.served import served
from dragoman.core.channels import members
from dragoman.core.contacts import links
from dragoman.core.conversations import assignment, editing, queries
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.dialects.chatwoot.tokens import contact_token
from dragoman.store.tx import Actor
from live.listening import settled
from world import Caller

PATIENCE = 30.0  # PostgreSQL tells nothing of a transaction while an older one is open: another test's, maybe


class Cable:
    """A client of the cable. Pings are passed over."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.identifier = ""

    async def next(self) -> dict[str, Any]:
        while True:
            async with asyncio.timeout(PATIENCE):
                frame: dict[str, Any] = json.loads(await self.socket.recv())
            if frame.get("type") != "ping":
                return frame

    async def subscribe(self, **who: Any) -> dict[str, Any]:
        # As some client writes it: spaces and order come back as they are.
        self.identifier = json.dumps({"channel": "RoomChannel", **who}, separators=(" ,", ": "))
        await self.socket.send(json.dumps({"command": "subscribe", "identifier": self.identifier}))
        return await self.next()

    async def events(self, *names: str) -> list[Any]:
        """The data of the next events of these names, in this order; presence is passed over."""
        found = []
        for name in names:
            while True:
                frame = await self.next()
                assert frame["identifier"] == self.identifier
                message = frame["message"]
                if message["event"] != "presence.update":
                    break
            assert message["event"] == name, message
            found.append(message["data"])
        return found

    async def silence(self) -> None:
        """Nothing but pings and presence for a while."""
        heard: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(0.4):
                while True:
                    heard.append((await self.next())["message"]["event"])
        assert set(heard) <= {"presence.update"}


@asynccontextmanager
async def dialled(port: int) -> AsyncIterator[Cable]:
    async with connect(f"ws://127.0.0.1:{port}/cable", subprotocols=["actioncable-v1-json"]) as socket:  # type: ignore[list-item]
        cable = Cable(socket)
        assert socket.subprotocol == "actioncable-v1-json"
        assert await cable.next() == {"type": "welcome"}
        yield cable


async def ticket(who: Caller) -> dict[str, Any]:
    me = await who.ok("GET", "/api/v1/profile")
    return {"pubsub_token": me["pubsub_token"], "account_id": me["account_id"], "user_id": me["id"]}


@pytest.fixture
async def port(office: Office) -> AsyncIterator[int]:
    async with served(office.world.services) as port:
        yield port


@asynccontextmanager
async def seated(office: Office, port: int, who: Caller) -> AsyncIterator[Cable]:
    await settled(office.world)
    async with dialled(port) as cable:
        answer = await cable.subscribe(**await ticket(who))
        assert answer == {"identifier": cable.identifier, "type": "confirm_subscription"}
        yield cable


async def say(office: Office, number: int, body: str, **more: Any) -> None:
    world = office.world
    actor = Actor("user", office.bob.id, office.bob.name)
    async with world.database.write(world.account_id, actor) as tx:
        one = await queries.by_number(tx, number)
        new = NewMessage(body=body, **{"sender": Sender.AGENT, "sender_id": office.bob.id, **more})
        await posting.post(tx, one.id, new)


async def test_statement_152_it_welcomes_and_pings(port: int) -> None:
    async with dialled(port) as cable, asyncio.timeout(PATIENCE):
        ping = json.loads(await cable.socket.recv())
    assert ping["type"] == "ping"
    assert isinstance(ping["message"], int)


async def test_statements_153_155_an_agent_is_confirmed_and_is_there(office: Office, port: int) -> None:
    async with dialled(port) as cable:
        assert (await cable.subscribe(**await ticket(office.agent)))["type"] == "confirm_subscription"
        presence = (await cable.next())["message"]
        assert presence["event"] == "presence.update"
        assert presence["data"]["users"] == {str(office.bob.id): "online"}
        assert presence["data"]["account_id"] == office.world.account_id


async def test_statement_154_a_wrong_token_is_rejected(office: Office, port: int) -> None:
    mine = await ticket(office.agent)
    for wrong in (
        {"pubsub_token": "x" * 48},
        {"user_id": office.eve.id},
        {"account_id": office.world.account_id + 1},
        {"user_id": None},
        {"channel": "OtherChannel"},
    ):
        async with dialled(port) as cable:
            assert (await cable.subscribe(**{**mine, **wrong}))["type"] == "reject_subscription", wrong


async def test_statement_156_a_message_reaches_members_and_administrators_alone(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    async with (
        seated(office, port, office.agent) as bob,
        seated(office, port, office.boss) as ann,
        seated(office, port, office.outsider) as eve,
    ):
        await say(office, number, "Good morning")
        for cable in (bob, ann):
            message, first = await cable.events("message.created", "first.reply.created")
            assert (message["content"], message["account_id"]) == ("Good morning", office.world.account_id)
            assert (message["conversation_id"], message["message_type"]) == (number, 1)
            assert message["performer"]["id"] == office.bob.id
            assert message["updated_at"].endswith("Z")
            assert first["id"] == message["id"]
        await eve.silence()


async def test_statement_130_the_echo_comes_back_on_the_cable(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    async with seated(office, port, office.boss) as ann:
        path = f"{office.base}/conversations/{number}/messages"
        answer = await office.agent.ok("POST", path, {"content": "Good morning", "echo_id": "mine-1"})
        (message,) = await ann.events("message.created")
        assert (message["echo_id"], message["id"], answer["echo_id"]) == ("mine-1", answer["id"], "mine-1")


async def test_statement_157_the_contact_hears_what_is_said_to_it(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    world = office.world
    async with world.database.read(world.account_id) as tx:
        one = await queries.by_number(tx, number)
        link = await links.get(tx, one.contact_link_id or 0)
    await settled(office.world)
    async with dialled(port) as cable:
        token = contact_token(world.services.pepper, world.account_id, link)
        assert (await cable.subscribe(pubsub_token=token))["type"] == "confirm_subscription"
        await say(office, number, "For us alone", is_internal=True)
        await say(office, number, "For you")
        (message,) = await cable.events("message.created")
        assert message["content"] == "For you"
        await cable.silence()
        forged = token[:-1] + ("0" if token[-1] != "0" else "1")
        assert (await cable.subscribe(pubsub_token=forged))["type"] == "reject_subscription"


async def test_statements_158_159_changes_are_told(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    world = office.world
    async with world.database.read(world.account_id) as tx:
        key = (await queries.by_number(tx, number)).id
    async with seated(office, port, office.agent) as cable:
        async with world.database.write(world.account_id) as tx:
            await editing.edit(tx, key, {"status": "resolved"})
        changed, updated, activity = await cable.events(
            "conversation.status_changed", "conversation.updated", "message.created"
        )
        assert (changed["status"], updated["id"], activity["message_type"]) == ("resolved", number, 2)
        async with world.database.write(world.account_id) as tx:
            await assignment.assign(tx, key, user_id=office.bob.id, team_id=None)
        assigned, *_ = await cable.events("assignee.changed", "conversation.updated", "message.created")
        assert assigned["meta"]["assignee"]["id"] == office.bob.id
        assert "pubsub_token" not in assigned["meta"]["assignee"]


async def test_statement_160_typing_is_not_told_to_who_types(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    world = office.world
    async with seated(office, port, office.agent) as bob, seated(office, port, office.boss) as ann:
        async with world.database.write(world.account_id) as tx:
            key = (await queries.by_number(tx, number)).id
            tx.signal("typing_on", key, user_id=office.bob.id, is_private=False)
        (typing,) = await ann.events("conversation.typing_on")
        assert (typing["user"]["id"], typing["conversation"]["id"]) == (office.bob.id, number)
        await bob.silence()


async def test_who_leaves_an_inbox_hears_no_more(office: Office, port: int) -> None:
    number = await office.conversation("Hello?")
    world = office.world
    async with seated(office, port, office.agent) as cable:
        async with world.database.write(world.account_id) as tx:
            await members.remove(tx, office.inbox.id, [office.bob.id])
        await say(office, number, "Secret now")
        await cable.silence()


async def test_nonsense_ends_the_connection_and_nothing_else(office: Office, port: int) -> None:
    for nonsense in ("{", "[]", '{"command":"dance","identifier":"x"}', "x" * 20_000):
        async with dialled(port) as cable:
            await cable.socket.send(nonsense)
            assert (await cable.next())["type"] == "disconnect"
    async with seated(office, port, office.agent) as cable:
        await office.conversation()
        _, begun = await cable.events("contact.created", "conversation.created")
        assert begun["status"] == "open"
