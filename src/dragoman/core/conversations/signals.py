"""What is worth telling at once and not worth keeping: somebody is writing."""

from __future__ import annotations

from enum import StrEnum

from dragoman.store.tx import WriteTx


class Signal(StrEnum):
    TYPING_ON = "typing_on"
    TYPING_OFF = "typing_off"


def typing(tx: WriteTx, conversation_id: int, *, is_on: bool, is_private: bool = False) -> None:
    """Whoever acts is writing, or has stopped."""
    kind = Signal.TYPING_ON if is_on else Signal.TYPING_OFF
    tx.signal(kind.value, conversation_id, **{f"{tx.actor.kind}_id": tx.actor.id}, is_private=is_private)
