"""Who works there and with what: agents, teams, labels, inboxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.core import carried
from dragoman.core.access import Role
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts import queries
from dragoman.core.accounts.models import TeamRole
from dragoman.core.channels import actions as channels
from dragoman.core.channels import members
from dragoman.core.channels.inboxes import find
from dragoman.core.channels.queries import owner_of
from dragoman.imports.chatwoot.remote import Remote
from dragoman.imports.chatwoot.report import Outcome, Report
from dragoman.store import schema
from dragoman.store.database import Database
from dragoman.store.tx import SYSTEM, WriteTx

CHANNELS: Mapping[str, str] = {
    "Channel::Email": "email",
    "Channel::WebWidget": "widget",
    "Channel::Whatsapp": "whatsapp",
    "Channel::Sms": "sms",
    "Channel::TwilioSms": "sms",
}
SETTINGS = (
    *("greeting_enabled", "greeting_message", "working_hours_enabled", "working_hours", "timezone"),
    *("out_of_office_message", "enable_email_collect", "csat_survey_enabled", "allow_messages_after_resolved"),
    *("lock_to_single_conversation", "enable_auto_assignment", "additional_attributes", "website_url"),
    *("widget_color", "welcome_title", "welcome_tagline", "hmac_mandatory", "phone_number"),
)


@dataclass(slots=True)
class Move:
    """One account there on its way to one here."""

    database: Database
    account_id: int
    remote: Remote
    report: Report

    @property
    def source(self) -> str:
        return self.remote.name


async def carry_staff(move: Move) -> None:
    """In an order in which each finds what it refers to. Raises Unreachable and Refused."""
    for agent in await move.remote.get("/agents"):
        await _one(move, "agents", agent, _agent)
    for team in await move.remote.get("/teams"):
        there = await move.remote.get(f"/teams/{team['id']}/team_members")
        await _one(move, "teams", {**team, "members": [one["id"] for one in there]}, _team)
    for label in (await move.remote.get("/labels"))["payload"]:
        await _one(move, "labels", label, _label)
    for inbox in (await move.remote.get("/inboxes"))["payload"]:
        there = (await move.remote.get(f"/inbox_members/{inbox['id']}"))["payload"]
        await _one(move, "inboxes", {**inbox, "members": [one["id"] for one in there]}, _inbox)


async def _one(move: Move, kind: str, told: Mapping[str, Any], make: Any) -> None:
    """Make one here, unless it came before."""
    async with move.database.write(move.account_id, SYSTEM) as tx:
        if await carried.find(tx, move.source, kind, told["id"]) is not None:
            move.report.count(kind, Outcome.HERE_BEFORE)
            return
        local_id, is_new = await make(tx, move, told)
        await carried.keep(tx, move.source, kind, told["id"], local_id)
    move.report.count(kind, Outcome.CARRIED if is_new else Outcome.HERE_BEFORE)


async def _agent(tx: WriteTx, move: Move, told: Mapping[str, Any]) -> tuple[int, bool]:
    """By address; a new one has no password: they sign in when an administrator has given them one."""
    known = await queries.user_by_email(tx, told["email"])
    if known is not None:
        return known.id, False
    role = Role.ADMINISTRATOR if told.get("role") == "administrator" else Role.AGENT
    name = told.get("name") or told["email"]
    return (await accounts.add_user(tx, email=told["email"], name=name, role=role)).id, True


async def _team(tx: WriteTx, move: Move, told: Mapping[str, Any]) -> tuple[int, bool]:
    names = {one.name.casefold(): one for one in await queries.all_teams(tx)}
    known = names.get(told["name"].casefold())
    team = known or await accounts.add_team(
        tx,
        {
            "name": told["name"],
            "description": told.get("description"),
            "assigns_members": bool(told.get("allow_auto_assign")),
        },
    )
    for remote_id in told["members"]:
        user_id = await carried.find(tx, move.source, "agents", remote_id)
        if user_id is not None:
            await accounts.put_member(tx, team.id, user_id, TeamRole.MEMBER)
    return team.id, known is None


async def _label(tx: WriteTx, move: Move, told: Mapping[str, Any]) -> tuple[int, bool]:
    table = schema.labels
    known: int | None = await tx.scalar(tx.select(table.c.id).where(table.c.title == told["title"]))
    if known is not None:
        return known, False
    row = {
        "id": await tx.next_id(),
        "title": told["title"],
        "description": told.get("description"),
        "color": told.get("color") or "#1f93ff",
        "is_in_sidebar": bool(told.get("show_on_sidebar")),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    await tx.insert(table, row)
    return int(row["id"]), True


async def _inbox(tx: WriteTx, move: Move, told: Mapping[str, Any]) -> tuple[int, bool]:
    """A new one of the same name and kind; where that is taken, of a name that tells where it is from."""
    channel = CHANNELS.get(told["channel_type"], "api")
    name = told["name"]
    if await find(tx, channel, name) is not None:
        name = f"{name} ({move.source})"
    settings = {key: told[key] for key in SETTINGS if told.get(key) is not None}
    address = told.get("email") if channel == "email" else None
    if address is not None and await owner_of(tx, channel, address) is not None:
        address = None
    new = channels.NewInbox(name=name, channel=channel, address=address, provider="imported", settings=settings)
    inbox = await channels.add(tx, new)
    users = [await carried.find(tx, move.source, "agents", one) for one in told["members"]]
    await members.add(tx, inbox.id, [one for one in users if one is not None])
    return inbox.id, True
