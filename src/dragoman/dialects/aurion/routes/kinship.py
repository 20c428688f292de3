"""E12, E14, E16, E17, E32: children, parents, links and merging."""

from __future__ import annotations

from starlette.responses import Response

from dragoman.core.conversations import kinship, queries
from dragoman.core.errors import NotFound
from dragoman.core.messages import merging
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.ids import Prefix, parse, read, show
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, detail_reply, known, router
from dragoman.dialects.aurion.wire.conversations import (
    ChildOut,
    ConversationDetailOut,
    DeletedOut,
    LinkOut,
    MergedOut,
)
from dragoman.dialects.aurion.wire.inputs import LinkIn, MergeIn, ParentIn
from dragoman.edge.doors import Reader, Who, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply

routes = router(tag="Family, links and merging")


@routes.get("/{conversation_id}/children", responses=returns(list[ChildOut]), summary="List child conversations")
async def list_children_v2(conversation_id: ConversationId, tx: Reader) -> Response:
    """Oldest first."""
    parent = await queries.get(tx, conversation_number(conversation_id))
    return reply([present.child(one) for one in await queries.children(tx, parent.id)])


@routes.post(
    "/{conversation_id}/parent", responses=returns(ConversationDetailOut), summary="Set the parent conversation"
)
async def set_parent_v2(conversation_id: ConversationId, body: ParentIn, tx: Writer, who: Who) -> Response:
    """`null` detaches."""
    number = conversation_number(conversation_id)
    await kinship.set_parent(tx, number, _parent(body))
    return await detail_reply(tx, number, who.reader_id)


def _parent(body: ParentIn) -> int | None:
    try:
        return known(Prefix.CONVERSATION, body.parent_id)
    except NotFound:
        raise NotFound("Parent conversation") from None


@routes.get("/{conversation_id}/links", responses=returns(list[LinkOut]), summary="List linked conversations")
async def list_links_v2(conversation_id: ConversationId, tx: Reader) -> Response:
    """Parents and children are shown as links, too."""
    return reply([present.link(one) for one in await kinship.links_of(tx, conversation_number(conversation_id))])


@routes.post(
    "/{conversation_id}/links", status_code=201, responses=returns(LinkOut, 201), summary="Link two conversations"
)
async def create_link_v2(conversation_id: ConversationId, body: LinkIn, tx: Writer) -> Response:
    """Seen from both ends. 400 for itself, 409 for the same pair and type again."""
    other = read(Prefix.CONVERSATION, body.linked_conversation_id)
    link = await kinship.link(tx, conversation_number(conversation_id), other, body.link_type)
    return reply(present.link(link), 201)


@routes.delete("/{conversation_id}/links/{link_id}", responses=returns(DeletedOut), summary="Delete a link")
async def delete_link_v2(conversation_id: ConversationId, link_id: ConversationId, tx: Writer) -> Response:
    """From both ends; deleting a link to a parent or child detaches it."""
    number = conversation_number(conversation_id)
    child_id = parse(Prefix.FAMILY_LINK, link_id)
    if child_id is not None:
        await kinship.unlink_family(tx, number, child_id)
    else:
        await kinship.unlink(tx, number, read(Prefix.LINK, link_id))
    return reply(DeletedOut(link_id))


@routes.post("/{conversation_id}/merge", responses=returns(MergedOut), summary="Merge conversations")
async def merge_conversations_v2(conversation_id: ConversationId, body: MergeIn, tx: Writer) -> Response:
    """Everything of the sources moves into this one."""
    sources = list(dict.fromkeys(read(Prefix.CONVERSATION, one) for one in body.source_conversation_ids))
    primary = await merging.merge(tx, conversation_number(conversation_id), sources)
    merged = [show(Prefix.CONVERSATION, one) for one in sources]
    return reply(MergedOut(show(Prefix.CONVERSATION, primary.id), merged, len(merged)))
