"""What the routes share: reading an id, and a conversation's whole detail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from dragoman.core.conversations import queries
from dragoman.core.conversations.counts import Counts, counts_of
from dragoman.core.messages import queries as messages
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.auth import AurionRoute
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.wire.conversations import ConversationDetailOut, TabCountsOut
from dragoman.dialects.aurion.wire.refusals import RefusalOut
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

ConversationId = Annotated[str, Path(max_length=200)]
REFUSALS = {
    **returns(RefusalOut, 400, "The request makes no sense"),
    **returns(RefusalOut, 401, "No credential, or an unknown one"),
    **returns(RefusalOut, 403, "The credential is good, and not for this"),
    **returns(RefusalOut, 404, "Unknown, or another account's"),
    **returns(RefusalOut, 409, "The state does not allow it, or somebody was faster"),
    **returns(RefusalOut, 413, "The body is too large"),
    **returns(RefusalOut, 429, "Too many requests; see Retry-After"),
}


def router(prefix: str = "/api/v2/conversations", tag: str = "Conversations") -> APIRouter:
    return APIRouter(prefix=prefix, tags=[tag], route_class=AurionRoute, responses=REFUSALS)


def conversation_number(text: str) -> int:
    return read(Prefix.CONVERSATION, text)


def known(prefix: Prefix, text: str | None) -> int | None:
    """The number of an id that may be missing. Raises NotFound for a strange one."""
    return None if text is None else read(prefix, text)


async def detail(tx: Tx, conversation_id: int, reader_id: int) -> ConversationDetailOut:
    """The whole conversation as it is now, in this transaction."""
    return await counted_detail(tx, conversation_id, await counts_of(tx, conversation_id, reader_id))


async def counted_detail(tx: Tx, conversation_id: int, counts: Counts) -> ConversationDetailOut:
    card = await queries.card(tx, conversation_id)
    files = await messages.attachments_by_message(tx, conversation_id)
    said = await messages.of_conversation(tx, conversation_id)
    return present.detail(
        card,
        is_read=counts.is_read,
        tab_counts=TabCountsOut(
            activities=counts.activities,
            has_resolution=counts.has_resolution,
            messages=len(said),
            related=counts.links,
        ),
        messages=[present.message(one, files.get(one.id, ())) for one in said],
    )


async def detail_reply(tx: Tx, conversation_id: int, reader_id: int, status_code: int = 200) -> Response:
    return reply(await detail(tx, conversation_id, reader_id), status_code)
