"""Lists of the neighbours: limit and offset, and the array under both its names (aurion.md C3, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Query
from starlette.responses import Response

from dragoman.core.search.model import MAX_OFFSET
from dragoman.dialects.aurion.wire import reading
from dragoman.edge.replies import reply

MAX_SEARCH = 500
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET)]
Text = Annotated[str | None, Query(max_length=MAX_SEARCH)]
Envelope = Annotated[Literal["items", "data"] | None, Query(description="Only one of the two arrays")]
PageT = TypeVar("PageT")


def page_reply(page: type[PageT], shown: Sequence[Any], envelope: str | None, **more: int) -> Response:
    """`more` is what stands beside the array: total, limit, offset."""
    names = (envelope,) if envelope else ("items", "data")
    return reply(page(**dict.fromkeys(names, shown), **more))


def words(text: str | None) -> str | None:
    """What to look for; None where that is nothing."""
    return reading.plain(text or "").strip() or None
