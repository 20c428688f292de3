"""Words of this dialect for what the core names otherwise."""

from __future__ import annotations

from typing import Literal, get_args

from dragoman.core.conversations.models import Priority

# Every conversation has a priority here: what has none in the core is shown, found and sorted as medium.
PriorityWord = Literal["low", "medium", "high", "urgent"]
PRIORITIES: tuple[str, ...] = get_args(PriorityWord)
RANKS = (("low",), ("none", "medium"), ("high",), ("urgent",))


def priority(of: str) -> str:
    return Priority.MEDIUM if of == Priority.NONE else of
