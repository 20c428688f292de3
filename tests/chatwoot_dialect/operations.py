"""What the stories about one conversation share."""

from __future__ import annotations

from typing import Any

from chatwoot_dialect.conftest import Office
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts import bots
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import TeamRole
from dragoman.core.channels import actions as channels
from dragoman.core.channels import members
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import actions as contacts
from dragoman.store import schema
from world import Caller

TWELVE = {
    "additional_attributes",
    "availability_status",
    "email",
    "id",
    "name",
    "phone_number",
    "blocked",
    "identifier",
    "thumbnail",
    "custom_attributes",
    "last_activity_at",
    "created_at",
}


def at(office: Office, number: int, *behind: str) -> str:
    return "/".join([f"{office.base}/conversations/{number}", *behind])


async def shown(office: Office, number: int) -> Any:
    return await office.boss.ok("GET", at(office, number))


async def contact(office: Office, name: str = "Jane Smith", **more: Any) -> int:
    async with office.world.database.write(office.world.account_id) as tx:
        return (await contacts.add(tx, contacts.NewContact(name=name, **more))).id


async def inbox(office: Office, channel: str = "api", name: str = "Second", **settings: Any) -> Inbox:
    """With Bob in it."""
    async with office.world.database.write(office.world.account_id) as tx:
        new = channels.NewInbox(name=name, channel=channel, address=None, provider=channel, settings=settings)
        made = await channels.add(tx, new)
        await members.add(tx, made.id, [office.bob.id])
    return made


async def bot(office: Office, *, in_inbox: int | None = None) -> tuple[Bot, Caller]:
    """A bot, with its token; it answers first in an inbox."""
    world = office.world
    async with world.database.write(world.account_id) as tx:
        made = await bots.add(tx, name="Robo")
        issued = await bots.issue_token(tx, made, world.services.pepper)
        if in_inbox is not None:
            table = schema.inboxes
            await tx.execute(tx.update(table).where(table.c.id == in_inbox).values(bot_id=made.id))
    return made, Caller(world.client, {"api_access_token": issued.secret})


async def team(office: Office, name: str, *user_ids: int, assigns: bool = False) -> int:
    async with office.world.database.write(office.world.account_id) as tx:
        made = await accounts.add_team(tx, {"name": name, "assigns_members": assigns})
        for user_id in user_ids:
            await accounts.put_member(tx, made.id, user_id, TeamRole.MEMBER)
    return made.id


async def began(office: Office, caller: Caller | None = None, **given: Any) -> Any:
    """A conversation made over the API."""
    body = {"inbox_id": office.inbox.id, "contact_id": given.pop("contact_id", None) or await contact(office), **given}
    return await (caller or office.boss).ok("POST", f"{office.base}/conversations", body)


async def said(office: Office, number: int, content: str = "Hello", caller: Caller | None = None, **more: Any) -> Any:
    body = {"content": content, **more}
    return await (caller or office.boss).ok("POST", at(office, number, "messages"), body)


async def lines(office: Office, number: int, query: str = "") -> list[Any]:
    found = await office.boss.ok("GET", at(office, number, "messages") + query)
    payload: list[Any] = found["payload"]
    return payload


async def happened(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """The event log."""
    table = schema.events
    async with office.world.database.read(office.world.account_id) as tx:
        rows = await tx.rows(tx.select(table.c.kind, table.c.data).order_by(table.c.id))
    return [(row[0], row[1]) for row in rows]
