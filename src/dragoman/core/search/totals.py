"""Which kept tallies answer a question. Pure; None means that nothing but counting will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import product

from dragoman.core.conversations.facets import DAY, LONG, SHORT, TAG, is_kept, tally_name
from dragoman.core.search.model import Condition, Op, Question
from dragoman.core.tags import fold_tag

MOST_NAMES = 64
_RANGES = (Op.AFTER, Op.BEFORE, Op.BETWEEN)


@dataclass(frozen=True, slots=True)
class Plan:
    """The total is the sum of single tallies, of spans of day tallies, and of questions small enough to count."""

    names: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    edges: tuple[Question, ...] = ()


def plan(question: Question) -> Plan | None:
    if question.text or question.any_of:
        return None
    ranges = [one for one in question.where if is_range(one)]
    facets = [one for one in question.where if one not in ranges]
    if not all(_is_facet(one) for one in facets) or len({one.field for one in facets}) < len(facets):
        return None
    if ranges:
        return _by_days(question, facets, ranges)
    return _by_names(question, facets)


def is_range(condition: Condition) -> bool:
    """Whether it bounds the time of creation."""
    return condition.field == "created_at" and condition.op in _RANGES


def _is_facet(condition: Condition) -> bool:
    is_single = condition.op is Op.IS or (condition.op is Op.INCLUDES and _is_disjoint(condition))
    return is_single and condition.field in (*SHORT, *LONG, TAG) and None not in condition.values


def _is_disjoint(condition: Condition) -> bool:
    """A conversation may have two tags and be counted twice; it has one status."""
    return condition.field != TAG or len(condition.values) == 1


def _by_names(question: Question, facets: Sequence[Condition]) -> Plan | None:
    if not is_kept([one.field for one in facets]):
        return None
    names = tuple(tally_name(number, chosen) for number, chosen in _combinations(question, facets))
    return Plan(names=names) if len(names) <= MOST_NAMES else None


def _combinations(question: Question, facets: Sequence[Condition]) -> Iterator[tuple[int, dict[str, object]]]:
    choices = [[(one.field, _facet_value(one.field, value)) for value in dict.fromkeys(one.values)] for one in facets]
    for number in question.visibilities:
        for chosen in product(*choices):
            yield number, dict(chosen)


def _facet_value(field: str, value: object) -> object:
    return fold_tag(str(value)) if field == TAG else value


def _by_days(question: Question, facets: Sequence[Condition], ranges: Sequence[Condition]) -> Plan | None:
    if len(facets) > 1 or any(one.field not in SHORT for one in facets):
        return None
    start, end = bounds(ranges)
    first, last = _midnight_from(start), _midnight_until(end)
    if first is not None and last is not None and first >= last:
        return None
    combinations = list(_combinations(question, facets))
    if len(combinations) > MOST_NAMES:
        return None
    spans = tuple(_span(number, chosen, first, last) for number, chosen in combinations)
    return Plan(spans=spans, edges=tuple(_edges(question, facets, (start, first), (last, end))))


def bounds(ranges: Sequence[Condition]) -> tuple[datetime | None, datetime | None]:
    starts = [one.values[0] for one in ranges if one.op in (Op.AFTER, Op.BETWEEN)]
    ends = [one.values[-1] for one in ranges if one.op in (Op.BEFORE, Op.BETWEEN)]
    return max(starts, default=None), min(ends, default=None)  # type: ignore[type-var, return-value]


def _midnight_from(instant: datetime | None) -> datetime | None:
    """The first midnight at or after an instant."""
    if instant is None:
        return None
    midnight = datetime.combine(instant.date(), time(), UTC)
    return midnight if midnight == instant else midnight + timedelta(days=1)


def _midnight_until(instant: datetime | None) -> datetime | None:
    return None if instant is None else datetime.combine(instant.date(), time(), UTC)


def _span(number: int, chosen: dict[str, object], first: datetime | None, last: datetime | None) -> tuple[str, str]:
    """The names of the first day tally of a span and of the one behind its last: days sort as text."""
    from_day = first.date().isoformat() if first else ""
    to_day = last.date().isoformat() if last else "~"
    return tally_name(number, {**chosen, DAY: from_day}), tally_name(number, {**chosen, DAY: to_day})


def _edges(
    question: Question, facets: Sequence[Condition], *gaps: tuple[datetime | None, datetime | None]
) -> Iterator[Question]:
    """The parts of days at both ends, to be counted row by row."""
    for start, end in gaps:
        if start is not None and end is not None and start < end:
            part = Condition("created_at", Op.BETWEEN, (start, end))
            yield replace(question, where=(*facets, part))
