"""What is kept in memory is bounded, and what was used last stays."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.store.memory import Memory


@dataclass
class Thing:
    bytes: int = 10


class Other(Thing):
    pass


def test_what_was_not_used_for_longest_goes_first() -> None:
    memory = Memory(most_bytes=30)
    one, two, three = (memory.of(number, Thing) for number in (1, 2, 3))
    assert memory.of(1, Thing) is one  # used again: now the second is the oldest
    four = memory.of(4, Thing)
    assert [memory.of(1, Thing), memory.of(3, Thing), memory.of(4, Thing)] == [one, three, four]
    assert (memory.of(1, Thing) is one, memory.of(3, Thing) is three, memory.of(4, Thing) is four) == (True,) * 3
    assert memory.of(2, Thing) is not two


def test_what_has_grown_meanwhile_is_counted() -> None:
    memory = Memory(most_bytes=40)
    one, two = memory.of(1, Thing), memory.of(2, Thing)
    two.bytes = 25
    three = memory.of(3, Thing)
    assert (memory.of(3, Thing) is three, memory.of(2, Thing) is two, memory.of(1, Thing) is one) == (
        True,
        True,
        False,
    )


def test_the_newest_is_kept_whatever_it_takes() -> None:
    memory = Memory(most_bytes=5)
    one = memory.of(1, Thing)
    assert memory.of(1, Thing) is one


def test_each_account_has_one_of_each_kind() -> None:
    memory = Memory()
    thing, other = memory.of(1, Thing), memory.of(1, Other)
    assert (type(thing), type(other)) == (Thing, Other)
    assert (memory.of(1, Thing) is thing, memory.of(1, Other) is other, memory.of(2, Thing) is thing) == (
        True,
        True,
        False,
    )
