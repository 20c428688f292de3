"""The list's parameters as a question to the core (chatwoot.md 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dragoman.core.access import Principal
from dragoman.core.accounts import queries as accounts
from dragoman.core.channels.members import Reach
from dragoman.core.contacts import links
from dragoman.core.search import pieces
from dragoman.core.search.model import MAX_OFFSET, Condition, Op, Question, Sort
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.parameters import Given
from dragoman.store import schema
from dragoman.store.tx import Tx

PAGE = 25
NOBODY = -1  # the id of nothing
ALL_ROWS = 2**31
PRIORITY_RANKS = (("none",), ("low",), ("medium",), ("high",), ("urgent",))
NEWEST, OLDEST = (Sort.ACTIVITY, True), (Sort.CREATED, False)


def _ranked(*, is_descending: bool, then: tuple[Sort, bool]) -> dict[str, Any]:
    """By priority; those without one come last in either direction (chatwoot.md 2.3)."""
    order = {"sort": Sort.PRIORITY, "is_descending": is_descending, "then": then}
    return {**order, "ranks": PRIORITY_RANKS, "last": ("none",)}


def _plain(sort: Sort, *, is_descending: bool, then: tuple[Sort, bool] | None = None) -> dict[str, Any]:
    return {"sort": sort, "is_descending": is_descending, "then": then}


LATEST = _plain(Sort.ACTIVITY, is_descending=True)
SORTS: Mapping[str, Mapping[str, Any]] = {
    "last_activity_at_desc": LATEST,
    "last_activity_at_asc": _plain(Sort.ACTIVITY, is_descending=False),
    "created_at_desc": _plain(Sort.CREATED, is_descending=True),
    "created_at_asc": _plain(Sort.CREATED, is_descending=False),
    "priority_desc": _ranked(is_descending=True, then=NEWEST),
    "priority_asc": _ranked(is_descending=False, then=NEWEST),
    "priority_desc_created_at_asc": _ranked(is_descending=True, then=OLDEST),
    "waiting_since_asc": _plain(Sort.WAITING, is_descending=False, then=OLDEST),
    "waiting_since_desc": _plain(Sort.WAITING, is_descending=True, then=OLDEST),
    "unread": _plain(Sort.UNREAD, is_descending=True, then=NEWEST),
    # Their old names.
    "latest": LATEST,
    "sort_on_created_at": _plain(Sort.CREATED, is_descending=False),
    "sort_on_priority": _ranked(is_descending=True, then=NEWEST),
    "sort_on_waiting_since": _plain(Sort.WAITING, is_descending=False, then=OLDEST),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the counts are of, and the page of it that is shown."""

    base: Question
    page: Question


async def asked_of_list(tx: Tx, given: Given, who: Principal, reach: Reach) -> Asked:
    """Raises NotFound for an unknown team (chatwoot.md 2.1), Invalid for what cannot be read."""
    base = Question(where=tuple(await _conditions(tx, given, who, reach)))
    narrower = (*_assigned(given.text("assignee_type"), who), *_recent(given, tx.now))
    order: Mapping[str, Any] = {**SORTS.get(given.text("sort_by") or "", LATEST), **_paging(given)}
    return Asked(base, replace(base, where=(*base.where, *narrower), **order))


async def _conditions(tx: Tx, given: Given, who: Principal, reach: Reach) -> list[Condition]:
    found: list[Condition] = []
    kind = given.text("conversation_type")
    if kind == "participating":  # replaces the base set: neither inboxes nor their permission apply
        found.append(_among(await _theirs(tx, schema.participants, who)))
    else:
        found += within(reach)
        if given.get("inbox_id") not in (None, ""):
            found.append(Condition("inbox_id", Op.IS, (_id(given, "inbox_id"),)))
        if kind == "mention":
            found.append(_among(await _theirs(tx, schema.mentions, who)))
        elif kind == "unattended":
            found.append(Condition("is_unattended", Op.IS, (True,)))
    if piece := (given.text("q") or "").strip():
        found.append(_among(sorted(await pieces.conversations_with(tx, piece))))
    else:
        found += _of_status(given.many("status"))
    if given.get("team_id") not in (None, ""):
        team = await accounts.team(tx, _id(given, "team_id"))
        found.append(Condition("assignee_team_id", Op.IS, (team.id,)))
    if labels := given.texts("labels"):
        found.append(Condition("tags", Op.INCLUDES, tuple(labels)))
    if source_id := given.text("source_id"):
        found.append(await _of_source(tx, source_id))
    return found


def within(reach: Reach) -> list[Condition]:
    """What somebody sees at all."""
    if reach.inbox_ids is None:
        return []
    return [Condition("inbox_id", Op.INCLUDES, tuple(sorted(reach.inbox_ids)) or (NOBODY,))]


def _id(given: Given, name: str) -> int:
    """What is no number is nothing's."""
    try:
        return int(given[name])
    except (TypeError, ValueError):
        return NOBODY


def _of_status(wanted: Sequence[Any]) -> list[Condition]:
    """`open` unless something is said; an unknown word is what no conversation is in."""
    names = [str(one) for one in wanted] or ["open"]
    if "all" in names:
        return []
    return [Condition("state", Op.INCLUDES, tuple(words.state_or_none(one) for one in names))]


def _assigned(kind: str | None, who: Principal) -> list[Condition]:
    if kind == "me":
        return [mine(who)]
    if kind in ("unassigned", "assigned"):
        return [Condition("assignee_user_id", Op.IS if kind == "unassigned" else Op.IS_NOT, (None,))]
    return []


def mine(who: Principal) -> Condition:
    return Condition("assignee_user_id", Op.IS, (who.user_id or NOBODY,))


def counted(who: Principal) -> Mapping[str, tuple[Condition, ...]]:
    """The counts that tell the four (chatwoot.md 2.2)."""
    nobody = Condition("assignee_user_id", Op.IS, (None,))
    return {"mine": (mine(who),), "unassigned": (nobody,), "all": ()}


def _recent(given: Given, now: datetime) -> list[Condition]:
    seconds = given.whole("updated_within")
    if seconds is None:
        return []
    since = now - timedelta(seconds=min(max(seconds, 0), 10**9))
    return [Condition("updated_at", Op.AFTER, (since + timedelta(microseconds=1),))]  # later, and not at that instant


def _paging(given: Given) -> dict[str, int]:
    if given.whole("updated_within") is not None:
        return {"limit": ALL_ROWS, "offset": 0}
    return {"limit": PAGE, "offset": offset_of(given)}


def offset_of(given: Given, size: int = PAGE) -> int:
    """Pages count from 1; what is no page is the first."""
    text = str(given.get("page", "1"))
    number = int(text[:15]) if text.isascii() and text.isdigit() else 1
    return min((max(number, 1) - 1) * size, MAX_OFFSET)


async def _of_source(tx: Tx, source_id: str) -> Condition:
    found = await links.having(tx, source_id)
    if len(found) == 1:
        return Condition("contact_link_id", Op.IS, (found[0].id,))
    return Condition("contact_link_id", Op.INCLUDES, tuple(one.id for one in found) or (NOBODY,))


async def _theirs(tx: Tx, table: Any, who: Principal) -> list[int]:
    if who.user_id is None:
        return []
    return await tx.scalars(tx.select(table.c.conversation_id).where(table.c.user_id == who.user_id))


def _among(conversation_ids: Sequence[int]) -> Condition:
    return Condition("id", Op.INCLUDES, tuple(conversation_ids) or (NOBODY,))
