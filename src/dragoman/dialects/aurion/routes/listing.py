"""E1, E7, E8, E9: lists, searches, and what can be chosen in them: all that a replica may answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from dragoman.core.accounts import queries as accounts
from dragoman.core.conversations.models import Channel, Status
from dragoman.core.search import queries as search
from dragoman.core.search.model import Question
from dragoman.core.search.queries import Answer
from dragoman.core.tags import fold_tag
from dragoman.dialects.aurion.cards import rendered
from dragoman.dialects.aurion.ids import Prefix, show
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.wire import reading
from dragoman.dialects.aurion.wire.asking import Asked, question_of_list, question_of_search
from dragoman.dialects.aurion.wire.conversations import ConversationPageOut, FilterOptionsOut, NamedOut, TagsOut
from dragoman.dialects.aurion.wire.inputs import SearchIn
from dragoman.dialects.aurion.wire.parameters import LIST_PARAMETERS
from dragoman.dialects.aurion.wire.refusals import RefusalOut
from dragoman.dialects.aurion.wire.words import PRIORITIES
from dragoman.edge import conditional
from dragoman.edge.doors import Who, browse, principal
from dragoman.edge.openapi import IF_NONE_MATCH, UNCHANGED, returns
from dragoman.edge.replies import raw, reply
from dragoman.edge.shelf import Shelf
from dragoman.store.tx import Tx

routes = router()
FIVE = [Channel.EMAIL, Channel.CHAT, Channel.WHATSAPP, Channel.VOICE, Channel.WIDGET]


@routes.get(
    "",
    responses={**returns(ConversationPageOut), **UNCHANGED, **returns(RefusalOut, 422, "A parameter cannot be read")},
    openapi_extra={"parameters": [*LIST_PARAMETERS, *IF_NONE_MATCH["parameters"]]},
    summary="List conversations",
)
async def list_conversations_v2(request: Request) -> Response:
    """Newest change first; every filter can be combined with every other. `total` is exact."""
    who = principal(request)
    question = question_of_list(request.query_params, usual_limit=usual_limit(request))
    names = envelope(request)

    async def look(tx: Tx) -> Response:
        found = await search.answer(tx, question, reader_id=who.reader_id)
        return await conditional.unless_known(
            request,
            conditional.tag(found, question.limit, question.offset, names),
            partial(page_reply, request, tx, question, found, names),
        )

    return await browse(request, look)


def usual_limit(request: Request) -> int:
    """25 for the guide's clients, 50 for the reference's: their header tells them apart (aurion.md C3)."""
    is_guide = "x-api-key" in request.headers or "authorization" not in request.headers
    return 25 if is_guide else 50


def envelope(request: Request) -> tuple[str, ...]:
    """Both names of the array, unless the client asks for one (aurion.md C5)."""
    chosen = request.query_params.get("envelope")
    return (reading.word("envelope", chosen, ("items", "data")),) if chosen else ("items", "data")


def shelf_of(request: Request) -> Shelf[bytes]:
    """One for each app: another app's database has other conversations under the same ids."""
    state = request.app.state
    if not hasattr(state, "aurion_shelf"):
        state.aurion_shelf = Shelf[bytes]()
    shelf: Shelf[bytes] = state.aurion_shelf
    return shelf


async def page_reply(request: Request, tx: Tx, question: Question, found: Answer, names: tuple[str, ...]) -> Response:
    array = b",".join(await rendered(tx, shelf_of(request), found.stamps))
    arrays = b"".join(b'"%s":[%s],' % (name.encode(), array) for name in names)
    return raw(b'{%s"total":%d,"limit":%d,"offset":%d}' % (arrays, found.total, question.limit, question.offset))


@routes.post("/search", responses=returns(ConversationPageOut), summary="Search conversations")
async def search_conversations_v2(request: Request, body: SearchIn, who: Who) -> Response:
    """Conditions joined by `match`, narrowed by the full text of `search`."""
    asked = [
        Asked(f"conditions.{at}", one.field, one.operator, one.value, one.values)
        for at, one in enumerate(body.conditions)
    ]
    ask = partial(
        question_of_search,
        asked,
        match=body.match,
        text=body.search or "",
        order={"sort_by": body.sort_by, "sort_order": body.sort_order},
        limit=body.limit,
        offset=body.offset,
    )

    async def look(tx: Tx) -> Response:
        question = ask(now=tx.now)
        found = await search.answer(tx, question, reader_id=who.reader_id)
        return await page_reply(request, tx, question, found, envelope(request))

    return await browse(request, look)


@routes.get("/filter-options", responses=returns(FilterOptionsOut), summary="Get filter options")
async def get_filter_options_v2(request: Request) -> Response:
    """What the inbox can be filtered by."""
    return reply(await browse(request, options))


async def options(tx: Tx) -> FilterOptionsOut:
    used = await search.channels_in_use(tx)
    return FilterOptionsOut(
        statuses=list(Status),
        priorities=list(PRIORITIES),
        channels=[*FIVE, *(one for one in used if one not in FIVE)],
        teams=[NamedOut(show(Prefix.TEAM, one.id), one.name) for one in await accounts.all_teams(tx)],
        agents=[NamedOut(show(Prefix.USER, one.id), one.name) for one in await accounts.active_users(tx)],
        tags=await search.tags_like(tx, "", limit=1000),
    )


@routes.get("/tags/search", responses=returns(TagsOut), summary="Search tags")
async def search_tags_v2(
    request: Request,
    q: Annotated[str, Query(max_length=120)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 15,
) -> Response:
    """Tags in use that start with `q`, the most used first."""
    prefix = fold_tag(reading.plain(q))
    return reply(TagsOut(await browse(request, lambda tx: search.tags_like(tx, prefix, limit=limit))))
