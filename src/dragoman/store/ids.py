"""Ids: whole numbers below 2^53, unique in the database, handed out in blocks.

A transaction takes a block when it first needs one, after it has locked what it changes; so ids of the messages of
one conversation grow in the order in which they were written, whichever process wrote them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

BLOCK = 16


class IdBlock:
    """The ids that one transaction still has in hand."""

    def __init__(self, reserve: Callable[[int], Awaitable[list[int]]]) -> None:
        self._reserve = reserve
        self._in_hand: deque[int] = deque()

    async def take(self) -> int:
        if not self._in_hand:
            await self.ensure(1)
        return self._in_hand.popleft()

    async def ensure(self, count: int) -> None:
        """Have at least `count` ids in hand, in one go: for work that knows how many rows it will write."""
        missing = count - len(self._in_hand)
        if missing > 0:
            for block in await self._reserve(-(-missing // BLOCK)):
                self._in_hand.extend(range(block * BLOCK, (block + 1) * BLOCK))
