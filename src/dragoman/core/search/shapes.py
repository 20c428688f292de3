"""Questions of one shape differ in their values alone, so that one compiled statement answers all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sqlalchemy import bindparam

from dragoman.core.conversations.facets import SHORT
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.search.totals import bounds, is_range
from dragoman.core.tags import fold_tag
from dragoman.store.schema import period_of

MOST_STREAMS = 60
_LITERAL = frozenset({Op.CONTAINS, Op.LACKS})  # their values are worked on before they become SQL


@dataclass(frozen=True, slots=True)
class Stream:
    """A part of a question that an index holds in order; `period` narrows it to a stretch of creation."""

    question: Question
    period: Any = None


@dataclass(frozen=True, slots=True)
class Shaped:
    """A question of which `shape` tells all but the `values`, by the names of the blanks in its form."""

    question: Question
    shape: Hashable
    values: Mapping[str, Any]
    periods: int

    def form(self) -> Question:
        """The question with blanks for its values."""
        blank: Any = bindparam
        return replace(
            self.question,
            where=tuple(_blanked(one, f"where_{at}") for at, one in enumerate(self.question.where)),
            any_of=tuple(_blanked(one, f"any_{at}") for at, one in enumerate(self.question.any_of)),
            limit=blank("limit"),
            offset=blank("offset"),
        )

    def blank_periods(self) -> list[Any]:
        return [bindparam(f"period_{at}") for at in range(self.periods)]


def shaped(question: Question) -> Shaped | None:
    """None for a question whose statement depends on its values."""
    if question.text or any(one.op in _LITERAL for one in (*question.where, *question.any_of)):
        return None
    question = replace(question, where=_distinct(question.where), any_of=_distinct(question.any_of))
    values: dict[str, Any] = {"limit": question.limit, "offset": question.offset}
    for place, asked in (("where", question.where), ("any", question.any_of)):
        for at, one in enumerate(asked):
            values |= _values(one, f"{place}_{at}")
    periods = _periods(question)
    values |= {f"period_{at}": period for at, period in enumerate(periods)}
    kinds = tuple(map(_shape, question.where)), tuple(map(_shape, question.any_of))
    shape = (*kinds, question.visibilities, question.sort, question.is_descending, len(periods))
    return Shaped(question, shape, values, len(periods))


def _distinct(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """A value that is given twice would be a stream of its own."""
    if all(one.op is not Op.INCLUDES for one in conditions):
        return conditions
    return tuple(replace(one, values=tuple(dict.fromkeys(one.values))) for one in conditions)


def _values(condition: Condition, name: str) -> dict[str, Any]:
    is_tag = condition.field == "tags"
    return {
        f"{name}_{at}": fold_tag(str(value)) if is_tag else value
        for at, value in enumerate(condition.values)
        if value is not None
    }


def _blanked(condition: Condition, name: str) -> Condition:
    blanks: tuple[Any, ...] = tuple(
        None if value is None else bindparam(f"{name}_{at}") for at, value in enumerate(condition.values)
    )
    return replace(condition, values=blanks)


def _shape(condition: Condition) -> Hashable:
    return condition.field, condition.op, tuple(value is None for value in condition.values)


def streams(question: Question, periods: Sequence[Any] = ()) -> list[Stream]:
    """The question in parts that have no conversation in common, each of which an index holds in order.

    Merging a few ordered streams reads little more than a page; sorting what several values have in common reads all
    of it.
    """
    if question.sort is not Sort.UPDATED:
        return [Stream(question)]
    several = next((one for one in question.where if one.op is Op.INCLUDES and one.field in SHORT), None)
    parts = list(_parts(question, several, periods or (None,)))
    return parts if len(parts) <= MOST_STREAMS else [Stream(question)]


def _parts(question: Question, several: Condition | None, periods: Sequence[Any]) -> Iterator[Stream]:
    for number, value, period in product(question.visibilities, several.values if several else (None,), periods):
        where = question.where
        if several is not None:
            where = tuple(Condition(one.field, Op.IS, (value,)) if one is several else one for one in where)
        yield Stream(replace(question, visibilities=(number,), where=where), period)


def _periods(question: Question) -> list[int]:
    """The stretches of time that a range of creation touches, where nothing else narrows the question much."""
    ranges = [one for one in question.where if is_range(one)]
    others = [one for one in question.where if not is_range(one)]
    start, end = bounds(ranges)
    if start is None or end is None or start >= end or any(one.field not in SHORT for one in others):
        return []
    periods = list(range(period_of(start), period_of(end) + 1))
    return periods if len(periods) * len(question.visibilities) <= MOST_STREAMS else []
