"""The list with its four counts, and the counts alone (chatwoot.md 2, 3.1): all that a replica may answer."""

from __future__ import annotations

from functools import partial

from fastapi import Request
from starlette.responses import Response

from dragoman.core.access import Principal
from dragoman.core.search import queries as search
from dragoman.core.search.model import Question
from dragoman.dialects.chatwoot import asking, cards
from dragoman.dialects.chatwoot.auth import reach, router
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.parameters import asked
from dragoman.dialects.chatwoot.wire.conversations import CountsForm, ListForm
from dragoman.edge import conditional
from dragoman.edge.doors import browse, principal
from dragoman.edge.openapi import returns
from dragoman.edge.replies import encoder, raw, reply
from dragoman.store.tx import Tx

routes = router("/conversations", tag="Conversations")


@routes.get("", responses=returns(ListForm), summary="List conversations")
async def list_conversations(request: Request) -> Response:
    """25 a page, newest activity first; the counts are of all that the filters leave, whoever has it."""
    who, given = principal(request), asked(request)

    async def look(tx: Tx) -> Response:
        wanted = await asking.asked_of_list(tx, given, who, await reach(tx, request))
        counts = await counts_of(tx, wanted.base, who)
        return await page_reply(request, tx, wanted.page, counts, b'{"data":{"meta":%s,"payload":[%s]}}')

    return await browse(request, look)


async def page_reply(request: Request, tx: Tx, page: Question, counts: CountsForm, envelope: bytes) -> Response:
    """The page under a tag of all that it is made of."""
    body = await page_body(request, tx, page, counts, envelope)
    return await conditional.unless_known(request, conditional.tag_of(body), partial(_said, body))


async def page_body(request: Request, tx: Tx, page: Question, counts: CountsForm, envelope: bytes) -> bytes:
    """The JSON of a page: its counts and its conversations, as the envelope has them."""
    who = principal(request)
    found = await search.answer(tx, page, reader_id=who.reader_id)
    to, shelf = addresses(request, tx.account_id), cards.shelf_of(request)
    bodies = await cards.rendered(tx, shelf, found.stamps, to, user_id=who.user_id)
    return envelope % (encoder.encode(counts), b",".join(bodies))


async def _said(body: bytes) -> Response:
    return raw(body)


async def counts_of(tx: Tx, base: Question, who: Principal) -> CountsForm:
    """Never counted in the database, and the same on every page (chatwoot.md 2.2)."""
    found = await search.count_each(tx, base, asking.counted(who))
    everybody, nobody = found["all"], found["unassigned"]
    return CountsForm(
        mine_count=found["mine"],
        assigned_count=everybody - nobody,
        unassigned_count=nobody,
        all_count=everybody,
    )


@routes.get("/meta", summary="Count conversations")
async def count_conversations(request: Request) -> Response:
    """The list's counts for the same parameters."""
    who, given = principal(request), asked(request)

    async def look(tx: Tx) -> Response:
        wanted = await asking.asked_of_list(tx, given, who, await reach(tx, request))
        return reply({"meta": await counts_of(tx, wanted.base, who)})

    return await browse(request, look)
