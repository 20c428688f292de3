"""What lists are answered from: every conversation of an account under each of its facets, in memory.

A conversation has a slot, for good. Any combination of conditions is a few intersections of bitmaps (facets.py), what
it finds is counted as it is found, and ladders (ladder.py) hold the slots in the orders that can be asked for.

Nothing here is the truth: the rows are, and keeping.py follows them. The index itself never waits, so that whoever
looks at it between two awaits sees one moment.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any, TypeVar, cast

import msgspec
from pyroaring import BitMap

from dragoman.core.search.attributes import values_of
from dragoman.core.search.facets import Facet, Keys
from dragoman.core.search.ladder import Ladder
from dragoman.core.tags import fold_tag

T = TypeVar("T")
NUMBERS = (
    *("updated_at", "created_at", "last_activity_at", "waiting_since"),
    *("number", "version", "renderings"),
)
FACETS = (
    *("visibility", "status", "state", "priority", "channel", "inbox_id", "company_id", "assignee_user_id"),
    *("assignee_team_id", "unread_count", "is_unattended"),
    *("category", "sub_category", "conversation_type", "source", "department_id"),
    *("impact", "urgency", "detected_language", "current_sentiment_label", "sla_state"),
)
# What a row of the index is made of: instants in microseconds, tags as JSON.
COLUMNS = ("id", *NUMBERS, *FACETS, "tags")
SORTED = ("updated_at", "created_at", "last_activity_at", "number")
SOME = "waiting_since"  # only who waits hangs on its ladder
NEVER = -1
SUBJECT = "subject"
MOST_ANSWERS = 128  # each of at most a bit for each conversation
BYTES_PER_SLOT, BYTES_OF_ANY = 146, 30_000  # as measured
BYTES_PER_VALUE = 60  # of an attribute, where most conversations have one of their own


class Index:
    """The conversations of one account."""

    def __init__(self) -> None:
        self.numbers = {name: array("q") for name in NUMBERS}
        self.facets: dict[str, Facet] = {name: Facet() for name in FACETS}
        self.facets["tags"] = Facet(_tag_keys)
        self.ladders: dict[str, Ladder] = {}
        self.subjects: list[str] | None = None  # only once somebody has sorted by them
        self.attributes: dict[str, Facet] = {}  # those that somebody has asked for (attributes.py)
        self._ids = array("q")
        self._places: Places = Places()
        self._answers: dict[Hashable, Any] = {}
        self._climb()

    def __len__(self) -> int:
        return len(self._ids)

    def remembered(self, question: Hashable, find: Callable[[], T]) -> T:
        """What `find` found for a question, until something changes. Nobody may change what they are given."""
        if question not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[question] = find()
        return cast(T, self._answers[question])

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        text = 0 if self.subjects is None else 150 * len(self.subjects)
        return BYTES_OF_ANY + BYTES_PER_SLOT * len(self) + text + BYTES_PER_VALUE * len(self) * len(self.attributes)

    def fill(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take in rows of COLUMNS of conversations behind all that it knows; `settle` makes them findable."""
        ids, *columns = zip(*rows, strict=True)
        self._places.add_behind(ids, len(self))
        self._ids.extend(ids)
        for name, column in zip((*NUMBERS, *FACETS), columns[:-1], strict=True):
            if name == SOME:
                self.numbers[name].extend(NEVER if value is None else value for value in column)
            elif name in self.numbers:
                self.numbers[name].extend(column)
            else:
                self.facets[name].fill(column)
        self.facets["tags"].fill(columns[-1])

    def settle(self) -> None:
        for facet in self.facets.values():
            facet.settle()
        self._climb()

    def parts(self) -> dict[str, Any]:
        """All of it but the subjects, in terms that can be kept (packing.py)."""
        return {
            "ids": self._ids.tobytes(),
            "numbers": {name: column.tobytes() for name, column in self.numbers.items()},
            "facets": {name: facet.parts() for name, facet in self.facets.items()},
            "ladders": {name: self.ladders[name].parts() for name in (*SORTED, SOME)},
        }

    @classmethod
    def of_parts(cls, parts: Mapping[str, Any]) -> Index:
        """What `parts` told of."""
        index = cls()
        index._ids.frombytes(parts["ids"])
        index._places.fill(index._ids)
        for name, column in index.numbers.items():
            column.frombytes(parts["numbers"][name])
        for name, facet in index.facets.items():
            facet.load(parts["facets"][name])
        for name in (*SORTED, SOME):
            index.ladders[name].load(parts["ladders"][name])
        return index

    def put(self, row: Sequence[Any]) -> None:
        """Take in a row of COLUMNS as it is now, of a conversation that is known or new."""
        self._answers.clear()
        slot = self._places.get(row[0])
        if slot is None:
            slot = len(self)
            self._places.add(row[0], slot)
            self._ids.append(row[0])
        self._put_numbers(slot, row[1 : 1 + len(NUMBERS)])
        for name, value in zip(FACETS, row[1 + len(NUMBERS) : -1], strict=True):
            self.facets[name].put(slot, value)
        self.facets["tags"].put(slot, row[-1])

    def _put_numbers(self, slot: int, values: Sequence[int | None]) -> None:
        for name, given in zip(NUMBERS, values, strict=True):
            column, value = self.numbers[name], NEVER if given is None else given
            if slot < len(column) and column[slot] == value:
                continue
            ladder = self.ladders.get(name)
            if slot == len(column):
                column.append(value)
            else:
                if ladder is not None and column[slot] != NEVER:
                    ladder.discard(slot)
                column[slot] = value
            if ladder is not None and value != NEVER:
                ladder.add(slot)

    def put_subject(self, conversation_id: int, subject: str) -> None:
        slot = self._places.get(conversation_id)
        if self.subjects is None or slot is None:
            return
        folded, ladder = subject.lower(), self.ladders[SUBJECT]
        if slot == len(self.subjects):
            self.subjects.append(folded)
        elif self.subjects[slot] == folded:
            return
        else:
            ladder.discard(slot)
            self.subjects[slot] = folded
        ladder.add(slot)

    def fill_subjects(self, rows: Iterable[tuple[int, str]]) -> None:
        """Make the ladder of subjects; the rows are those of every conversation."""
        subjects = [""] * len(self)
        for conversation_id, subject in rows:
            slot = self._places.get(conversation_id)
            if slot is not None:
                subjects[slot] = subject.lower()
        self.subjects = subjects
        self.ladders[SUBJECT] = Ladder(subjects, self._ids, least="")
        self.ladders[SUBJECT].fill(range(len(self)))

    def put_attributes(self, conversation_id: int, row: Sequence[Any]) -> None:
        """Take in a row of attributes.COLUMNS of a conversation that is known."""
        slot = self._places.get(conversation_id)
        if self.attributes and slot is not None:
            for facet, value in zip(self.attributes.values(), values_of(self.attributes, row), strict=True):
                facet.put(slot, value)

    def fill_attributes(self, fields: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None]]]) -> None:
        """Make the facets of some fields; the rows have their values in every conversation."""
        values: list[Sequence[str | None]] = [(None,) * len(fields)] * len(self)
        for conversation_id, given in rows:
            slot = self._places.get(conversation_id)
            if slot is not None:
                values[slot] = given
        for at, field in enumerate(fields):
            facet = Facet()
            facet.fill(one[at] for one in values)
            facet.settle()
            self.attributes[field] = facet

    def stamps(self, slots: Iterable[int]) -> list[tuple[int, int, int]]:
        """Id, version and renderings of each."""
        ids, versions, renderings = self._ids, self.numbers["version"], self.numbers["renderings"]
        return [(ids[slot], versions[slot], renderings[slot]) for slot in slots]

    def slots_of(self, conversation_ids: Iterable[int]) -> BitMap:
        """The slots of those that it knows."""
        if isinstance(conversation_ids, set) and len(conversation_ids) > len(self) // 16:
            return BitMap(self._places.among(conversation_ids))
        found = map(self._places.get, conversation_ids)
        return BitMap([slot for slot in found if slot is not None])

    def ids_of(self, slots: Iterable[int]) -> list[int]:
        return [self._ids[slot] for slot in slots]

    def row_of(self, slot: int) -> dict[str, Any]:
        """All it knows of a conversation; its tags folded, in no order."""
        known: dict[str, Keys] = {name: facet.value_of(slot) for name, facet in self.facets.items()}
        return {**{name: column[slot] for name, column in self.numbers.items()}, **known}

    def _climb(self) -> None:
        for name in SORTED:
            self.ladders[name] = Ladder(self.numbers[name], self._ids, least=-math.inf)
            self.ladders[name].fill(range(len(self)))
        waiting = self.numbers[SOME]
        self.ladders[SOME] = Ladder(waiting, self._ids, least=-math.inf)
        self.ladders[SOME].fill(slot for slot, since in enumerate(waiting) if since != NEVER)


class Places:
    """The slot of an id: two sorted arrays take a tenth of what a dictionary does."""

    __slots__ = ("_ids", "_slots")

    def __init__(self) -> None:
        self._ids, self._slots = array("q"), array("I")

    def get(self, conversation_id: int) -> int | None:
        at = bisect_left(self._ids, conversation_id)
        return self._slots[at] if at < len(self._ids) and self._ids[at] == conversation_id else None

    def among(self, conversation_ids: set[int]) -> array[int]:
        """The slots of very many ids: quicker than looking for each."""
        return array("I", compress(self._slots, map(conversation_ids.__contains__, self._ids)))

    def add_behind(self, conversation_ids: Sequence[int], slot: int) -> None:
        """Ids that are higher than all it has and in order, with slots from one on."""
        self._ids.extend(conversation_ids)
        self._slots.extend(range(slot, slot + len(conversation_ids)))

    def fill(self, ids: array[int]) -> None:
        """Of each id its place in the array, whatever their order."""
        order = array("I", sorted(range(len(ids)), key=ids.__getitem__))
        self._ids, self._slots = array("q", map(ids.__getitem__, order)), order

    def add(self, conversation_id: int, slot: int) -> None:
        if not self._ids or conversation_id > self._ids[-1]:
            self._ids.append(conversation_id)
            self._slots.append(slot)
            return
        at = bisect_left(self._ids, conversation_id)
        self._ids.insert(at, conversation_id)
        self._slots.insert(at, slot)


def _tag_keys(text: str) -> Keys:
    """What a list of tags is found under, given as JSON; a conversation without tags under None."""
    tags: list[str] = msgspec.json.decode(text)
    return tuple(dict.fromkeys(map(fold_tag, tags))) or (None,)
