"""Custom attributes that a team has defined: of what, under which key, of which type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Table

from dragoman.core.errors import Invalid, NotFound, Taken
from dragoman.core.events import Happened
from dragoman.store import schema
from dragoman.store.records import Record, values
from dragoman.store.tx import Tx, WriteTx

definitions = schema.attribute_definitions
_KEY = re.compile(r"[^\W_][\w.-]*")
MAX_KEY = 100


class AttributeType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CURRENCY = "currency"
    PERCENT = "percent"
    LINK = "link"
    DATE = "date"
    LIST = "list"
    CHECKBOX = "checkbox"


class Owner(StrEnum):
    CONVERSATION = "conversation"
    CONTACT = "contact"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class AttributeDefinition(Record):
    """`pattern` is what a value must look like, `usual` what it is where none is given."""

    table: ClassVar[Table] = schema.attribute_definitions

    id: int
    of: str
    key: str
    name: str
    type: str
    description: str | None
    choices: Sequence[Any]
    pattern: str | None
    pattern_hint: str | None
    usual: str | None
    created_at: datetime
    updated_at: datetime


async def all_of(tx: Tx, of: str | None = None) -> list[AttributeDefinition]:
    """The oldest first."""
    return await tx.find_all(AttributeDefinition, "id", **({"of": of} if of else {}))


async def get(tx: Tx, definition_id: int) -> AttributeDefinition:
    """Raises NotFound."""
    found = await tx.find_one(AttributeDefinition, id=definition_id)
    if found is None:
        raise NotFound("Custom attribute definition")
    return found


async def add(tx: WriteTx, given: Mapping[str, Any]) -> AttributeDefinition:
    """Raises Invalid, and Taken for a key that something of the kind has already."""
    blank: dict[str, Any] = {
        "type": AttributeType.TEXT.value,
        "of": Owner.CONVERSATION.value,
        "choices": [],
        **dict.fromkeys(("description", "pattern", "pattern_hint", "usual")),
    }
    blank |= {**given, "id": await tx.next_id(), "created_at": tx.now, "updated_at": tx.now}
    one = _checked(AttributeDefinition(**blank))
    if not await tx.insert_new(definitions, values(one)):
        raise Taken("key", "Another attribute has this key")
    tx.emit(Happened.TOOLBOX_CHANGED, attribute_definition_id=one.id)
    return one


async def edit(tx: WriteTx, definition_id: int, wanted: Mapping[str, Any]) -> AttributeDefinition:
    """Change anything but key and owner. Raises NotFound and Invalid."""
    before = await get(tx, definition_id)
    kept = {name: value for name, value in wanted.items() if name not in ("key", "of")}
    after = _checked(replace(before, **kept, updated_at=tx.now))
    await tx.execute(tx.update(definitions).where(definitions.c.id == definition_id).values(values(after)))
    tx.emit(Happened.TOOLBOX_CHANGED, attribute_definition_id=definition_id)
    return after


async def remove(tx: WriteTx, definition_id: int) -> None:
    """The values stay where they are. Raises NotFound."""
    gone = await tx.execute(tx.delete(definitions).where(definitions.c.id == definition_id))
    if not gone.rowcount:
        raise NotFound("Custom attribute definition")
    tx.emit(Happened.TOOLBOX_CHANGED, attribute_definition_id=definition_id)


def _checked(one: AttributeDefinition) -> AttributeDefinition:
    if not one.name.strip():
        raise Invalid("name", "An attribute needs a name")
    if len(one.key) > MAX_KEY or not _KEY.fullmatch(one.key):
        raise Invalid("key", "A key has letters, digits, _, - and . only")
    if one.type not in AttributeType.__members__.values():
        raise Invalid("type", f"A type is one of {', '.join(AttributeType)}")
    if one.of not in Owner.__members__.values():
        raise Invalid("of", f"Attributes are of one of {', '.join(Owner)}")
    return one
