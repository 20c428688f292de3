"""A ladder beside a plain sorted list, whatever is hung on it and taken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from dragoman.core.search import ladder
from dragoman.core.search.ladder import Ladder

LEAST = -(10**6)
values = st.integers(-4, 12)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("hang"), st.integers(0, 10**6), values),
        st.tuples(st.just("move"), st.integers(0, 10**6), values),
        st.tuples(st.just("take"), st.integers(0, 10**6), st.just(0)),
    ),
    max_size=150,
)


@contextmanager
def short_rungs() -> Iterator[None]:
    """So that a handful of slots makes many rungs and flights."""
    with patch.multiple(ladder, RUNG=4, FLIGHT=8, FEW=3):
        yield


class Model:
    """A ladder and, beside it, what it should hold. Ids fall where slots rise, so that neither stands for the other."""

    def __init__(self, filled: list[int]) -> None:
        self.values = list(filled)
        self.ids = [10**7 - slot for slot in range(len(filled))]
        self.pool = list(range(len(filled)))  # what hangs on it, in no order
        self.ladder = Ladder(self.values, self.ids, least=LEAST)
        self.ladder.fill(self.pool)

    @property
    def held(self) -> set[int]:
        return set(self.pool)

    def hang(self, _which: int, value: int) -> None:
        self.pool.append(len(self.values))
        self.values.append(value)
        self.ids.append(10**7 - len(self.ids))
        self.ladder.add(len(self.values) - 1)

    def move(self, which: int, value: int) -> None:
        if self.pool:
            slot = self.pool[which % len(self.pool)]
            self.ladder.discard(slot)
            self.values[slot] = value
            self.ladder.add(slot)

    def take(self, which: int, _value: int) -> None:
        if self.pool:
            at = which % len(self.pool)
            self.ladder.discard(self.pool[at])
            self.pool[at] = self.pool[-1]
            self.pool.pop()

    def play(self, history: list[tuple[str, int, int]]) -> None:
        for kind, which, value in history:
            getattr(self, kind)(which, value)

    def ordered(self, chosen: set[int], *, is_descending: bool) -> list[int]:
        return sorted(chosen, key=lambda slot: (self.values[slot], self.ids[slot]), reverse=is_descending)

    def within(self, first: int | None, behind: int | None) -> set[int]:
        return {
            slot
            for slot in self.held
            if (first is None or self.values[slot] >= first) and (behind is None or self.values[slot] < behind)
        }

    def assert_is_right(self, chosen: set[int], offset: int, limit: int, bounds: tuple[Any, Any]) -> None:
        assert len(self.ladder) == len(self.held)
        for some in (self.held, chosen & self.held):
            for is_descending in (False, True):
                page = self.ladder.page(BitMap(some), offset=offset, limit=limit, is_descending=is_descending)
                assert page == self.ordered(some, is_descending=is_descending)[offset : offset + limit]
        assert set(self.ladder.between(*bounds)) == self.within(*bounds)


@given(
    filled=st.lists(values, max_size=120),
    history=steps,
    chosen=st.sets(st.integers(0, 250)),
    offset=st.integers(0, 60),
    limit=st.integers(1, 30),
    bounds=st.tuples(st.none() | values, st.none() | values),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_pages_and_spans_are_those_of_a_sorted_list(
    filled: list[int],
    history: list[tuple[str, int, int]],
    chosen: set[int],
    offset: int,
    limit: int,
    bounds: tuple[int | None, int | None],
) -> None:
    with short_rungs():
        model = Model(filled)
        model.play(history)
        model.assert_is_right(chosen, offset, limit, bounds)


@given(filled=st.lists(values, max_size=80), history=steps)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_paging_through_meets_each_slot_once(filled: list[int], history: list[tuple[str, int, int]]) -> None:
    with short_rungs():
        model = Model(filled)
        model.play(history)
        pages = [
            model.ladder.page(BitMap(model.held), offset=at, limit=7, is_descending=True)
            for at in range(0, len(model.held) + 7, 7)
        ]
        assert [slot for page in pages for slot in page] == model.ordered(model.held, is_descending=True)


def test_flights_part_and_join_again() -> None:
    """As it grows to hundreds of rungs and shrinks to a few, thrice: here and there, at the top, at the bottom."""
    rng = Random(5)
    with short_rungs():
        model = Model([])
        for value_of in (lambda: rng.randrange(500), lambda: 500 + len(model.pool), lambda: -len(model.pool)):
            for kinds in ("hang",) * 4, ("hang", "move"), ("take", "take", "move"), ("take",) * 4:
                for _ in range(4):
                    model.play([(rng.choice(kinds), rng.randrange(10**6), value_of()) for _ in range(100)])
                    model.assert_is_right(set(range(0, 10**4, 3)), 100, 20, (100, 300))
                    model.assert_is_right(set(), 0, 10**4, (None, 501))


def test_rungs_of_their_real_length() -> None:
    rng = Random(11)
    model = Model([rng.randrange(5000) for _ in range(40_000)])
    for _ in range(4):
        kinds = rng.choices(("hang", "move", "take"), (3, 4, 3), k=1500)
        model.play([(kind, rng.randrange(10**6), rng.choice((rng.randrange(6000), 9999))) for kind in kinds])
        chosen = set(rng.sample(range(40_000), 9000))
        for offset, bounds in ((0, (None, 300)), (4444, (2000, 4000)), (8800, (4000, None)), (30_000, (7, 8))):
            model.assert_is_right(chosen, offset, 50, bounds)


def test_nothing_hangs_on_an_empty_ladder() -> None:
    empty = Ladder([], [], least=LEAST)
    assert (len(empty), empty.page(BitMap(), offset=0, limit=5, is_descending=True)) == (0, [])
    assert empty.between(None, None) == BitMap()
