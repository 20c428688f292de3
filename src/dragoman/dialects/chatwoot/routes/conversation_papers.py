"""What lies in a conversation: its files, a draft, its transcript (chatwoot.md 4)."""

from __future__ import annotations

import msgspec
from fastapi import Request
from starlette.responses import Response

from dragoman.core.contacts.rules import clean_email
from dragoman.core.conversations import unsent
from dragoman.core.errors import Refused
from dragoman.core.messages import queries as messages
from dragoman.dialects.chatwoot import parameters, present, words
from dragoman.dialects.chatwoot.auth import router
from dragoman.dialects.chatwoot.downloads import addresses
from dragoman.dialects.chatwoot.finding import conversation_of
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.shown import people_of
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.replies import reply

routes = router("/conversations/{conversation_id}", tag="Conversations")
PAGE = 100
LAST_PAGE = 1_000_000


class NoMailServer(Refused):
    def __init__(self) -> None:
        super().__init__("This server sends no mail, so it cannot send a transcript")


@routes.get("/attachments", summary="The files of a conversation")
async def list_attachments(conversation_id: str, request: Request, tx: Reader) -> Response:
    """The newest first, a hundred on a page, each with who sent it."""
    one = await conversation_of(request, tx, conversation_id)
    page = min(max(parameters.asked(request).whole("page", 1) or 1, 1), LAST_PAGE)
    files, total = await messages.newest_attachments(tx, one.id, limit=PAGE, offset=PAGE * (page - 1))
    said = {each.id: each for each in await messages.some(tx, {file.message_id or 0 for file in files})}
    people, to = await people_of(tx, list(said.values())), addresses(request, tx.account_id)
    shown = []
    for file in files:
        message = said[file.message_id or 0]
        sender = present.sender(message, people)
        more = {"created_at": words.seconds(message.created_at), **({"sender": sender} if sender else {})}
        shown.append({**msgspec.to_builtins(present.attachment(file, to)), **more})
    return reply({"meta": {"total_count": total}, "payload": shown})


@routes.get("/draft_messages", summary="The draft of a conversation")
async def show_draft(conversation_id: str, request: Request, tx: Reader) -> Response:
    """What is being written and is not said yet."""
    one = await conversation_of(request, tx, conversation_id)
    text = await unsent.text_of(tx, one.id)
    return reply({"has_draft": False} if text is None else {"has_draft": True, "message": text})


@routes.put("/draft_messages", summary="Keep a draft")
@routes.patch("/draft_messages", summary="Keep a draft")
async def keep_draft(conversation_id: str, request: Request, tx: Writer) -> Response:
    """In place of the one before."""
    one = await conversation_of(request, tx, conversation_id)
    draft = Given((await parameters.given(request)).object("draft_message") or {})
    await unsent.keep(tx, one.id, draft.text("message", "", most=unsent.MOST) or "")
    return nothing()


@routes.delete("/draft_messages", summary="Forget the draft")
async def forget_draft(conversation_id: str, request: Request, tx: Writer) -> Response:
    """No draft is fine, too."""
    one = await conversation_of(request, tx, conversation_id)
    await unsent.forget(tx, one.id)
    return nothing()


@routes.post("/transcript", summary="Mail what was said")
async def send_transcript(conversation_id: str, request: Request, tx: Reader) -> Response:
    """Refused: this server has no way to send mail. Raises Invalid without an address."""
    await conversation_of(request, tx, conversation_id)
    clean_email((await parameters.given(request)).needed("email"))
    raise NoMailServer
