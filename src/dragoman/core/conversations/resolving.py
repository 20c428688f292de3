"""How a conversation was resolved, written down (aurion.md E20, E21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Resolution
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import WriteTx

resolutions = schema.resolutions


async def put(tx: WriteTx, conversation_id: int, given: Mapping[str, Any]) -> Resolution:
    """Write or rewrite the resolution; what is not given stays, and so does the status."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    known = await queries.resolution(tx, conversation_id)
    wanted = {name: value for name, value in given.items() if name != "ai_generated" or value is not None}
    if known is None:
        kept = await _write(tx, conversation_id, wanted)
    else:
        kept = replace(known, **wanted, updated_at=tx.now, updated_by=tx.actor.id)
        row = {name: value for name, value in values(kept).items() if name != "id"}
        await tx.execute(tx.update(resolutions).where(resolutions.c.id == kept.id).values(row))
    await change.apply(tx, before)
    tx.emit(Happened.RESOLUTION_SET, conversation_id, resolution_id=kept.id)
    return kept


async def _write(tx: WriteTx, conversation_id: int, given: Mapping[str, Any]) -> Resolution:
    blank: dict[str, Any] = {"root_cause": None, "actions_taken": None, "resolution": None, "ai_generated": False}
    kept = Resolution(
        id=await tx.next_id(),
        conversation_id=conversation_id,
        created_by=tx.actor.id,
        updated_by=tx.actor.id,
        created_at=tx.now,
        updated_at=tx.now,
        **{**blank, **given},
    )
    await tx.insert(resolutions, values(kept))
    return kept
