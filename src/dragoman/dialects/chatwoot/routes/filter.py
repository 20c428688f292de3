"""Conversations by conditions (chatwoot.md 3.2)."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from dragoman.core.access import Principal
from dragoman.core.accounts import attributes
from dragoman.core.search import found
from dragoman.core.search.model import Question
from dragoman.dialects.chatwoot import asking, filtering
from dragoman.dialects.chatwoot.auth import reach, router
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.routes.listing import counts_of, page_body
from dragoman.dialects.chatwoot.wire.conversations import PageForm
from dragoman.edge.doors import browse, principal
from dragoman.edge.openapi import returns
from dragoman.edge.replies import raw
from dragoman.store.tx import Tx

routes = router("/conversations", tag="Conversations")


@routes.post("/filter", responses=returns(PageForm), summary="Filter conversations")
async def filter_conversations(request: Request) -> Response:
    """By conditions joined with AND, which binds tighter, and OR; newest activity first. Raises Invalid."""
    who, wanted = principal(request), await given(request)

    async def look(tx: Tx) -> Response:
        base = await _question(request, tx, wanted)
        return await filtered(request, tx, who, base, offset=asking.offset_of(wanted))

    return await browse(request, look)


async def _question(request: Request, tx: Tx, wanted: Given) -> Question:
    payload = wanted.get("payload")
    around = filtering.Around(
        defined={one.key: one.type for one in await attributes.all_of(tx, attributes.Owner.CONVERSATION.value)},
        of_contacts=await found.of_contacts(tx, filtering.contact_ids(payload)),
        today=tx.now.date(),
    )
    any_of = filtering.alternatives(payload, around)
    return Question(where=tuple(asking.within(await reach(tx, request))), any_of=any_of)


async def filtered(request: Request, tx: Tx, who: Principal, base: Question, *, offset: int) -> Response:
    """`meta` and `payload` at the top (chatwoot.md 2.8, C9)."""
    counts = await counts_of(tx, base, who)
    page = replace(base, **asking.LATEST, limit=asking.PAGE, offset=offset)
    return raw(await page_body(request, tx, page, counts, b'{"meta":%s,"payload":[%s]}'))
