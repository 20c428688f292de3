"""Search boxes, and what is unread (chatwoot.md 3.3 to 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.conversations.models import Conversation
from dragoman.core.search import found
from dragoman.core.search import queries as search
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.tags import fold_tag
from dragoman.dialects.chatwoot import asking, present, present_found
from dragoman.dialects.chatwoot.auth import reach, router
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.parameters import Given, asked
from dragoman.dialects.chatwoot.routes.listing import counts_of
from dragoman.dialects.chatwoot.shown import files_of, people_of, show, some
from dragoman.dialects.chatwoot.wire.conversations import MessageForm
from dragoman.edge.doors import browse, principal
from dragoman.edge.replies import reply
from dragoman.store import schema
from dragoman.store.tx import Tx

routes = router(tag="Search")
SIZE = 15
MOST_TEXT = 1000
THREE_MONTHS = timedelta(days=91)


@routes.get("/conversations/search", summary="Search conversations")
async def search_conversations(request: Request) -> Response:
    """As the list, with nothing but the messages that have `q` in each. Raises NotFound and Invalid as the list."""
    who, given = principal(request), asked(request)

    async def look(tx: Tx) -> Response:
        wanted = await asking.asked_of_list(tx, given, who, await reach(tx, request))
        counts = await counts_of(tx, wanted.base, who)
        answer = await search.answer(tx, wanted.page, reader_id=who.reader_id)
        ids = [stamp.id for stamp in answer.stamps]
        matching = await found.messages_in(tx, ids, _text(given))
        rows = [
            present_found.matched(one, matching.get(one.conversation.id, ()), tx.account_id)
            for one in await show(tx, ids, user_id=None)
        ]
        return reply({"meta": counts, "payload": rows})

    return await browse(request, look)


@routes.get("/search", summary="Search everything")
async def search_all(request: Request) -> Response:
    """Conversations, contacts and messages; articles there are none."""

    async def look(tx: Tx) -> Response:
        payload = {
            "conversations": await _conversations(request, tx),
            "contacts": await _contacts(request, tx),
            "messages": await _messages(request, tx),
            "articles": [],
        }
        return reply({"payload": payload})

    return await browse(request, look)


@routes.get("/search/conversations", summary="Search conversations by whose they are")
async def search_by_contact(request: Request) -> Response:
    """By display id, and by name, e-mail, phone and identifier of the contact; the newest first."""

    async def look(tx: Tx) -> Response:
        return reply({"payload": {"conversations": await _conversations(request, tx)}})

    return await browse(request, look)


@routes.get("/search/messages", summary="Search messages")
async def search_messages(request: Request) -> Response:
    """Of the last three months, the newest first."""

    async def look(tx: Tx) -> Response:
        return reply({"payload": {"messages": await _messages(request, tx)}})

    return await browse(request, look)


@routes.get("/search/contacts", summary="Search contacts by a text")
async def search_people(request: Request) -> Response:
    """By name, e-mail, phone and identifier."""

    async def look(tx: Tx) -> Response:
        return reply({"payload": {"contacts": await _contacts(request, tx)}})

    return await browse(request, look)


def _text(given: Given) -> str:
    return (given.text("q", most=MOST_TEXT) or "").strip()


async def _conversations(request: Request, tx: Tx) -> Sequence[Mapping[str, Any]]:
    given = asked(request)
    text = _text(given)
    if not text:
        return []
    theirs = tuple(await found.of_contacts_like(tx, text))
    ways: list[tuple[Condition, ...]] = [(Condition("id", Op.INCLUDES, theirs),)]
    if text.isascii() and text.isdigit():
        ways.append((Condition("number", Op.CONTAINS, (text,)),))
    question = Question(
        where=tuple(asking.within(await reach(tx, request))),
        any_of=tuple(ways),
        sort=Sort.CREATED,
        limit=SIZE,
        offset=asking.offset_of(given, SIZE),
    )
    answer = await search.answer(tx, question, reader_id=principal(request).reader_id)
    to = addresses(request, tx.account_id)
    shown = await show(tx, [stamp.id for stamp in answer.stamps], user_id=None)
    return [present_found.conversation(one, to) for one in shown]


async def _contacts(request: Request, tx: Tx) -> Sequence[Mapping[str, Any]]:
    given = asked(request)
    text = _text(given)
    if not text:
        return []
    rows = await found.contacts_like(tx, text, limit=SIZE, offset=asking.offset_of(given, SIZE))
    return [present_found.contact(one) for one in rows]


async def _messages(request: Request, tx: Tx) -> Sequence[MessageForm]:
    given = asked(request)
    text = _text(given)
    if not text:
        return []
    page = {"limit": SIZE, "offset": asking.offset_of(given, SIZE)}
    since = tx.now - THREE_MONTHS
    rows = await found.messages_like(tx, text, await reach(tx, request), since=since, **page)
    people, files = await people_of(tx, rows), await files_of(tx, rows)
    of = await some(tx, Conversation, [one.conversation_id for one in rows])
    to = addresses(request, tx.account_id)
    return [present.message_of(one, of[one.conversation_id], people, files, to) for one in rows]


@routes.get("/conversations/unread_counts", summary="Count what is unread")
async def count_unread(request: Request) -> Response:
    """How many conversations have something unread: in all, and by the ids of inboxes, labels and teams."""

    async def look(tx: Tx) -> Response:
        base = Question(where=tuple(asking.within(await reach(tx, request))))
        total, by = await found.unread_by(tx, base, "inbox_id", "assignee_team_id", "tags")
        counts = {"inboxes": by["inbox_id"], "labels": await _by_label(tx, by["tags"]), "teams": by["assignee_team_id"]}
        return reply({"payload": {**counts, "all_count": total}})

    return await browse(request, look)


async def _by_label(tx: Tx, by_tag: Mapping[Any, int]) -> dict[int, int]:
    """Tags that the team has agreed on, by the label's id."""
    labels = schema.labels
    rows = await tx.rows(tx.select(labels.c.id, labels.c.title))
    return {row[0]: by_tag[fold_tag(row[1])] for row in rows if fold_tag(row[1]) in by_tag}
