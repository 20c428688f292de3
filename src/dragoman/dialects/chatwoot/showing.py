"""Answers that show conversations."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from starlette.responses import Response

from dragoman.core.conversations.models import Conversation
from dragoman.core.messages.thread import Line
from dragoman.dialects.chatwoot import present
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.shown import files_of, people_of, show
from dragoman.dialects.chatwoot.wire.conversations import ConversationForm, MessageForm
from dragoman.edge.doors import principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx


async def conversations(request: Request, tx: Tx, conversation_ids: Sequence[int]) -> list[ConversationForm]:
    """In the order of the ids."""
    who = principal(request)
    found = await show(tx, conversation_ids, user_id=who.user_id)
    to = addresses(request, who.account_id)
    return [present.conversation(one, to, now=tx.now) for one in found]


async def shown_reply(request: Request, tx: Tx, conversation_id: int) -> Response:
    """One conversation as it is now, in this transaction."""
    (shown,) = await conversations(request, tx, [conversation_id])
    return reply(shown)


def nothing() -> Response:
    """200 with an empty body (chatwoot.md 1.6)."""
    return Response(status_code=200)


async def messages(
    request: Request, tx: Tx, one: Conversation, lines: Sequence[Line], *, echo_id: str | None = None
) -> list[MessageForm]:
    """Lines of a conversation, in their order."""
    people, files = await people_of(tx, lines), await files_of(tx, lines)
    to = addresses(request, principal(request).account_id)
    return [present.message_of(line, one, people, files, to, echo_id=echo_id) for line in lines]


async def message_reply(
    request: Request, tx: Tx, one: Conversation, line: Line, *, echo_id: str | None = None
) -> Response:
    (shown,) = await messages(request, tx, one, [line], echo_id=echo_id)
    return reply(shown)
