"""An office that Chatwoot's clients work in: an administrator, two agents, an inbox that one of them belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.models import User
from dragoman.core.channels import actions as channels
from dragoman.core.channels import members
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import actions as contacts
from dragoman.core.contacts import links
from dragoman.core.conversations import creation
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from world import Caller, World


@dataclass
class Office:
    """`boss` is an administrator, `agent` belongs to the inbox, `outsider` to none."""

    world: World
    inbox: Inbox
    ann: User
    bob: User
    eve: User
    boss: Caller
    agent: Caller
    outsider: Caller

    @property
    def base(self) -> str:
        return f"/api/v1/accounts/{self.world.account_id}"

    async def conversation(self, *said: str, contact: str = "Jane Smith", **more: Any) -> int:
        """The display id of a new conversation in the inbox, with messages of its contact."""
        world = self.world
        async with world.database.write(world.account_id) as tx:
            found = await contacts.add(tx, contacts.NewContact(name=contact))
            link = await links.add(tx, contact_id=found.id, inbox_id=self.inbox.id, source_id=f"source-{found.id}")
            assert link is not None
            new = creation.NewConversation(
                subject="Conversation",
                contact_id=found.id,
                contact_link_id=link.id,
                channel="api",
                priority="none",
                inbox_id=self.inbox.id,
                **more,
            )
            one = await creation.open_conversation(tx, new)
            for text in said:
                message = NewMessage(body=text, sender=Sender.CONTACT, sender_id=found.id, sender_name=found.name)
                await posting.post(tx, one.id, message)
        return one.number


async def token(world: World, user: User) -> Caller:
    async with world.database.write(world.account_id) as tx:
        issued = await accounts.issue_token(tx, user, world.services.pepper)
    return Caller(world.client, {"api_access_token": issued.secret})


@pytest.fixture
async def office(world: World) -> Office:
    async with world.database.write(world.account_id) as tx:
        new = channels.NewInbox(name="Website", channel="api", address=None, provider="api")
        inbox = await channels.add(tx, new)
    bob, eve = await world.user("Bob"), await world.user("Eve")
    async with world.database.write(world.account_id) as tx:
        await members.add(tx, inbox.id, [bob.id])
    callers = [await token(world, one) for one in (world.admin, bob, eve)]
    return Office(world, inbox, world.admin, bob, eve, *callers)
