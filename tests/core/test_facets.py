"""A facet beside a plain dict, whatever is put, filled and settled."""

from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.core.search.facets import Facet, Keys, single

Value = Hashable
WORDS = ["a", "b", "c", ""]


def tag_keys(value: Value) -> Keys:
    """As tags are: each once, and None for none."""
    assert isinstance(value, tuple)
    return tuple(dict.fromkeys(value)) or (None,)


singles = st.one_of(st.none(), st.sampled_from(WORDS), st.integers(0, 3))
lists = st.lists(st.sampled_from(WORDS), max_size=3).map(tuple)


def parts(values: st.SearchStrategy[Value]) -> st.SearchStrategy[list[tuple[str, list[Value], int]]]:
    """Fillings, each followed by a settling, and single changes between them."""
    kinds = st.tuples(st.sampled_from(["fill", "put", "put"]), st.lists(values, max_size=12), st.integers(0, 50))
    return st.lists(kinds, max_size=10)


def played(facet: Facet, history: list[tuple[str, list[Value], int]]) -> dict[int, Value]:
    """What each slot holds in the end."""
    held: dict[int, Value] = {}
    for kind, values, at in history:
        if kind == "fill":
            facet.fill(values)
            facet.settle()
            held.update(enumerate(values, len(held)))
            continue
        for step, value in enumerate(values):
            slot = (at + 3 * step) % (len(held) + 1)
            facet.put(slot, value)
            held[slot] = value
    return held


def assert_is_like(facet: Facet, held: dict[int, Value], keys_of: dict[Value, Keys]) -> None:
    wanted: dict[Hashable, set[int]] = {}
    for slot, value in held.items():
        assert set(facet.value_of(slot)) == set(keys_of[value])
        for key in keys_of[value]:
            wanted.setdefault(key, set()).add(slot)
    assert {key: set(slots) for key, slots in facet.sets.items() if slots} == wanted
    assert set(facet.having("never used")) == set()
    assert sorted(facet.texts()) == sorted(key for key in wanted if isinstance(key, str))
    for several in (["a"], ["a", "b", "a"], [None, "c", 1], ["never used"], []):
        assert set(facet.any_of(several)) == set().union(*(wanted.get(key, set()) for key in several))


@given(history=parts(singles))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_column_of_single_values(history: list[tuple[str, list[Value], int]]) -> None:
    facet = Facet()
    held = played(facet, history)
    assert_is_like(facet, held, {value: single(value) for value in held.values()})


@given(history=parts(lists))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_column_of_lists(history: list[tuple[str, list[Value], int]]) -> None:
    facet = Facet(tag_keys)
    held = played(facet, history)
    assert_is_like(facet, held, {value: tag_keys(value) for value in held.values()})


def test_more_values_than_a_byte_and_than_two_can_number() -> None:
    """Each value's number takes one byte, then two, then four; what was there before keeps its own."""
    for size in (255, 256, 257, 65_535, 65_537):
        filled, changed = Facet(), Facet()
        filled.fill(range(size))
        filled.settle()
        for slot in range(size):
            changed.put(slot, slot)
        for facet in (filled, changed):
            facet.put(0, size - 1)
            facet.put(1, "new")
            assert [set(facet.having(key)) for key in (0, 1, 2, size - 1, "new")] == [
                set(),
                set(),
                {2},
                {0, size - 1},
                {1},
            ]
            assert (facet.value_of(0), facet.value_of(254)) == ((size - 1,), (254,))


def test_what_any_of_gives_is_not_changed_by_who_looks() -> None:
    facet = Facet()
    facet.put(0, "a")
    assert set(facet.any_of(["none"]) | facet.any_of(["a"])) == {0}
    assert (set(facet.any_of(["none"])), set(facet.having("a"))) == (set(), {0})
