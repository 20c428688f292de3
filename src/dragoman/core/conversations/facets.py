"""Which tallies a conversation is counted in. Pure: the store only adds up.

Every conversation is counted by its visibility alone, by each facet, by each pair with one of the three short
facets, and by all three of those: enough for a list to answer most questions with one row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

from dragoman.core.conversations.models import Conversation
from dragoman.core.tags import fold_tag

SHORT = ("status", "priority", "channel")
LONG = (
    "assignee_user_id",
    "assignee_team_id",
    "company_id",
    "inbox_id",
    "category",
    "conversation_type",
    "source",
    "department_id",
    "detected_language",
    "current_sentiment_label",
    "sla_state",
)
TAG, DAY = "tags", "day"


def tally_name(visibility: int | None, facets: Mapping[str, object]) -> str:
    """The one name of a set of facets: short facets first, each kind in its fixed order."""
    parts = ["*" if visibility is None else str(visibility)]
    parts += [f"{name}={facets[name]}" for name in (*SHORT, *LONG, TAG, DAY) if name in facets]
    return " ".join(parts)


def is_kept(names: Iterable[str]) -> bool:
    """Whether there is a tally for this set of facets."""
    long = [name for name in names if name not in SHORT]
    short = [name for name in names if name in SHORT]
    return (len(long) <= 1 and len(short) <= 1) or not long


def tallies_of(conversation: Conversation) -> set[str]:
    """Every tally that counts this conversation."""
    own = str(conversation.visibility)
    short = [f"{name}={getattr(conversation, name)}" for name in SHORT]
    names = {" ".join((own, *chosen)) for size in range(len(SHORT) + 1) for chosen in combinations(short, size)}
    for name, value in _long_facets(conversation):
        names.add(f"{own} {name}={value}")
        names.update(f"{own} {facet} {name}={value}" for facet in short)
    if conversation.deleted_at is None:
        names.update(tally_name(None, {TAG: fold_tag(tag)}) for tag in conversation.tags)
    return names


def _long_facets(conversation: Conversation) -> list[tuple[str, object]]:
    facets = [(name, getattr(conversation, name)) for name in LONG]
    facets += [(TAG, fold_tag(tag)) for tag in conversation.tags]
    facets.append((DAY, conversation.created_at.date().isoformat()))
    return [(name, value) for name, value in facets if value is not None]


def moved(before: Conversation | None, after: Conversation | None) -> Mapping[str, int]:
    """By how much each tally changes when a conversation becomes another."""
    changes: Counter[str] = Counter(tallies_of(after) if after else ())
    if before:
        changes.subtract(tallies_of(before))
    return {name: change for name, change in changes.items() if change}
