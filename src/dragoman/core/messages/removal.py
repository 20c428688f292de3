"""Taking back what was said: its place in the thread stays, its words and files go (chatwoot.md 5.4)."""

from __future__ import annotations

from typing import Any

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed, snippet
from dragoman.core.events import Happened
from dragoman.core.messages import files
from dragoman.core.messages import queries as messages
from dragoman.core.messages.models import Message
from dragoman.store import fulltext, schema
from dragoman.store.tx import WriteTx

PLACEHOLDER = "This message was deleted"
_NOTHING_LEFT: dict[str, Any] = {
    "body": PLACEHOLDER,
    "body_html": None,
    "original_body": None,
    "content_type": "text/plain",
    "kind": "text",
    "form": {},
    "delivery_error": None,
    "translated_body": None,
    "translation_target_language": None,
}


async def remove(tx: WriteTx, conversation_id: int, message_id: int) -> Message:
    """Nothing finds it any more; removing it again changes nothing. Raises NotFound."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    message = await messages.message(tx, conversation_id, message_id)
    if message.removed_at is not None:
        return message
    await files.remove_of_message(tx, conversation_id, message_id)
    await tx.alter(schema.messages, message_id, {**_NOTHING_LEFT, "removed_at": tx.now})
    await fulltext.replace(tx, message_id, conversation_id, None)
    await change.apply(tx, before, **_snippet_without(before, message))
    tx.emit(Happened.MESSAGE_REMOVED, conversation_id, message_id=message_id)
    return await messages.message(tx, conversation_id, message_id)


def _snippet_without(before: Conversation, message: Message) -> dict[str, Any]:
    is_shown = not message.is_internal and before.last_message_snippet == snippet(message.body)
    return {"last_message_snippet": snippet(PLACEHOLDER)} if is_shown else {}
