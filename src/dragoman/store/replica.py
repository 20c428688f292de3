"""A second database that follows the first, and answers lists in its stead: PostgreSQL's streaming standby.

It may lag behind. When it cannot be asked, the first one answers, so that lists go on as they would without it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from dragoman.store.memory import Memory

B = TypeVar("B")
REST_SECONDS = 5.0
log = logging.getLogger("dragoman.replica")


class Replica(Generic[B]):
    """Whether to ask it: after it has failed, not for `rest_seconds`, and then one asks while the others wait for news.

    `memory` is its own: what is kept of an account from here is at another point of the account's history.
    """

    def __init__(
        self, backend: B, *, rest_seconds: float = REST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.backend = backend
        self.memory = Memory()
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._rests_until: float | None = None  # None while it answers

    def is_asked(self) -> bool:
        """Whether the caller should ask it now."""
        if self._rests_until is None:
            return True
        if self._clock() < self._rests_until:
            return False
        self._rests_until = self._clock() + self._rest_seconds
        return True

    def has_answered(self) -> None:
        if self._rests_until is not None:
            self._rests_until = None
            log.warning("the replica answers again")

    def has_failed(self, fault: Exception) -> None:
        self._rests_until = self._clock() + self._rest_seconds
        log.warning("the replica failed, lists come from the primary: %s", fault)
