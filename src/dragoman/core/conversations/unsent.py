"""What is being written in a conversation and is not said yet: one text, for all who work on it."""

from __future__ import annotations

from dragoman.core.conversations import queries
from dragoman.core.errors import Invalid
from dragoman.store import schema
from dragoman.store.tx import Tx, WriteTx

unsent = schema.unsent
MOST = 150_000  # as long as what may be said


async def text_of(tx: Tx, conversation_id: int) -> str | None:
    found: str | None = await tx.scalar(tx.select(unsent.c.body).where(unsent.c.conversation_id == conversation_id))
    return found


async def keep(tx: WriteTx, conversation_id: int, text: str) -> None:
    """In place of what was kept before; nothing of an empty text. Raises Invalid for one that is too long."""
    if len(text) > MOST:
        raise Invalid("message", f"A draft takes at most {MOST} characters")
    await forget(tx, conversation_id)
    if text:
        await tx.insert(unsent, {"conversation_id": conversation_id, "body": text, "updated_at": tx.now})


async def forget(tx: WriteTx, conversation_id: int) -> None:
    await queries.lock(tx, conversation_id)
    await tx.execute(tx.delete(unsent).where(unsent.c.conversation_id == conversation_id))
