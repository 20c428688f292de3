"""Conversations rendered once per version, however often they are listed.

A rendering is kept without its last field, `is_read`, which is each reader's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.core.conversations import queries
from dragoman.core.search.queries import Stamp
from dragoman.dialects.aurion import present
from dragoman.edge.replies import encoder
from dragoman.edge.shelf import Shelf
from dragoman.store.tx import Tx

UNREAD, READ = b"false}", b"true}"


async def rendered(tx: Tx, shelf: Shelf[bytes], stamps: Sequence[Stamp]) -> list[bytes]:
    """The JSON of each conversation, in order."""
    bodies = [shelf.get(stamp) for stamp in stamps]
    if None in bodies:
        made = await _render(tx, shelf, [stamp for stamp, body in zip(stamps, bodies, strict=True) if body is None])
        bodies = [body or made[stamp.id] for stamp, body in zip(stamps, bodies, strict=True)]
    return [(body or b"") + (READ if stamp.is_read else UNREAD) for stamp, body in zip(stamps, bodies, strict=True)]


async def _render(tx: Tx, shelf: Shelf[bytes], stamps: Sequence[Stamp]) -> dict[int, bytes]:
    """A card may be newer than its stamp; it is kept as what it is."""
    cards = await queries.cards(tx, [stamp.id for stamp in stamps], are_latest=True)
    made = {}
    for card in cards.values():
        body = encoder.encode(present.conversation(card, is_read=False)).removesuffix(UNREAD)
        shelf.put(card.conversation.id, card.conversation.version, card.conversation.renderings, body)
        made[card.conversation.id] = body
    return made
