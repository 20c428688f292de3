"""E2, E3, E5, E13: one conversation, made, shown and changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Request
from starlette.responses import Response

from dragoman.core.access import Principal
from dragoman.core.conversations import creation, editing, queries
from dragoman.core.conversations.counts import Counts, counts_of
from dragoman.core.conversations.creation import NewConversation
from dragoman.core.conversations.models import Channel, Conversation
from dragoman.core.errors import Invalid
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import (
    ConversationId,
    conversation_number,
    counted_detail,
    detail_reply,
    known,
    router,
)
from dragoman.dialects.aurion.wire.bodies import both_forms
from dragoman.dialects.aurion.wire.conversations import ConversationDetailOut
from dragoman.dialects.aurion.wire.inputs import ChildIn, ConversationIn, ConversationPatchIn, FirstMessageIn
from dragoman.edge import conditional
from dragoman.edge.doors import Reader, Who, Writer
from dragoman.edge.openapi import IF_NONE_MATCH, UNCHANGED, returns
from dragoman.edge.replies import reply
from dragoman.store.tx import WriteTx

routes = router()
OURS = (Channel.AGENT_CREATED, Channel.API)


@routes.post("", status_code=201, responses=returns(ConversationDetailOut, 201), summary="Create a conversation")
async def create_agent_conversation(body: ConversationIn, tx: Writer, who: Who) -> Response:
    """With the guide's `message` or the reference's `description` as its first message."""
    _require_text(body.message, body.description)
    new = NewConversation(
        subject=body.subject,
        contact_id=read(Prefix.CONTACT, body.contact_id),
        channel=body.channel or Channel.AGENT_CREATED,
        priority=body.priority,
        category=body.category,
        custom_attrs=body.custom_attrs,
        tags=tuple(body.tags),
        source="api",
    )
    conversation = await creation.open_conversation(tx, new)
    await _say_first(tx, who, conversation, body.message, body.description)
    return await detail_reply(tx, conversation.id, who.reader_id, 201)


def _require_text(message: FirstMessageIn | None, description: str | None) -> None:
    if message is None and not (description and description.strip()):
        raise Invalid("description", "Give a description or a message")


async def _say_first(
    tx: WriteTx, who: Principal, conversation: Conversation, message: FirstMessageIn | None, description: str | None
) -> None:
    """From the contact when a customer's channel carries it, from the agent otherwise (aurion.md E3)."""
    text, is_html = (message.body, message.type == "html") if message else (description or "", False)
    is_customers = message is not None and conversation.channel not in OURS
    body, body_html = both_forms(text, text if is_html else None)
    await posting.begin(
        tx,
        conversation,
        NewMessage(
            body=body,
            body_html=body_html,
            content_type="text/html" if is_html else "text/plain",
            sender=Sender.CONTACT if is_customers else Sender.AGENT,
            sender_id=conversation.contact_id if is_customers else who.actor.id,
            sender_name=None if is_customers else who.actor.name,
            source="api",
        ),
    )


@routes.get(
    "/{conversation_id}",
    responses={**returns(ConversationDetailOut), **UNCHANGED},
    openapi_extra=IF_NONE_MATCH,
    summary="Get a conversation",
)
async def get_conversation_v2(
    request: Request,
    conversation_id: ConversationId,
    tx: Reader,
    who: Who,
    include_deleted: Annotated[bool, Query()] = False,
) -> Response:
    """The whole conversation with its messages."""
    number = conversation_number(conversation_id)
    one = await (queries.find if include_deleted else queries.get)(tx, number)
    counts = await counts_of(tx, number, who.reader_id)

    async def rendered() -> Response:
        return reply(await counted_detail(tx, number, counts))

    return await conditional.unless_known(request, _tag(one, counts), rendered)


def _tag(one: Conversation, counts: Counts) -> str:
    """The version comes first, so that the whole tag is good for `If-Match`.

    What changes without it is counted: a scanned attachment is an activity, a renamed contact a rendering.
    """
    return f"{one.version}-{conditional.tag(one.version, one.renderings, one.updated_at, counts)}"


@routes.patch("/{conversation_id}", responses=returns(ConversationDetailOut), summary="Update a conversation")
async def update_conversation_v2(
    conversation_id: ConversationId,
    body: ConversationPatchIn,
    tx: Writer,
    who: Who,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Changes what is sent and nothing else; a stale `version` or `If-Match` is refused."""
    number = conversation_number(conversation_id)
    await editing.edit(tx, number, _changes(body), version=_version(body, if_match))
    return await detail_reply(tx, number, who.reader_id)


def _version(body: ConversationPatchIn, if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return body.version
    text = if_match.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise Invalid("If-Match", "Not a version")
    if body.version not in (None, int(text)):
        raise Invalid("If-Match", "Differs from version")
    return int(text)


_REQUIRED = ("subject", "status", "priority", "tags", "contact_id", "custom_attrs")
_SPELLINGS = {
    "assignee_user_id": ("assigned_agent_id", Prefix.USER),
    "assignee_team_id": ("assigned_team_id", Prefix.TEAM),
}


def _changes(body: ConversationPatchIn) -> dict[str, Any]:
    sent = body.model_dump(include=body.model_fields_set - {"version"})
    for name in _REQUIRED:
        if name in sent and sent[name] is None:
            raise Invalid(name, "Cannot be null")
    if "contact_id" in sent:
        sent["contact_id"] = read(Prefix.CONTACT, sent["contact_id"])
    for name, (alias, prefix) in _SPELLINGS.items():
        _fold_spelling(sent, name, alias, prefix)
    return sent


def _fold_spelling(sent: dict[str, Any], name: str, alias: str, prefix: Prefix) -> None:
    """One field of two spellings. Raises Invalid where they differ, NotFound for a strange id (aurion.md C6)."""
    given = [sent.pop(one) for one in (name, alias) if one in sent]
    if len(set(given)) > 1:
        raise Invalid(alias, f"Differs from {name}")
    if given:
        sent[name] = known(prefix, given[0])


@routes.post(
    "/{conversation_id}/children",
    status_code=201,
    responses=returns(ConversationDetailOut, 201),
    summary="Create a child conversation",
)
async def create_child_conversation_v2(
    conversation_id: ConversationId, body: ChildIn, tx: Writer, who: Who
) -> Response:
    """What is not given comes from the parent."""
    parent = await queries.get(tx, conversation_number(conversation_id))
    child = await creation.open_child(tx, parent.id, _child_of(parent, body))
    if body.message is not None or (body.description or "").strip():
        await _say_first(tx, who, child, body.message, body.description)
    return await detail_reply(tx, child.id, who.reader_id, 201)


def _child_of(parent: Conversation, body: ChildIn) -> NewConversation:
    return NewConversation(
        subject=body.subject,
        contact_id=known(Prefix.CONTACT, body.contact_id) or parent.contact_id,
        channel=body.channel or parent.channel,
        priority=body.priority or parent.priority,
        category=body.category,
        custom_attrs=body.custom_attrs,
        tags=tuple(body.tags),
        parent_id=parent.id,
        assignee_team_id=parent.assignee_team_id,
        department_id=parent.department_id,
        source="api",
    )
