"""A ladder: slots in the order of a value, so that any choice of them can be counted, paged and cut out by it.

Slots hang on rungs of some 128, rungs in flights of some 128. A flight knows all its slots as one bitmap, so that
what a question has chosen is counted a flight at a time, in microseconds, and only the rungs that a page lies on are
looked at. A page costs the same at the beginning and deep inside, in ten thousand slots and in a million.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from pyroaring import BitMap

RUNG, FLIGHT = 128, 128
FEW = 256  # slots that are sorted faster than they are looked for
BEFORE_ALL = -1  # no id is negative
Key: TypeAlias = tuple[Any, int]  # the value, and the id, which breaks every tie


class Flight:
    """Neighbouring rungs, each with the least key that may hang on it."""

    __slots__ = ("firsts", "members", "rungs")

    def __init__(self, firsts: list[Key], rungs: list[BitMap]) -> None:
        self.firsts, self.rungs = firsts, rungs
        self.members = BitMap.union(*rungs)


class Ladder:
    """Slots by `values[slot]`, then by `ids[slot]`; `least` is below every value.

    A slot whose value is about to change is taken off first.
    """

    def __init__(self, values: Sequence[Any], ids: Sequence[int], *, least: Any) -> None:
        self._values, self._ids, self._least = values, ids, least
        self.fill(())

    def fill(self, slots: Iterable[int]) -> None:
        """Hang just these, many times faster than one by one."""
        ordered = array("I", sorted(sorted(slots, key=self._ids.__getitem__), key=self._values.__getitem__))
        parts = [ordered[at : at + RUNG] for at in range(0, len(ordered), RUNG)] or [ordered]
        firsts = [(self._least, BEFORE_ALL), *(self._key(part[0]) for part in parts[1:])]
        self._hang(firsts, [BitMap(part) for part in parts])

    def parts(self) -> list[Any]:
        """All of it, in terms that can be kept (packing.py): each rung, and the least key of each but the lowest."""
        rungs = [rung.serialize() for flight in self._flights for rung in flight.rungs]
        return [rungs, [key for flight in self._flights for key in flight.firsts][1:]]

    def load(self, parts: Sequence[Any]) -> None:
        """Become what `parts` told of."""
        rungs, firsts = parts
        lowest = (self._least, BEFORE_ALL)
        self._hang([lowest, *map(tuple, firsts)], [BitMap.deserialize(rung) for rung in rungs])

    def _hang(self, firsts: list[Key], rungs: list[BitMap]) -> None:
        self._flights = [
            Flight(firsts[at : at + FLIGHT], rungs[at : at + FLIGHT]) for at in range(0, len(rungs), FLIGHT)
        ]
        self._firsts = [flight.firsts[0] for flight in self._flights]

    @property
    def members(self) -> BitMap:
        """All that hang on it."""
        return BitMap.union(*(flight.members for flight in self._flights))

    def __len__(self) -> int:
        return sum(len(flight.members) for flight in self._flights)

    def add(self, slot: int) -> None:
        where, at = self._place(slot)
        flight = self._flights[where]
        flight.members.add(slot)
        flight.rungs[at].add(slot)
        if len(flight.rungs[at]) > 2 * RUNG:
            self._split_rung(where, at)

    def discard(self, slot: int) -> None:
        where, at = self._place(slot)
        flight = self._flights[where]
        flight.members.discard(slot)
        flight.rungs[at].discard(slot)
        if at and len(flight.rungs[at]) < RUNG // 4:
            self._join_rung(where, at)

    def page(self, chosen: BitMap, *, offset: int, limit: int, is_descending: bool) -> list[int]:
        """The slots of `chosen` in order, from `offset` on; all of them must hang on the ladder."""
        if len(chosen) <= FEW:
            return self._ordered(chosen, is_descending=is_descending)[offset : offset + limit]
        found: list[int] = []
        for flight in _turned(self._flights, is_descending):
            count = chosen.intersection_cardinality(flight.members)
            if offset >= count:
                offset -= count
                continue
            whole = [flight.members] if count <= FEW else _turned(flight.rungs, is_descending)
            for part in map(chosen.intersection, whole):
                if offset >= len(part):
                    offset -= len(part)
                    continue
                found += self._ordered(part, is_descending=is_descending)[offset : offset + limit - len(found)]
                offset = 0
                if len(found) == limit:
                    return found
        return found

    def between(self, first: Any, behind: Any) -> BitMap:
        """The slots whose value is not below `first` and is below `behind`; None is no bound."""
        parts = []
        for where in _touched(self._firsts, first, behind):
            upper = self._firsts[where + 1] if where + 1 < len(self._firsts) else None
            flight = self._flights[where]
            if _is_inside(self._firsts[where], upper, first, behind):
                parts.append(flight.members)
            else:
                parts += self._rungs_between(flight, upper, first, behind)
        return BitMap.union(*parts) if parts else BitMap()

    def _rungs_between(self, flight: Flight, upper: Key | None, first: Any, behind: Any) -> Iterable[BitMap]:
        for at in _touched(flight.firsts, first, behind):
            following = flight.firsts[at + 1] if at + 1 < len(flight.firsts) else upper
            if _is_inside(flight.firsts[at], following, first, behind):
                yield flight.rungs[at]
            else:
                values = self._values
                yield BitMap([slot for slot in flight.rungs[at] if _is_within(values[slot], first, behind)])

    def _key(self, slot: int) -> Key:
        return self._values[slot], self._ids[slot]

    def _ordered(self, slots: Iterable[int], *, is_descending: bool = False) -> list[int]:
        chosen = list(slots)
        values, ids = map(self._values.__getitem__, chosen), map(self._ids.__getitem__, chosen)
        return [slot for _, _, slot in sorted(zip(values, ids, chosen, strict=True), reverse=is_descending)]

    def _place(self, slot: int) -> tuple[int, int]:
        """Which flight, and which of its rungs."""
        key = self._key(slot)
        where = bisect_right(self._firsts, key) - 1
        return where, bisect_right(self._flights[where].firsts, key) - 1

    def _split_rung(self, where: int, at: int) -> None:
        """In halves; a rung at the top stays full below, for most of what comes is newer than all there is."""
        flight = self._flights[where]
        ordered = self._ordered(flight.rungs[at])
        is_top = where == len(self._flights) - 1 and at == len(flight.rungs) - 1
        middle = len(ordered) - RUNG // 2 if is_top else len(ordered) // 2
        flight.rungs[at : at + 1] = [BitMap(ordered[:middle]), BitMap(ordered[middle:])]
        flight.firsts.insert(at + 1, self._key(ordered[middle]))
        if len(flight.rungs) > 2 * FLIGHT:
            self._split_flight(where)

    def _split_flight(self, where: int) -> None:
        flight = self._flights[where]
        middle = len(flight.rungs) // 2
        self._flights[where : where + 1] = [
            Flight(flight.firsts[:middle], flight.rungs[:middle]),
            Flight(flight.firsts[middle:], flight.rungs[middle:]),
        ]
        self._firsts.insert(where + 1, flight.firsts[middle])

    def _join_rung(self, where: int, at: int) -> None:
        """With its lower neighbour, so that what leaves for another place leaves no empty rungs behind."""
        flight = self._flights[where]
        if len(flight.rungs[at - 1]) > RUNG:
            return
        flight.rungs[at - 1] |= flight.rungs[at]
        del flight.rungs[at], flight.firsts[at]
        if where and len(flight.rungs) < FLIGHT // 4:
            self._join_flight(where)

    def _join_flight(self, where: int) -> None:
        lower, upper = self._flights[where - 1 : where + 1]
        if len(lower.rungs) <= FLIGHT:
            self._flights[where - 1 : where + 1] = [Flight(lower.firsts + upper.firsts, lower.rungs + upper.rungs)]
            del self._firsts[where]


def _turned(parts: Sequence[Any], is_descending: bool) -> Iterable[Any]:
    return reversed(parts) if is_descending else parts


def _touched(firsts: list[Key], first: Any, behind: Any) -> range:
    """Which parts may have values within the bounds."""
    start = 0 if first is None else max(bisect_left(firsts, (first, BEFORE_ALL)) - 1, 0)
    return range(start, len(firsts) if behind is None else bisect_left(firsts, (behind, BEFORE_ALL)))


def _is_inside(lower: Key, upper: Key | None, first: Any, behind: Any) -> bool:
    """Whether all that may lie from `lower` on and below `upper` is within the bounds."""
    if first is not None and lower < (first, BEFORE_ALL):
        return False
    return behind is None or (upper is not None and upper <= (behind, BEFORE_ALL))


def _is_within(value: Any, first: Any, behind: Any) -> bool:
    return (first is None or value >= first) and (behind is None or value < behind)
