"""`dragoman demo`: a small helpdesk to look at, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.panel import Panel

from dragoman.cli.common import opened, require_current, settings
from dragoman.cli.console import out
from dragoman.cli.serving import serve
from dragoman.core import reactions
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.models import TeamRole
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import assignment, creation, editing
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.edge.services import Services
from dragoman.store import directory
from dragoman.store.database import Database
from dragoman.store.tx import WriteTx

EMAIL, PASSWORD = "ada@acme.example", "dragoman-demo"


def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    folder: Annotated[Path, typer.Option(help="Where the sample lives.")] = Path("demo"),
) -> None:
    """Load a small sample and serve it, with a login, an API key and lines to paste."""
    # Empty rather than unset: an .env file may set them, too.
    os.environ |= {"DRAGOMAN_DATA_DIR": str(folder), "DRAGOMAN_DATABASE_URL": "", "DRAGOMAN_STORAGE_URL": ""}
    require_current(settings())
    key = asyncio.run(_prepare())
    out.print(Panel.fit(_card(port, key), title="Dragoman demo"), highlight=False)
    out.print(_lines(port, key), highlight=False, markup=False)
    serve(host="127.0.0.1", port=port, workers=1, no_jobs=False)


def _card(port: int, key: str) -> str:
    here = f"http://127.0.0.1:{port}"
    rows = [("API docs", f"{here}/docs"), ("OpenAPI", f"{here}/openapi.json"), ("Login", f"{EMAIL} / {PASSWORD}")]
    rows.append(("API key", key))
    return "\n".join(f"[cyan]{name:<9}[/] {value}" for name, value in rows)


def _lines(port: int, key: str) -> str:
    """Three lines that work when pasted."""
    at = f"http://127.0.0.1:{port}/api/v2/conversations"
    search = '{"conditions":[{"field":"priority","operator":"includes","values":["high","urgent"]}]}'
    return "\n".join(
        [
            f"\ncurl -s -H 'X-API-Key: {key}' '{at}?status=open&limit=5'",
            f"\ncurl -s -H 'X-API-Key: {key}' '{at}?search=password'",
            f"\ncurl -s -H 'X-API-Key: {key}' -H 'Content-Type: application/json' '{at}/search' -d '{search}'\n",
        ]
    )


async def _prepare() -> str:
    """The sample, once; a new API key each time, since an old one cannot be shown again."""
    async with opened() as services:
        async with services.database.backend.read() as session:
            known = await directory.list_accounts(session)
        account_id = known[0][0] if known else await load_sample(services)
        async with services.database.write(account_id) as tx:
            key = await accounts.issue_key(tx, name="Demo", scopes=["*"], user_id=None, pepper=services.pepper)
    return key.secret


async def load_sample(services: Services) -> int:
    """A small helpdesk; the id of its account."""
    sample = json.loads(resources.files("dragoman.cli").joinpath("sample.json").read_text("utf-8"))
    async with services.database.backend.write() as session:
        account_id = await directory.create_account(
            session, name=sample["account"], uuid=sample["uuid"], now=services.database.clock()
        )
    async with services.database.write(account_id) as tx:
        people = await _load_staff(tx, sample)
    for told in sample["conversations"]:
        await Telling(services, account_id, people, told).tell()
    return account_id


async def _load_staff(tx: WriteTx, sample: dict[str, Any]) -> dict[str, int]:
    people: dict[str, int] = {}
    for one in sample["users"]:
        password = PASSWORD if one["email"] == EMAIL else None
        user = await accounts.add_user(tx, email=one["email"], name=one["name"], role=one["role"], password=password)
        people[one["email"]] = user.id
    for one in sample["teams"]:
        team = await accounts.add_team(tx, {"name": one["name"], "description": one["description"]})
        people[one["name"]] = team.id
        for email in one["members"]:
            await accounts.put_member(tx, team.id, people[email], TeamRole.MEMBER)
    return people


@dataclass(frozen=True, slots=True)
class Telling:
    """One conversation of the sample, each step of it at its own time: so lists have an order to show."""

    services: Services
    account_id: int
    people: Mapping[str, int]
    told: Mapping[str, Any]

    async def tell(self) -> None:
        now = self.services.database.clock()
        began_at = now - timedelta(hours=self.told["hours_ago"])
        (first_who, first), *rest = self.told["messages"]
        async with self._writing(began_at) as tx:
            conversation = await self._open(tx)
            await posting.begin(tx, conversation, self._message(conversation, first_who, first))
            await self._assign(tx, conversation)
        for at, (who, body) in enumerate(rest, 1):
            async with self._writing(began_at + timedelta(minutes=17 * at)) as tx:
                await posting.post(tx, conversation.id, self._message(conversation, who, body))
        if self.told["status"] != "open":
            async with self._writing(began_at + timedelta(minutes=17 * len(self.told["messages"]))) as tx:
                await editing.edit(tx, conversation.id, {"status": self.told["status"]})

    def _writing(self, at: datetime) -> AbstractAsyncContextManager[WriteTx]:
        then = Database(self.services.database.backend, clock=lambda: at, react=reactions.react)
        return then.write(self.account_id)

    async def _open(self, tx: WriteTx) -> Conversation:
        contact = await contacts.find_or_add(tx, email=self.told["from"], name=self.told["name"])
        new = creation.NewConversation(
            subject=self.told["subject"],
            contact_id=contact.id,
            channel=self.told["channel"],
            priority=self.told["priority"],
            tags=tuple(self.told["tags"]),
        )
        return await creation.open_conversation(tx, new)

    def _message(self, conversation: Conversation, who: str, body: str) -> NewMessage:
        """`who` is "contact", an agent's address, or that with "note:" before it."""
        is_inbound = who == "contact"
        return NewMessage(
            body=body,
            sender=Sender.CONTACT if is_inbound else Sender.AGENT,
            sender_id=conversation.contact_id if is_inbound else self.people[who.removeprefix("note:")],
            is_internal=who.startswith("note:"),
        )

    async def _assign(self, tx: WriteTx, conversation: Conversation) -> None:
        user_id = self.people.get(self.told.get("agent", ""))
        await assignment.assign(tx, conversation.id, user_id=user_id, team_id=self.people[self.told["team"]])
