"""Hearing no more of somebody: their contact is blocked, and what they write wakes nobody (chatwoot.md 4: mute)."""

from __future__ import annotations

from dragoman.core.contacts import actions as contacts
from dragoman.core.contacts import queries as known
from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Conversation, State
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.conversations.turning import turn
from dragoman.core.events import Happened
from dragoman.store.tx import WriteTx


async def mute(tx: WriteTx, conversation_id: int) -> Conversation:
    """Blocks the contact and resolves the conversation. Raises NotFound."""
    await _lock_contact(tx, conversation_id)
    await turn(tx, conversation_id, State.OVER)
    return await _block(tx, conversation_id, is_blocked=True)


async def unmute(tx: WriteTx, conversation_id: int) -> Conversation:
    """The contact may write again; the status stays. Raises NotFound."""
    await _lock_contact(tx, conversation_id)
    return await _block(tx, conversation_id, is_blocked=False)


async def _lock_contact(tx: WriteTx, conversation_id: int) -> None:
    """First the contact, then the conversation: who changes a contact changes its conversations in that order."""
    await known.lock(tx, (await queries.get(tx, conversation_id)).contact_id)


async def _block(tx: WriteTx, conversation_id: int, *, is_blocked: bool) -> Conversation:
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    contact = await known.get(tx, before.contact_id)
    if contact.is_blocked == is_blocked:
        return before
    await contacts.edit(tx, contact.id, {"is_blocked": is_blocked})
    after = await change.apply(tx, before, last_activity_at=tx.now)
    tx.emit(Happened.MUTED if is_blocked else Happened.UNMUTED, after.id)
    return after
