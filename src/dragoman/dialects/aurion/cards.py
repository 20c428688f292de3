"""Conversations rendered once per version, however often they are listed.

A rendering is kept without its last field, `is_read`, which is each reader's own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from dragoman.core.conversations import queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.search.queries import Stamp
from dragoman.dialects.aurion import present
from dragoman.edge.replies import encoder
from dragoman.store.tx import Tx

UNREAD, READ = b"false}", b"true}"
MOST_BYTES = 48 * 1024 * 1024


class Shelf:
    """The renderings in memory: the least used go first when they take too much."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[int, tuple[int, int, bytes]] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes

    def get(self, stamp: Stamp) -> bytes | None:
        found = self._kept.get(stamp.id)
        if found is None or found[0] != stamp.version or found[1] != stamp.renderings:
            return None
        self._kept.move_to_end(stamp.id)
        return found[2]

    def put(self, one: Conversation, body: bytes) -> None:
        old = self._kept.pop(one.id, None)
        self._bytes += len(body) - (len(old[2]) if old else 0)
        self._kept[one.id] = (one.version, one.renderings, body)
        while self._bytes > self._most:
            self._bytes -= len(self._kept.popitem(last=False)[1][2])


async def rendered(tx: Tx, shelf: Shelf, stamps: Sequence[Stamp]) -> list[bytes]:
    """The JSON of each conversation, in order."""
    bodies = [shelf.get(stamp) for stamp in stamps]
    if None in bodies:
        made = await _render(tx, shelf, [stamp for stamp, body in zip(stamps, bodies, strict=True) if body is None])
        bodies = [body or made[stamp.id] for stamp, body in zip(stamps, bodies, strict=True)]
    return [(body or b"") + (READ if stamp.is_read else UNREAD) for stamp, body in zip(stamps, bodies, strict=True)]


async def _render(tx: Tx, shelf: Shelf, stamps: Sequence[Stamp]) -> dict[int, bytes]:
    """A card may be newer than its stamp; it is kept as what it is."""
    cards = await queries.cards(tx, [stamp.id for stamp in stamps], are_latest=True)
    made = {}
    for card in cards.values():
        body = encoder.encode(present.conversation(card, is_read=False)).removesuffix(UNREAD)
        shelf.put(card.conversation, body)
        made[card.conversation.id] = body
    return made
