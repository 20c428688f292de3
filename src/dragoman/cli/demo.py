"""`dragoman demo`: a small helpdesk to look at, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.panel import Panel

from dragoman.cli.common import opened, out, require_current, settings
from dragoman.cli.serving import serve
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.models import TeamRole
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import assignment, creation, editing
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.edge.services import Services
from dragoman.store import directory
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
            await _tell(tx, told, people)
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


async def _tell(tx: WriteTx, told: dict[str, Any], people: dict[str, int]) -> None:
    """One conversation of the sample, as old as it says."""
    began_at = tx.now - timedelta(hours=told["hours_ago"])
    contact = await contacts.find_or_add(tx, email=told["from"], name=told["name"])
    new = creation.NewConversation(
        subject=told["subject"],
        contact_id=contact.id,
        channel=told["channel"],
        priority=told["priority"],
        tags=tuple(told["tags"]),
        created_at=began_at,
    )
    conversation = await creation.open_conversation(tx, new)
    for at, (who, body) in enumerate(told["messages"]):
        sender = Sender.CONTACT if who == "contact" else Sender.AGENT
        said = NewMessage(
            body=body,
            sender=sender,
            sender_id=contact.id if sender is Sender.CONTACT else people[who.removeprefix("note:")],
            is_internal=who.startswith("note:"),
            created_at=began_at + timedelta(minutes=17 * at),
        )
        await posting.post(tx, conversation.id, said)
    await assignment.assign(
        tx, conversation.id, user_id=people.get(told.get("agent", "")), team_id=people[told["team"]]
    )
    if told["status"] != "open":
        await editing.edit(tx, conversation.id, {"status": told["status"]})
