"""A question's conditions as a choice of slots: from the index what it knows, from the rows the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Select, bindparam

from dragoman.core.conversations.models import ARCHIVED, DELETED, SPAM
from dragoman.core.search import keeping
from dragoman.core.search.attributes import is_attribute, slots_of
from dragoman.core.search.conditions import NEGATIONS, holds
from dragoman.core.search.facets import NOBODY
from dragoman.core.search.index import FACETS, SORTED, Index
from dragoman.core.search.model import Condition, Op, Operand, Question
from dragoman.core.search.texts import with_words
from dragoman.core.tags import fold_tag
from dragoman.store import schema
from dragoman.store.prepared import Statements
from dragoman.store.tx import Tx
from dragoman.store.types import to_micros

conversations = schema.conversations
_BY_KEY = Statements()
KEYS = ("contact_id", "contact_link_id")  # columns with an index of their own
NARROW = 1000  # conversations among which the rest is looked for one by one
FATES = {"archived_at": ARCHIVED, "is_spam": SPAM, "deleted_at": DELETED}  # whether set: `visibility` tells


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots that answer a question, in the index as it is now."""

    index: Index
    slots: BitMap


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Ids that the rows gave for what the index does not know: each of these sets holds all that answer it.

    `any_of` has one for each alternative of the question; None where the index knows all of it.
    """

    all_of: Sequence[Iterable[int]] = ()
    any_of: Sequence[Iterable[int] | None] = ()


async def choose(tx: Tx, question: Question) -> Choice:
    """What the index does not know is asked first, so that the choice itself is of one moment, the latest."""
    if is_in_index(question):
        index = await _index_for(tx, question)
        return Choice(index, index.remembered(question.choice, lambda: chosen(index, question)))
    elsewhere = await _ask_rows(tx, question)
    index = await _index_for(tx, question)
    return Choice(index, chosen(index, question, elsewhere))


async def _index_for(tx: Tx, question: Question) -> Index:
    """With the attributes that the question asks for."""
    asked = (*question.where, *chain.from_iterable(question.any_of))
    fields = sorted({one.field for one in asked if is_attribute(one.field)})
    return await (keeping.knowing(tx, fields) if fields else keeping.current(tx))


def chosen(index: Index, question: Question, elsewhere: Elsewhere = Elsewhere()) -> BitMap:
    where = [one for one in question.where if is_known(one)]
    sets = [_slots_of(index, one) for one in where if one.op not in NEGATIONS]
    sets += [index.slots_of(ids) for ids in elsewhere.all_of]
    sets.append(index.facets["visibility"].any_of(question.visibilities))
    slots = BitMap.intersection(*sorted(sets, key=len)) if len(sets) > 1 else sets[0]
    for one in where:
        if one.op in NEGATIONS:
            slots = narrowed(index, slots, one)
    if question.any_of:
        ids = elsewhere.any_of or [None] * len(question.any_of)
        slots = BitMap.union(*map(partial(_alternative, index, slots), question.any_of, ids))
    return slots


def _alternative(
    index: Index, slots: BitMap, conditions: Iterable[Condition], conversation_ids: Iterable[int] | None
) -> BitMap:
    """Those of `slots` for which all conditions of one alternative hold."""
    for one in conditions:
        if is_known(one):
            slots = narrowed(index, slots, one)
    return slots if conversation_ids is None else slots & index.slots_of(conversation_ids)


def narrowed(index: Index, slots: BitMap, condition: Condition) -> BitMap:
    """Those of `slots` for which one condition holds that the index knows."""
    if condition.op in NEGATIONS:
        return slots - _slots_of(index, replace(condition, op=NEGATIONS[condition.op]))
    return slots & _slots_of(index, condition)


def counted(index: Index, slots: BitMap, condition: Condition) -> int:
    """How many `narrowed` would leave: several times faster than making them."""
    if condition.op in NEGATIONS:
        return len(slots) - counted(index, slots, replace(condition, op=NEGATIONS[condition.op]))
    return slots.intersection_cardinality(_slots_of(index, condition))


def is_in_index(question: Question) -> bool:
    """Whether the index alone answers it."""
    return not question.text and all(map(is_known, (*question.where, *chain.from_iterable(question.any_of))))


def is_known(condition: Condition) -> bool:
    """Whether the index alone can tell."""
    op, field = NEGATIONS.get(condition.op, condition.op), condition.field
    if field in FATES:
        return op is Op.IS and (field == "is_spam" or condition.values == (None,))
    return field in FACETS or field in _READERS or is_attribute(field)


def _slots_of(index: Index, condition: Condition) -> BitMap:
    """All slots for which a condition holds that is no negation."""
    if is_attribute(condition.field):
        return slots_of(index.attributes[condition.field], condition)
    return _READERS.get(condition.field, _by_facet)(index, condition)


def _by_facet(index: Index, condition: Condition) -> BitMap:
    facet = index.facets[condition.field]
    if condition.op is Op.CONTAINS:
        parts = [str(one).lower() for one in condition.values]
        return facet.any_of([text for text in facet.texts() if any(part in text.lower() for part in parts)])
    return facet.any_of(condition.values)


def _by_tag(index: Index, condition: Condition) -> BitMap:
    """`is` and `includes` want one of the tags, `contains` one with that text in it; None is no tag at all."""
    facet = index.facets["tags"]
    keys = [None if one is None else fold_tag(str(one)) for one in condition.values]
    if condition.op is Op.CONTAINS:
        parts = [key for key in keys if key is not None]
        return facet.any_of([text for text in facet.texts() if any(part in text for part in parts)])
    return facet.any_of(keys)


def _by_id(index: Index, condition: Condition) -> BitMap:
    return index.slots_of(one for one in condition.values if isinstance(one, int))


def _by_fate(index: Index, condition: Condition) -> BitMap:
    bit = FATES[condition.field]
    if condition.field == "is_spam" and condition.values == (None,):
        return NOBODY
    is_set = condition.values[0] is True
    return index.facets["visibility"].any_of([number for number in range(8) if bool(number & bit) is is_set])


def _by_ladder(index: Index, condition: Condition) -> BitMap:
    ladder, values = index.ladders[condition.field], [_number(one) for one in condition.values]
    match condition.op:
        case Op.BEFORE:
            return ladder.between(None, values[0])
        case Op.AFTER:
            return ladder.between(values[0], None)
        case Op.BETWEEN:
            return ladder.between(values[0], values[1])
    whole = [one for one in values if one is not None and one == int(one)]
    return BitMap.union(BitMap(), *(ladder.between(one, one + 1) for one in whole))


def _by_number(index: Index, condition: Condition) -> BitMap:
    """A number also by its digits: these are looked for in every number, since few ask for them."""
    if condition.op is not Op.CONTAINS:
        return _by_ladder(index, condition)
    parts = [str(one) for one in condition.values]
    digits = map(str, index.numbers["number"])
    return BitMap([slot for slot, text in enumerate(digits) if any(part in text for part in parts)])


def _number(value: Operand) -> Any:
    return to_micros(value) if isinstance(value, datetime) else value


_READERS: Mapping[str, Callable[[Index, Condition], BitMap]] = {
    "tags": _by_tag,
    "id": _by_id,
    **dict.fromkeys(SORTED, _by_ladder),
    "number": _by_number,
    **dict.fromkeys(FATES, _by_fate),
}


async def _ask_rows(tx: Tx, question: Question) -> Elsewhere:
    all_of: list[Iterable[int]] = []
    rest = [one for one in question.where if not is_known(one)]
    if question.text:
        all_of.append(await with_words(tx, question.text))
    for one in rest:
        if _is_by_key(one):
            all_of.append(await _by_key(tx, one))
    clauses = [holds(tx, one) for one in rest if not _is_by_key(one)]
    if clauses:
        known = replace(question, where=tuple(one for one in question.where if is_known(one)), any_of=())
        all_of.append(await _ids(tx, clauses, known))
    any_of = [await _for_one(tx, question, conditions) for conditions in question.any_of]
    return Elsewhere(all_of, any_of)


async def _for_one(tx: Tx, question: Question, conditions: Iterable[Condition]) -> Iterable[int] | None:
    """The ids for what the index does not know of one alternative."""
    clauses = [holds(tx, one) for one in conditions if not is_known(one)]
    where = tuple(one for one in (*question.where, *conditions) if is_known(one))
    return await _ids(tx, clauses, replace(question, where=where, any_of=())) if clauses else None


def _is_by_key(condition: Condition) -> bool:
    """What one look by a key answers."""
    return condition.field in KEYS and condition.op is Op.IS and isinstance(condition.values[0], int)


async def _by_key(tx: Tx, condition: Condition) -> Iterable[int]:
    column = conversations.c[condition.field]
    values = {"key": condition.values[0]}
    return [row[0] for row in await _BY_KEY.rows(tx, column.name, partial(_having, column), values)]


def _having(column: ColumnElement[Any], form: Tx) -> Select[*tuple[Any, ...]]:
    return form.select(conversations.c.id).where(column == bindparam("key"))


async def _ids(tx: Tx, clauses: Iterable[ColumnElement[bool]], known: Question) -> list[int]:
    """The conversations for which the clauses hold, among those that the index leaves if these are few."""
    index = await _index_for(tx, known)
    left = chosen(index, known)
    query = tx.select(conversations.c.id).where(*clauses)
    if len(left) <= NARROW:
        query = query.where(conversations.c.id.in_(index.ids_of(left)))
    return [row[0] for row in await tx.slow_rows(query)]
