"""`dragoman load`: an account full of synthetic conversations, for trying sizes."""

from __future__ import annotations

import time
from asyncio import wrap_future
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from typing import Annotated, Any

import typer
from rich.progress import Progress

from dragoman.cli.common import AccountId, AsJson, opened_for, run, show
from dragoman.cli.console import err
from dragoman.cli.phrases import COMPANY_FIRST, COMPANY_LAST, FIRST_NAMES, LAST_NAMES, TAGS, TEAMS
from dragoman.cli.synthetic import Batch, Cast, Story, ids_needed, story
from dragoman.core.access import Role
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts import queries as known
from dragoman.core.contacts import actions as contacts
from dragoman.core.contacts.rules import identities
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages.models import Message
from dragoman.core.search import keeping
from dragoman.core.search.words import document_words
from dragoman.core.tags import fold_tag
from dragoman.store import bulk, fulltext, schema
from dragoman.store.bulk import Sheet
from dragoman.store.database import Database
from dragoman.store.tx import WriteTx

AT_ONCE = 10_000  # conversations in one transaction
SCRIBES = 2  # processes that make batches while this one writes
AHEAD = 3  # batches that are made or wait to be written
USERS = 24
YEARS = timedelta(days=3 * 365)
Tell = Callable[[int], None]


def load(
    account: AccountId,
    conversations: Annotated[int, typer.Option(help="How many.", min=1, max=100_000_000)],
    messages: Annotated[int, typer.Option(help="Messages in each.", min=1, max=100)] = 3,
    seed: Annotated[int, typer.Option(help="The same seed tells the same stories.")] = 1,
    json: AsJson = False,
) -> None:
    """Fill an account with synthetic conversations of the last three years."""
    show(run(_load(account, conversations, messages, seed, is_quiet=json)), as_json=json)


async def _load(account: int, conversations: int, messages: int, seed: int, *, is_quiet: bool) -> dict[str, Any]:
    started = time.monotonic()
    async with opened_for(account) as services:
        with Progress(console=err, disable=is_quiet) as progress:
            task = progress.add_task("Conversations", total=conversations)
            order = Order(account, conversations, messages, seed)
            await fill(services.database, order, lambda done: progress.advance(task, done))
    took = time.monotonic() - started
    return {
        "account_id": account,
        "conversations": conversations,
        "messages": conversations * messages,
        "seconds": round(took, 1),
        "conversations_per_second": round(conversations / took),
    }


@dataclass(frozen=True, slots=True)
class Order:
    """What to fill an account with."""

    account_id: int
    conversations: int
    messages: int = 3
    seed: int = 1
    at_once: int = AT_ONCE


@dataclass(frozen=True, slots=True)
class Pages:
    """One batch, ready to be written."""

    conversations: int
    sheets: list[Sheet]


async def fill(database: Database, order: Order, tell: Tell = lambda _: None) -> None:
    """Write it in large transactions, each of which is whole."""
    async with database.write(order.account_id) as tx:
        cast = await _cast(tx)
    async for pages in _made(_batches(database, order, cast), order):
        async with database.write(order.account_id) as tx:
            for sheet in pages.sheets:
                await bulk.insert(tx, sheet)
        tell(pages.conversations)
    async with database.write(order.account_id) as tx:
        await bulk.refresh_statistics(tx)
    async with database.read(order.account_id) as reading:
        await keeping.current(reading)
    await keeping.keep_all(database)  # so that the first list of a server does not wait for it


async def _made(batches: AsyncIterator[Batch], order: Order) -> AsyncIterator[Pages]:
    """Batches made by other processes, a few of them ahead; a single one is not worth a process."""
    if order.conversations <= order.at_once:
        async for batch in batches:
            yield make_pages(batch, order.account_id)
        return
    making: deque[Future[Pages]] = deque()
    with ProcessPoolExecutor(SCRIBES, get_context("spawn")) as scribe:
        async for batch in batches:
            making.append(scribe.submit(make_pages, batch, order.account_id))
            if len(making) > AHEAD:
                yield await wrap_future(making.popleft())
        while making:
            yield await wrap_future(making.popleft())


async def _batches(database: Database, order: Order, cast: Cast) -> AsyncIterator[Batch]:
    """The three years until last midnight, cut into stretches of time."""
    end = database.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    start, pace = end - YEARS, YEARS / order.conversations
    for done in range(0, order.conversations, order.at_once):
        count = min(order.at_once, order.conversations - done)
        async with database.write(order.account_id) as tx:
            numbers = await tx.session.next_numbers(order.account_id, "conversation", count)
            await tx.ids.ensure(wanted := ids_needed(count, order.messages))
            ids = [await tx.next_id() for _ in range(wanted)]
        yield Batch(
            seed=f"{order.seed}:{numbers[0]}",
            cast=cast,
            ids=ids,
            numbers=numbers,
            messages=order.messages,
            start=start + pace * done,
            end=start + pace * (done + count),
            now=end,
        )


def make_pages(batch: Batch, account_id: int) -> Pages:
    """All that is kept of a batch. Pure."""
    told = story(batch)
    sheets = [
        bulk.sheet(schema.contacts, [contacts.row_of(one) for one in told.contacts]),
        bulk.sheet(schema.contact_identities, _identities(told)),
        bulk.sheet_of(Conversation, told.conversations),
        bulk.sheet_of(Message, told.messages),
        bulk.sheet(schema.search_documents, _documents(told, account_id)),
        bulk.sheet(schema.events, told.events),
    ]
    return Pages(len(told.conversations), sheets)


def _identities(told: Story) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "value": value, "contact_id": one.id}
        for one in told.contacts
        for kind, value in identities(one.email, one.phone)
    ]


def _documents(told: Story, account_id: int) -> list[dict[str, Any]]:
    """In the order of their ids, which SQLite's full-text index takes much faster than any other."""
    texts = [(one.id, one.id, one.subject) for one in told.conversations]
    texts += [(one.id, one.conversation_id, one.body) for one in told.messages]
    return [
        {
            "id": document_id,
            "conversation_id": conversation_id,
            "words": fulltext.document(account_id, document_words(text)),
        }
        for document_id, conversation_id, text in sorted(texts)
    ]


async def _cast(tx: WriteTx) -> Cast:
    """The account's users and teams, made up where there are few, and companies of this load."""
    for number in range(len(await known.active_users(tx)), USERS):
        name = f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number * 7 % len(LAST_NAMES)]}"
        email = f"agent-{await tx.next_id()}@support.example"
        await accounts.add_user(tx, email=email, name=name, role=Role.AGENT)
    for name in TEAMS[len(await known.all_teams(tx)) :]:
        await accounts.add_team(tx, {"name": name})
    for tag in TAGS:
        await tx.insert_new(schema.tags, {"folded": fold_tag(tag), "name": tag})
    return Cast(
        users=await known.active_users(tx),
        team_ids=[one.id for one in await known.all_teams(tx)],
        company_ids=[await _company(tx, first, last) for first in COMPANY_FIRST for last in COMPANY_LAST],
    )


async def _company(tx: WriteTx, first: str, last: str) -> int:
    domain = f"{first}-{last}.example".lower()
    made = await contacts.add_company(tx, name=f"{first} {last}", domain=domain, tags=(), custom_attrs={})
    return made.id
