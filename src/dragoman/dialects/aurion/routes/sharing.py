"""E29, E30, and making, listing and revoking share links (aurion.md 6.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from dragoman.core.accounts.secrets import account_of
from dragoman.core.conversations import queries
from dragoman.core.errors import Invalid, NotFound
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Message
from dragoman.core.sharing import actions as sharing
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.ids import Prefix, read, show
from dragoman.dialects.aurion.routes.common import REFUSALS, ConversationId, conversation_number, router
from dragoman.dialects.aurion.wire.conversations import (
    DeletedOut,
    MessageOut,
    NewShareOut,
    SharedCommentOut,
    SharedConversationOut,
    ShareOut,
)
from dragoman.dialects.aurion.wire.inputs import CommentIn, ShareIn
from dragoman.dialects.aurion.wire.refusals import RefusalOut
from dragoman.edge.doors import OpenRoute, Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply, reply_once
from dragoman.edge.services import services
from dragoman.store.tx import Actor, WriteTx

UNLISTED = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
Token = Annotated[str, Path(max_length=300)]


routes = router(tag="Sharing")
public_routes = APIRouter(
    prefix="/api/v2/conversations",
    tags=["Sharing"],
    route_class=OpenRoute,
    responses={
        **{status: REFUSALS[status] for status in (403, 404, 429)},
        **returns(RefusalOut, 410, "The link expired"),
    },
)
NO_CREDENTIAL: dict[str, Any] = {"security": []}


@public_routes.get(
    "/share/{token}",
    responses=returns(SharedConversationOut),
    summary="Get a shared conversation",
    openapi_extra=NO_CREDENTIAL,
)
async def get_shared_conversation_v2(token: Token, request: Request) -> Response:
    """What the public may see: no notes, and nothing that hangs on one."""
    async with services(request).database.read(_account_of(token)) as tx:
        share, conversation = await sharing.open_share(tx, token)
        everything = await messages.of_conversation(tx, conversation.id)
        hidden = {one.id for one in everything if one.is_internal}
        files = [one for one in await messages.attachments_of(tx, conversation.id) if one.message_id not in hidden]
        resolution = await queries.resolution(tx, conversation.id)
    shown = SharedConversationOut(
        id=show(Prefix.CONVERSATION, conversation.id),
        subject=conversation.subject,
        channel=conversation.channel,
        status=conversation.status,
        messages=[_public(one) for one in everything if not one.is_internal],
        resolution=present.resolution(resolution) if resolution else None,
        attachments=[present.attachment(one) for one in files],
        expires_at=present.instant(share.expires_at),
        permission=share.permission,
    )
    return reply(shown, headers=UNLISTED)


def _account_of(token: str) -> int:
    account_id = account_of(token)
    if account_id is None:
        raise NotFound("Shared conversation")
    return account_id


def _public(message: Message) -> MessageOut:
    """All 18 fields, without what is the staff's business (aurion.md C27)."""
    return msgspec.structs.replace(present.message(message), metadata={}, sender_id=None, source_message_id=None)


@public_routes.post(
    "/share/{token}/comments",
    status_code=201,
    responses=returns(SharedCommentOut, 201),
    summary="Comment on a shared conversation",
    openapi_extra=NO_CREDENTIAL,
)
async def comment_on_shared_conversation_v2(token: Token, body: CommentIn, request: Request) -> Response:
    """Where the link allows it."""
    author = (body.author_name or "").strip() or "Anonymous"
    async with _writing(request, token, author) as tx:
        message = await sharing.comment(tx, token, body=body.body, author_name=author)
    said = SharedCommentOut(show(Prefix.MESSAGE, message.id), message.body, author, present.instant(message.created_at))
    return reply(said, 201, UNLISTED)


@asynccontextmanager
async def _writing(request: Request, token: str, author: str) -> AsyncIterator[WriteTx]:
    async with services(request).database.write(_account_of(token), Actor("viewer", None, author)) as tx:
        yield tx


@routes.post(
    "/{conversation_id}/share", status_code=201, responses=returns(NewShareOut, 201), summary="Share a conversation"
)
async def share_conversation_v2(
    conversation_id: ConversationId, body: ShareIn, tx: Writer, request: Request
) -> Response:
    """A link for somebody without an account; its token is shown this once."""
    if body.expires_at is not None and body.expires_in_days is not None:
        raise Invalid("expires_at", "Give expires_at or expires_in_days")
    expires_at = body.expires_at
    if body.expires_in_days is not None:
        expires_at = tx.now + timedelta(days=body.expires_in_days)
    share, token = await sharing.share(
        tx, conversation_number(conversation_id), permission=body.permission, expires_at=expires_at
    )
    base = services(request).settings.base_url or str(request.base_url)
    shown = present.share(share)
    url = f"{base.rstrip('/')}/api/v2/conversations/share/{token}"
    return reply_once(NewShareOut(shown.id, token, url, shown.permission, shown.expires_at, shown.created_at))


@routes.get("/{conversation_id}/shares", responses=returns(list[ShareOut]), summary="List share links")
async def list_shares_v2(conversation_id: ConversationId, tx: Reader) -> Response:
    """Without their tokens, which were shown once."""
    return reply([present.share(one) for one in await sharing.shares_of(tx, conversation_number(conversation_id))])


@routes.delete("/{conversation_id}/shares/{share_id}", responses=returns(DeletedOut), summary="Revoke a share link")
async def revoke_share_v2(conversation_id: ConversationId, share_id: ConversationId, tx: Writer) -> Response:
    """From now on the link is a 404."""
    await sharing.revoke(tx, conversation_number(conversation_id), read(Prefix.SHARE, share_id))
    return reply(DeletedOut(share_id))
