"""Status and priority as clients give them."""

from __future__ import annotations

from dragoman.core.access import Principal
from dragoman.core.conversations import turning
from dragoman.core.conversations.models import Conversation, Priority, State
from dragoman.core.errors import Invalid
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.store.tx import WriteTx


def priority_of(given: Given) -> str:
    """Nothing, null and `none` take it away (chatwoot.md 2.8, C10). Raises Invalid."""
    word = given.text("priority") or Priority.NONE.value
    if word not in (Priority.NONE, *words.PRIORITIES):
        raise Invalid("priority", f"priority is one of {', '.join(words.PRIORITIES)}")
    return word


async def turn(tx: WriteTx, who: Principal, one: Conversation, word: str | None, given: Given) -> Conversation:
    """What `status` says, or the other one; an agent who opens gets it (4.2). Raises Invalid."""
    if word and word not in words.STATUSES:
        raise Invalid("status", f"status is one of {', '.join(words.STATUSES)}")
    state = words.state(word) if word else turning.toggled(one.state)
    until = given.instant("snoozed_until") if state is State.SNOOZED else None
    taker_id = None if who.is_administrator else who.user_id
    return await turning.turn(tx, one.id, state, until=until, taker_id=taker_id)
