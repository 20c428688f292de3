"""All that is shown of some conversations, fetched together: as many statements for twenty-five as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import Team, User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts.links import ContactLink
from dragoman.core.contacts.models import Contact
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages import thread
from dragoman.core.messages.models import Attachment, Message, Sender
from dragoman.core.messages.thread import Latest, Line
from dragoman.store import schema
from dragoman.store.events import Event
from dragoman.store.records import Record
from dragoman.store.tx import Tx

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class People:
    """Who has said or done something, by their ids."""

    users: Mapping[int, User]
    contacts: Mapping[int, Contact]
    bots: Mapping[int, Bot]

    def and_(self, more: People) -> People:
        return People({**self.users, **more.users}, {**self.contacts, **more.contacts}, {**self.bots, **more.bots})


@dataclass(frozen=True, slots=True)
class Shown:
    """A conversation with all that is shown of it and lives elsewhere."""

    conversation: Conversation
    contact: Contact
    link: ContactLink | None
    inbox: Inbox | None
    team: Team | None
    is_in_team: bool
    latest: Latest
    files: Mapping[int | None, Sequence[Attachment]]
    people: People

    def with_more(self, people: People, files: Mapping[int | None, Sequence[Attachment]]) -> Shown:
        """The same, ready to show lines that are not the latest."""
        return replace(self, people=self.people.and_(people), files={**self.files, **files})

    @property
    def assignee(self) -> User | Bot | None:
        """A person, or else a bot."""
        one = self.conversation
        if one.assignee_user_id is not None:
            return self.people.users.get(one.assignee_user_id)
        return None if one.assignee_bot_id is None else self.people.bots.get(one.assignee_bot_id)


async def some(tx: Tx, record: type[R], ids: Collection[int | None]) -> dict[int, R]:
    """Records by id: those that there are."""
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return {}
    found = await tx.all(record, tx.select(record).where(record.table.c.id.in_(wanted)))
    return {one.id: one for one in found}  # type: ignore[attr-defined]


async def show(tx: Tx, conversation_ids: Sequence[int], *, user_id: int | None) -> list[Shown]:
    """In the order of the ids; what is gone meanwhile is left out. `user_id` is whoever looks."""
    found = await some(tx, Conversation, conversation_ids)
    rows = [found[one] for one in conversation_ids if one in found]
    latest = await thread.latest(tx, [one.id for one in rows])
    lines = [line for one in latest.values() for line in (one.line, one.said, one.public) if line is not None]
    people = await people_of(tx, lines, rows)
    inboxes = await some(tx, Inbox, [one.inbox_id for one in rows])
    teams = await some(tx, Team, [one.assignee_team_id for one in rows])
    mine = await teams_of(tx, user_id) if teams else set()
    link = await some(tx, ContactLink, [one.contact_link_id for one in rows])
    files = await files_of(tx, lines)
    return [
        Shown(
            conversation=one,
            contact=people.contacts[one.contact_id],
            link=link.get(one.contact_link_id or 0),
            inbox=inboxes.get(one.inbox_id or 0),
            team=teams.get(one.assignee_team_id or 0),
            is_in_team=one.assignee_team_id in mine,
            latest=latest[one.id],
            files=files,
            people=people,
        )
        for one in rows
    ]


async def people_of(tx: Tx, lines: Sequence[Line], rows: Sequence[Conversation] = ()) -> People:
    """Everybody who stands behind these lines and conversations."""
    said = [line for line in lines if isinstance(line, Message)]
    did = [line for line in lines if isinstance(line, Event)]
    users = {line.sender_id for line in said if line.sender_kind == Sender.AGENT}
    users |= {line.actor_id for line in did if line.actor_kind == "user"} | {one.assignee_user_id for one in rows}
    contacts = {line.sender_id for line in said if line.sender_kind == Sender.CONTACT} | {
        one.contact_id for one in rows
    }
    bots = {line.sender_id for line in said if line.sender_kind == Sender.AI} | {one.assignee_bot_id for one in rows}
    return People(await some(tx, User, users), await some(tx, Contact, contacts), await some(tx, Bot, bots))


async def files_of(tx: Tx, lines: Sequence[Line]) -> dict[int | None, list[Attachment]]:
    """The files of messages, by message."""
    ids = sorted({line.id for line in lines if isinstance(line, Message)})
    found: dict[int | None, list[Attachment]] = defaultdict(list)
    if ids:
        table = schema.attachments
        query = tx.select(Attachment).where(table.c.message_id.in_(ids)).order_by(table.c.id)
        for one in await tx.all(Attachment, query):
            found[one.message_id].append(one)
    return found


async def teams_of(tx: Tx, user_id: int | None) -> set[int]:
    if user_id is None:
        return set()
    table = schema.team_members
    return set(await tx.scalars(tx.select(table.c.team_id).where(table.c.user_id == user_id)))
