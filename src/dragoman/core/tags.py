"""Tags, on whatever they hang (aurion.md 6.9)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from dragoman.core.errors import Invalid

MAX_TAG = 64
MAX_TAGS = 100


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Trimmed, in order, without repeats that differ in case alone.

    Raises Invalid for a tag that is empty or longer than 64 characters, and for more than 100 of them.
    """
    kept: dict[str, str] = {}
    for tag in tags:
        name = " ".join(tag.split())
        if not 1 <= len(name) <= MAX_TAG:
            raise Invalid("tags", f"A tag takes 1 to {MAX_TAG} characters")
        kept.setdefault(fold_tag(name), name)
    if len(kept) > MAX_TAGS:
        raise Invalid("tags", f"At most {MAX_TAGS} tags")
    return list(kept.values())


def fold_tag(tag: str) -> str:
    """Two tags are one when they fold alike."""
    return " ".join(tag.split()).casefold()


def union_of_tags(*several: Iterable[str]) -> list[str]:
    """The tags of several things that become one, as far as they fit."""
    kept: dict[str, str] = {}
    for tag in chain(*several):
        kept.setdefault(fold_tag(tag), tag)
    return list(kept.values())[:MAX_TAGS]
