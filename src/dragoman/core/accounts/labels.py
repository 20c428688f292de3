"""Labels: the tags that a team has agreed on. What carries them is told of a new title by the event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.core.errors import Invalid, NotFound, Taken
from dragoman.core.events import Happened
from dragoman.core.tags import MAX_TAG
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

labels = schema.labels
USUAL_COLOR = "#1f93ff"
_TITLE = re.compile(r"[^\W_][\w-]+")


@dataclass(frozen=True, slots=True)
class Label(Record):
    table: ClassVar[Table] = schema.labels

    id: int
    title: str
    description: str | None
    color: str
    is_in_sidebar: bool
    created_at: datetime
    updated_at: datetime


def clean_title(title: str) -> str:
    """In lower case: letters, digits, _ and -, at least two, the first a letter or digit. Raises Invalid."""
    kept = title.strip().lower()
    if len(kept) > MAX_TAG or not _TITLE.fullmatch(kept):
        raise Invalid("title", "A title has letters, digits, _ and - only: two at least, beginning with neither sign")
    return kept


async def all_labels(tx: Tx) -> list[Label]:
    """By title."""
    return await tx.find_all(Label, "title")


async def get(tx: Tx, label_id: int) -> Label:
    """Raises NotFound."""
    found = await tx.find_one(Label, id=label_id)
    if found is None:
        raise NotFound("Label")
    return found


async def add(
    tx: WriteTx, *, title: str, description: str | None = None, color: str | None = None, is_in_sidebar: bool = False
) -> Label:
    """Raises Invalid, and Taken for another's title."""
    label = Label(
        id=await tx.next_id(),
        title=clean_title(title),
        description=description,
        color=color or USUAL_COLOR,
        is_in_sidebar=is_in_sidebar,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not await tx.insert_new(labels, values(label)):
        raise Taken("title", "Another label has this title")
    tx.emit(Happened.LABEL_CREATED, label_id=label.id, title=label.title)
    return label


async def edit(tx: WriteTx, label_id: int, wanted: Mapping[str, Any]) -> Label:
    """Change title, description, color or is_in_sidebar. Raises NotFound, Invalid, Taken."""
    before = await get(tx, label_id)
    changes = dict(wanted)
    if "title" in changes:
        changes["title"] = clean_title(changes["title"] or "")
        namesake = await tx.find_one(Label, title=changes["title"])
        if namesake is not None and namesake.id != label_id:
            raise Taken("title", "Another label has this title")
    after = replace(before, **changes, updated_at=tx.now)
    await tx.execute(tx.update(labels).where(labels.c.id == label_id).values(values(after)))
    tx.emit(Happened.LABEL_UPDATED, label_id=label_id, title=after.title, former=before.title, fields=sorted(changes))
    return after


async def remove(tx: WriteTx, label_id: int) -> None:
    """Raises NotFound."""
    label = await get(tx, label_id)
    await tx.execute(tx.delete(labels).where(labels.c.id == label_id))
    tx.emit(Happened.LABEL_DELETED, label_id=label_id, title=label.title)
