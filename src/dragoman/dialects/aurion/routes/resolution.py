"""E15, E20, E21, E33: the resolution, the AI's draft of one, and the activity log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import Response

from dragoman.core.conversations import drafts, queries, resolving
from dragoman.core.conversations.activities import activities_of, count_activities
from dragoman.core.errors import NotFound
from dragoman.core.messages import drafts as sending
from dragoman.dialects.aurion import activities, present
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, router
from dragoman.dialects.aurion.wire.conversations import ActivityOut, PageOut, ResolutionOut
from dragoman.dialects.aurion.wire.inputs import AiResolutionIn, ResolutionIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply

routes = router(tag="Resolution and activities")


@routes.get("/{conversation_id}/resolution", responses=returns(ResolutionOut), summary="Get the resolution")
async def get_resolution_v2(conversation_id: ConversationId, tx: Reader) -> Response:
    """404 while there is none."""
    conversation = await queries.get(tx, conversation_number(conversation_id))
    found = await queries.resolution(tx, conversation.id)
    if found is None:
        raise NotFound("Resolution")
    return reply(present.resolution(found))


@routes.put("/{conversation_id}/resolution", responses=returns(ResolutionOut), summary="Set the resolution")
async def put_resolution_v2(conversation_id: ConversationId, body: ResolutionIn, tx: Writer) -> Response:
    """Made or updated; the status stays."""
    given = body.model_dump(exclude_unset=True)
    return reply(present.resolution(await resolving.put(tx, conversation_number(conversation_id), given)))


@routes.patch("/{conversation_id}/ai-resolution", summary="Use or dismiss the AI's draft")
async def patch_ai_resolution(conversation_id: ConversationId, body: AiResolutionIn, tx: Writer) -> Response:
    """`send` it as a reply and resolve, `load_into_composer` without writing, or `dismiss` it."""
    number = conversation_number(conversation_id)
    answer: dict[str, Any] = {"action": body.action}
    if body.action == "load_into_composer":
        draft = drafts.draft_of(await queries.get(tx, number))
        answer |= {"body_html": draft.get("body_html"), "body": draft.get("body")}
    elif body.action == "dismiss":
        await drafts.dismiss(tx, number)
        answer["status"] = "dismissed"
    else:
        answer |= {"status": "sent", "message": present.message(await sending.send(tx, number))}
    return reply(answer)


@routes.get(
    "/{conversation_id}/activities/export",
    summary="Export activities",
    responses={200: {"description": "A file", "content": {"text/csv": {}, "application/json": {}}}},
)
async def export_activities_v2(
    conversation_id: ConversationId, tx: Reader, format: Annotated[Literal["csv", "json"], Query()] = "csv"
) -> Response:
    """The whole activity log as a download, oldest first."""
    conversation = await queries.get(tx, conversation_number(conversation_id))
    rows = [activities.row(one) for one in await activities_of(tx, conversation.id)]
    return activities.download(conversation.id, rows, format)


@routes.get("/{conversation_id}/activities", responses=returns(PageOut), summary="List activities")
async def list_activities_v2(
    conversation_id: ConversationId,
    tx: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0,
) -> Response:
    """Newest first."""
    conversation = await queries.get(tx, conversation_number(conversation_id))
    found = await activities_of(tx, conversation.id, limit=limit, offset=offset, is_newest_first=True)
    rows: list[ActivityOut] = [activities.row(one) for one in found]
    total = await count_activities(tx, conversation.id)
    return reply(PageOut(rows, rows, total, limit, offset))
