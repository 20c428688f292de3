"""How often somebody may ask: a token bucket for each caller, refilled evenly."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from dragoman.core.errors import DomainError, Kind

MOST_CALLERS = 10_000


class TooMany(DomainError):
    """Over the limit; `retry_after` is in whole seconds."""

    kind, code = Kind.TOO_MANY, "rate_limit_exceeded"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Rate limit exceeded: try again in {retry_after} s")
        self.retry_after = retry_after


class Limiter:
    """At most `per_minute` requests a minute per caller, 0 for no limit; remembers the last 10,000 callers."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def spend(self, caller: Hashable) -> None:
        """Raises TooMany."""
        if not self._per_minute:
            return
        now = self._clock()
        left, seen_at = self._buckets.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - seen_at) * self._per_minute / 60)
        is_over = left < 1
        self._buckets[caller] = (left if is_over else left - 1, now)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        if is_over:
            raise TooMany(math.ceil((1 - left) * 60 / self._per_minute))
