"""Answering a question about conversations: the ids of a page, and how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_

from dragoman.core.conversations.models import Priority, Status
from dragoman.core.search import totals
from dragoman.core.search.conditions import found, holds
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.tags import fold_tag
from dragoman.store import schema, tallies
from dragoman.store.tx import Tx

conversations, tags, reads = schema.conversations, schema.conversation_tags, schema.reads

SORT_KEYS: dict[Sort, ColumnElement[Any]] = {
    Sort.UPDATED: conversations.c.updated_at,
    Sort.CREATED: conversations.c.created_at,
    Sort.NUMBER: conversations.c.number,
    Sort.SUBJECT: func.lower(conversations.c.subject),
    Sort.PRIORITY: case({word.value: rank for rank, word in enumerate(Priority)}, value=conversations.c.priority),
    Sort.STATUS: case({word.value: rank for rank, word in enumerate(Status)}, value=conversations.c.status),
}


async def page(tx: Tx, question: Question) -> list[int]:
    """The ids of one page, in order; no two pages share one, for the id breaks every tie."""
    lead = _leading_tag(question)
    query = _tag_page(tx, question, lead) if lead else _plain_page(tx, question)
    return await tx.scalars(query.limit(question.limit).offset(question.offset))


async def total(tx: Tx, question: Question) -> int:
    """How many conversations answer the question, exactly: from kept tallies wherever they can tell."""
    plan = totals.plan(question)
    if plan is None:
        return int(await tx.scalar(_matching(tx, question, func.count(conversations.c.id))))
    counts = await tallies.totals(tx, plan.names)
    in_days = [await tallies.total_between(tx, *span) for span in plan.spans]
    edges = [int(await tx.scalar(_matching(tx, edge, func.count(conversations.c.id)))) for edge in plan.edges]
    return sum(counts.values()) + sum(in_days) + sum(edges)


def _matching(tx: Tx, question: Question, entity: Any) -> Select[*tuple[Any, ...]]:
    wanted = [holds(tx, condition) for condition in question.where]
    if question.any_of:
        wanted.append(or_(*(holds(tx, condition) for condition in question.any_of)))
    if question.text:
        wanted += found(tx, question.text)
    return tx.select(entity).where(_visible(conversations.c.visibility, question), *wanted)


def _visible(column: Any, question: Question) -> ColumnElement[bool]:
    chosen = question.visibilities
    visible: ColumnElement[bool] = column == chosen[0] if len(chosen) == 1 else column.in_(chosen)
    return visible


def _plain_page(tx: Tx, question: Question) -> Select[*tuple[Any, ...]]:
    key, tie = SORT_KEYS[question.sort], conversations.c.id
    order = (key.desc(), tie.desc()) if question.is_descending else (key.asc(), tie.asc())
    return _matching(tx, question, conversations.c.id).order_by(*order)


def _leading_tag(question: Question) -> Condition | None:
    """A single tag that can lead the way: its index holds its conversations in the order of their last change."""
    if question.sort is not Sort.UPDATED or len(question.visibilities) != 1:
        return None
    single = [one for one in question.where if one.field == "tags" and one.op in (Op.IS, Op.INCLUDES)]
    return next((one for one in single if len(one.values) == 1 and one.values[0] is not None), None)


def _tag_page(tx: Tx, question: Question, lead: Condition) -> Select[*tuple[Any, ...]]:
    wanted = [holds(tx, one) for one in question.where if one is not lead]
    if question.any_of:
        wanted.append(or_(*(holds(tx, condition) for condition in question.any_of)))
    if question.text:
        wanted += found(tx, question.text)
    query = tx.select(tags.c.conversation_id)
    if wanted:
        same = and_(conversations.c.account_id == tags.c.account_id, conversations.c.id == tags.c.conversation_id)
        query = query.join_from(tags, conversations, same)
    keys = (tags.c.updated_at, tags.c.conversation_id)
    order = [key.desc() if question.is_descending else key.asc() for key in keys]
    mine = (tags.c.folded == fold_tag(str(lead.values[0])), _visible(tags.c.visibility, question))
    return query.where(*mine, *wanted).order_by(*order)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a rendering of a conversation is still good, and whether this reader has read it."""

    id: int
    version: int
    renderings: int
    is_read: bool


async def stamps(tx: Tx, conversation_ids: Sequence[int], *, reader_id: int) -> list[Stamp]:
    """One for each id, in the same order."""
    if not conversation_ids:
        return []
    mine = and_(
        reads.c.account_id == conversations.c.account_id,
        reads.c.reader_id == reader_id,
        reads.c.conversation_id == conversations.c.id,
    )
    query = (
        tx.select(conversations.c.id, conversations.c.version, conversations.c.renderings)
        .add_columns(reads.c.read_at.is_not(None))
        .select_from(conversations.outerjoin(reads, mine))
        .where(conversations.c.id.in_(conversation_ids))
    )
    found = {row[0]: Stamp(row[0], row[1], row[2], bool(row[3])) for row in await tx.rows(query)}
    return [found[one] for one in conversation_ids]


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
