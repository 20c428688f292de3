"""What a process keeps in memory of an account, derived from its rows and brought up to date from them.

Bounded: when all of it takes too much, what was not used for longest is forgotten and made again when it is needed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

MEBIBYTE = 1024 * 1024
MOST_BYTES = 2048 * MEBIBYTE


class Kept(Protocol):
    @property
    def bytes(self) -> int: ...


K = TypeVar("K", bound=Kept)


class Memory:
    """By account and by kind; `most_bytes` is about what all may take together."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[tuple[Any, int], Kept] = OrderedDict()

    def of(self, account_id: int, kind: Callable[[], K]) -> K:
        """What is kept of an account; made by `kind` when there is nothing."""
        key = (kind, account_id)
        if key not in self._kept:
            self._kept[key] = kind()
            self._forget()
        self._kept.move_to_end(key)
        return cast(K, self._kept[key])

    def all(self, kind: type[K]) -> list[tuple[int, K]]:
        """What is kept of a kind, with the account of each."""
        return [(account_id, one) for (_, account_id), one in self._kept.items() if isinstance(one, kind)]

    def _forget(self) -> None:
        """Looked at when something new is kept: what is there grows, and is counted then."""
        taken = sum(one.bytes for one in self._kept.values())
        while taken > self.most_bytes and len(self._kept) > 1:
            taken -= self._kept.popitem(last=False)[1].bytes
