"""What was rendered of conversations, for as long as their versions stay: bounded, the least used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sized
from typing import Generic, Protocol, TypeVar

R = TypeVar("R", bound=Sized)
MOST_BYTES = 48 * 1024 * 1024


class Versioned(Protocol):
    """What tells whether a rendering is still good (core/search/queries.py: Stamp)."""

    @property
    def id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def renderings(self) -> int: ...


class Shelf(Generic[R]):
    """Renderings by conversation; the size of one, in bytes, is its `len`."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[int, tuple[int, int, R]] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes

    def get(self, stamp: Versioned) -> R | None:
        found = self._kept.get(stamp.id)
        if found is None or found[0] != stamp.version or found[1] != stamp.renderings:
            return None
        self._kept.move_to_end(stamp.id)
        return found[2]

    def put(self, conversation_id: int, version: int, renderings: int, made: R) -> None:
        old = self._kept.pop(conversation_id, None)
        self._bytes += len(made) - (len(old[2]) if old else 0)
        self._kept[conversation_id] = (version, renderings, made)
        while self._bytes > self._most:
            self._bytes -= len(self._kept.popitem(last=False)[1][2])
