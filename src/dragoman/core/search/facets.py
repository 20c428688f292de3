"""A facet: which slots have which of its values, one roaring bitmap for each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import compress
from typing import Any, TypeAlias

from pyroaring import BitMap

Keys: TypeAlias = tuple[Hashable, ...]
FEW = 32  # values that are looked for one after the other
NOBODY = BitMap()  # shared, and so never changed


def single(value: Any) -> Keys:
    return (value,)


class Facet:
    """A column of conversations. `keys_of` tells what a value is found under: itself, or each tag of a list.

    Each slot's value is kept as a small number besides, so that a change touches only what it changes.
    """

    __slots__ = ("_codes", "_keys", "_keys_of", "_of", "sets")

    def __init__(self, keys_of: Callable[[Any], Keys] = single) -> None:
        self.sets: dict[Hashable, BitMap] = {}
        self._keys_of = keys_of
        self._codes: dict[Hashable, int] = {}
        self._keys: list[Keys] = []
        self._of = array("B")

    def put(self, slot: int, value: Hashable) -> None:
        """Give a slot a value; a slot is one that is known, or the next."""
        code = self._code(value)
        if slot == len(self._of):
            self._of.append(code)
            before: Keys = ()
        else:
            if self._of[slot] == code:
                return
            before = self._keys[self._of[slot]]
            self._of[slot] = code
        self._move(slot, before, self._keys[code])

    def fill(self, values: Iterable[Hashable]) -> None:
        """Give the next slots their values, many times faster than one by one; `settle` makes them findable."""
        given = tuple(values)
        for value in dict.fromkeys(given):
            self._code(value)
        self._of.extend(map(self._codes.__getitem__, given))

    def settle(self) -> None:
        """Make the bitmaps of everything that `fill` brought."""
        by_code = self._found_each() if len(self._keys) <= FEW else self._dealt_out()
        for keys, slots in zip(self._keys, by_code, strict=True):
            for key in keys:
                self.sets[key] = self.having(key) | BitMap(slots)

    def _found_each(self) -> Iterator[array[int]]:
        """The slots of each code, looking through all of them once for each."""
        codes = self._of.tobytes()
        for code in range(len(self._keys)):
            is_this = bytes(int(one == code) for one in range(256))
            yield array("I", compress(range(len(codes)), codes.translate(is_this)))

    def _dealt_out(self) -> Iterator[array[int]]:
        lists = [array("I") for _ in self._keys]
        for slot, code in enumerate(self._of):
            lists[code].append(slot)
        yield from lists

    def parts(self) -> dict[str, Any]:
        """All of it, in terms that can be kept (packing.py)."""
        sets = [(key, slots.serialize()) for key, slots in self.sets.items()]
        return {"values": list(self._codes), "width": self._of.typecode, "codes": self._of.tobytes(), "sets": sets}

    def load(self, parts: Mapping[str, Any]) -> None:
        """Become what `parts` told of."""
        for value in parts["values"]:
            self._code(value)
        self._of = array(parts["width"], parts["codes"])
        self.sets = {key: BitMap.deserialize(slots) for key, slots in parts["sets"]}

    def having(self, key: Hashable) -> BitMap:
        return self.sets.get(key, NOBODY)

    def any_of(self, keys: Iterable[Hashable]) -> BitMap:
        found = [self.sets[key] for key in dict.fromkeys(keys) if key in self.sets]
        return found[0] if len(found) == 1 else BitMap.union(*found) if found else NOBODY

    def value_of(self, slot: int) -> Keys:
        return self._keys[self._of[slot]]

    def texts(self) -> Iterator[str]:
        """The keys in use that are texts."""
        return (key for key, slots in self.sets.items() if isinstance(key, str) and slots)

    def _code(self, value: Hashable) -> int:
        code = self._codes.get(value)
        if code is None:
            code = self._codes[value] = len(self._keys)
            self._keys.append(self._keys_of(value))
            if code in (1 << 8, 1 << 16):
                self._of = array("H" if code == 1 << 8 else "I", self._of)
        return code

    def _move(self, slot: int, before: Keys, after: Keys) -> None:
        for key in before:
            if key not in after:
                self.sets[key].discard(slot)
        for key in after:
            if key not in before:
                self.sets.setdefault(key, BitMap()).add(slot)
