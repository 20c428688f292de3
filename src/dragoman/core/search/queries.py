"""Answering a question about conversations: the ids of a page, and how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    type_coerce,
    union_all,
)

from dragoman.core.conversations.models import Priority, Status
from dragoman.core.search import totals
from dragoman.core.search.conditions import folded_tag, found, holds
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.search.shapes import Stream, shaped, streams
from dragoman.store import schema, tallies
from dragoman.store.prepared import Statements
from dragoman.store.tx import Tx

conversations, tags, reads = schema.conversations, schema.conversation_tags, schema.reads

_PAGES, _COUNTS = Statements(), Statements()
# What an index leads to in order, alone or with the order of the last change.
LED = {
    *("status", "priority", "channel", "assignee_user_id", "assignee_team_id", "contact_id", "company_id"),
    *("inbox_id", "category", "tags", "created_at", "updated_at", "number"),
}
RARE = 5000  # conversations
SORT_KEYS: dict[Sort, ColumnElement[Any]] = {
    Sort.UPDATED: conversations.c.updated_at,
    Sort.CREATED: conversations.c.created_at,
    Sort.NUMBER: conversations.c.number,
    Sort.SUBJECT: func.lower(conversations.c.subject),
    Sort.PRIORITY: case({word.value: rank for rank, word in enumerate(Priority)}, value=conversations.c.priority),
    Sort.STATUS: case({word.value: rank for rank, word in enumerate(Status)}, value=conversations.c.status),
}


class Stamp(NamedTuple):
    """What tells whether a rendering of a conversation is still good, and whether this reader has read it."""

    id: int
    version: int
    renderings: int
    is_read: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One page, in order, and how many conversations answer the question in all."""

    stamps: list[Stamp]
    total: int


async def answer(tx: Tx, question: Question, *, reader_id: int) -> Answer:
    """A page and the exact total, of one moment. No two pages share a conversation, for the id breaks every tie."""
    plan = totals.plan(question)
    total = await (_count(tx, question) if plan is None else _add_up(tx, plan))
    is_far = _is_far(question, total)
    if is_far and plan is not None and total <= question.offset:
        return Answer([], total)
    return Answer(await _page(tx, question, reader_id, is_slow=plan is None or is_far), total)


async def _add_up(tx: Tx, plan: totals.Plan) -> int:
    """The total from kept tallies, and from counting what lies between them."""
    kept = await tallies.sum_of(tx, plan.names, plan.spans)
    return kept + sum([await _count(tx, edge) for edge in plan.edges])


async def _count(tx: Tx, question: Question) -> int:
    known = shaped(question)
    if known is None:
        rows: Sequence[Any] = await tx.slow_rows(_counted(tx, question))
    else:
        rows = await _COUNTS.rows(
            tx, known.shape, lambda form: _counted(form, known.form()), known.values, is_slow=True
        )
    return int(rows[0][0])


async def _page(tx: Tx, question: Question, reader_id: int, *, is_slow: bool) -> list[Stamp]:
    known = shaped(question)
    if known is None:
        rows: Sequence[Any] = await tx.slow_rows(_listed(tx, question, reader_id))
    else:
        values = {**known.values, "reader_id": reader_id}
        rows = await _PAGES.rows(
            tx,
            known.shape,
            lambda form: _listed(form, known.form(), bindparam("reader_id"), known.blank_periods()),
            values,
            is_slow=is_slow,
        )
    return list(map(Stamp._make, rows))


def _is_far(question: Question, total: int) -> bool:
    """Whether no index leads to those that are wanted and they are few, so that finding a page may take long."""
    is_led = len(question.where) <= 1 and all(one.field in LED for one in question.where)
    return question.sort not in LED or (total < RARE and not is_led)


def _counted(tx: Tx, question: Question) -> Select[*tuple[Any, ...]]:
    return tx.select(func.count(conversations.c.id)).where(
        _visible(conversations.c.visibility, question), *_wanted(tx, question)
    )


def _wanted(tx: Tx, question: Question, *, but: Condition | None = None) -> list[ColumnElement[bool]]:
    wanted = [holds(tx, condition) for condition in question.where if condition is not but]
    if question.any_of:
        wanted.append(or_(*(holds(tx, condition) for condition in question.any_of)))
    if question.text:
        wanted += found(tx, question.text)
    return wanted


def _visible(column: Any, question: Question) -> ColumnElement[bool]:
    chosen = question.visibilities
    if len(chosen) == 1:
        return column == chosen[0]  # type: ignore[no-any-return]
    return column.in_([literal(one) for one in chosen])  # type: ignore[no-any-return]


def _listed(tx: Tx, question: Question, reader: Any, periods: Sequence[Any] = ()) -> Select[*tuple[Any, ...]]:
    """The ids of a page first, so that nothing else is read of what is skipped."""
    parts = [_stream(tx, one) for one in streams(question, periods)]
    every: Any = parts[0] if len(parts) == 1 else union_all(*parts)
    keys = (every.selected_columns.key, every.selected_columns.id)
    page = every.order_by(*_ordered(question, *keys)).limit(question.limit).offset(question.offset).subquery("page")
    is_read = exists().where(
        reads.c.account_id == conversations.c.account_id,
        reads.c.reader_id == reader,
        reads.c.conversation_id == conversations.c.id,
    )
    return (
        tx.select(conversations.c.id, conversations.c.version, conversations.c.renderings)
        .add_columns(type_coerce(is_read, Integer))
        .select_from(page.join(conversations, conversations.c.id == page.c.id))
        .order_by(*_ordered(question, page.c.key, page.c.id))
    )


def _ordered(question: Question, *keys: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [key.desc() if question.is_descending else key.asc() for key in keys]


def _stream(tx: Tx, stream: Stream) -> Select[*tuple[Any, ...]]:
    question = stream.question
    lead = _leading_tag(question)
    if lead is not None:
        return _tag_stream(tx, question, lead)
    key = SORT_KEYS[question.sort].label("key")
    query = tx.select(conversations.c.id).add_columns(key)
    if stream.period is not None:
        query = query.where(schema.created_period == stream.period)
    return query.where(_visible(conversations.c.visibility, question), *_wanted(tx, question))


def _leading_tag(question: Question) -> Condition | None:
    """A single tag that can lead the way: its index holds its conversations in the order of their last change."""
    if question.sort is not Sort.UPDATED or len(question.visibilities) != 1:
        return None
    single = [one for one in question.where if one.field == "tags" and one.op in (Op.IS, Op.INCLUDES)]
    return next((one for one in single if len(one.values) == 1 and one.values[0] is not None), None)


def _tag_stream(tx: Tx, question: Question, lead: Condition) -> Select[*tuple[Any, ...]]:
    query = tx.select(tags.c.conversation_id.label("id"), tags.c.updated_at.label("key"))
    wanted = _wanted(tx, question, but=lead)
    if wanted:
        same = and_(conversations.c.account_id == tags.c.account_id, conversations.c.id == tags.c.conversation_id)
        query = query.join_from(tags, conversations, same)
    return query.where(tags.c.folded == folded_tag(lead.values[0]), _visible(tags.c.visibility, question), *wanted)


async def channels_in_use(tx: Tx) -> list[str]:
    """The channels of conversations in the active inbox, by name."""
    kept = schema.tallies
    prefix = "0 channel="
    query = (
        tx.select(kept.c.facets)
        .where(kept.c.facets > prefix, kept.c.facets < prefix + "~")
        .group_by(kept.c.facets)
        .having(func.sum(kept.c.total) > 0)
        .order_by(kept.c.facets)
    )
    names = [str(name).removeprefix(prefix) for name in await tx.scalars(query)]
    return [name for name in names if " " not in name]
