"""E4, E31: saying something."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from dragoman.core.contacts.rules import clean_email
from dragoman.core.errors import Invalid
from dragoman.core.messages import posting, queries
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.dialects.aurion import present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, router
from dragoman.dialects.aurion.wire.bodies import both_forms
from dragoman.dialects.aurion.wire.conversations import MessageOut
from dragoman.dialects.aurion.wire.inputs import MessageIn, ReplyIn
from dragoman.edge.doors import Who, Writer
from dragoman.edge.openapi import ONCE, returns, takes_header
from dragoman.edge.replies import reply
from dragoman.store.tx import Actor, WriteTx

routes = router(tag="Messages")
MOST_RECIPIENTS = 50


@routes.post(
    "/{conversation_id}/reply", status_code=201, responses=returns(MessageOut, 201), summary="Reply to a conversation"
)
async def reply_to_conversation_v2(conversation_id: ConversationId, body: ReplyIn, tx: Writer, who: Who) -> Response:
    """`reply` is public, `note` is for the staff, `forward` goes to an outside address."""
    return await _post(tx, who.actor, conversation_number(conversation_id), body, is_internal=body.type == "note")


@routes.post(
    "/{conversation_id}/messages",
    status_code=201,
    responses=returns(MessageOut, 201),
    summary="Create a message",
    openapi_extra=takes_header("Idempotency-Key", ONCE),
)
async def create_conversation_message_v2(
    conversation_id: ConversationId, body: MessageIn, tx: Writer, who: Who
) -> Response:
    """The same as a reply, with `is_internal` in place of `type`."""
    is_internal = body.type == "note" if body.is_internal is None else body.is_internal
    return await _post(tx, who.actor, conversation_number(conversation_id), body, is_internal=is_internal)


async def _post(tx: WriteTx, actor: Actor, number: int, body: ReplyIn, *, is_internal: bool) -> Response:
    recipients = _recipients(body)
    text, html = both_forms(body.body, body.body_html)
    new = NewMessage(
        body=text,
        body_html=html,
        content_type=getattr(body, "content_type", None) or ("text/html" if html else "text/plain"),
        is_internal=is_internal,
        sender=Sender.AGENT,
        sender_id=actor.id,
        sender_name=actor.name,
        source="api",
        metadata={**body.metadata, **({"forwarded_to": recipients} if recipients else {})},
        attachment_ids=tuple(read(Prefix.ATTACHMENT, one) for one in body.attachment_ids),
    )
    message = await posting.post(tx, number, new)
    files = await queries.attachments_by_message(tx, number) if new.attachment_ids else {}
    return reply(present.message(message, files.get(message.id, ())), 201)


def _recipients(body: ReplyIn) -> list[str]:
    """Whom a forward goes to. Raises Invalid for a forward to nobody."""
    if body.type != "forward":
        return []
    given: Sequence[str] = [body.to] if isinstance(body.to, str) else body.to or []
    addresses = [part for one in given for part in one.split(",") if part.strip()]
    if not 1 <= len(addresses) <= MOST_RECIPIENTS:
        raise Invalid("to", f"A forward takes 1 to {MOST_RECIPIENTS} addresses")
    try:
        return [clean_email(one) for one in addresses]
    except Invalid as fault:
        raise Invalid("to", fault.message) from None
