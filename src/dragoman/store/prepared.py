"""Questions that are asked all the time: compiled once (compiled.py), then only filled in and handed to the driver.

They are kept by a key that names their shape; values are `bindparam`s with names.

    _NAMES = Statements()
    rows = await _NAMES.rows(tx, "by email", lambda form: form.select(users.c.name).where(users.c.email ==
                             bindparam("email")), {"email": email})
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, cast

from sqlalchemy import Select, bindparam

from dragoman.store.compiled import ACCOUNT, Prepared, prepare
from dragoman.store.tx import Tx

MOST_SHAPES = 1000
Make = Callable[[Tx], Select[*tuple[Any, ...]]]
Take = Callable[[list[tuple[Any, ...]]], None]


class Statements:
    """Compiled statements by their shape; the least used go first."""

    def __init__(self, most: int = MOST_SHAPES) -> None:
        self._kept: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._most = most

    async def rows(self, tx: Tx, shape: Hashable, make: Make, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of the statement of this shape in the account of `tx`.

        `make` is called when the shape is new: with a transaction whose account is a blank as well.
        """
        prepared = self._find(tx, shape, make)
        found = await tx.session.fetch(prepared.sql, prepared.filled(tx.account_id, values))
        return prepared.read(found)

    async def latest(self, tx: Tx, shape: Hashable, make: Make, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The same from what is committed by now: outside of the snapshot of `tx`, and without beginning one."""
        prepared = self._find(tx, shape, make)
        return prepared.read(await tx.session.latest(prepared.sql, prepared.filled(tx.account_id, values)))

    async def stream(self, tx: Tx, shape: Hashable, make: Make, values: Mapping[str, Any], take: Take) -> None:
        """Very many rows: given to `take` some thousand at a time, in a thread."""
        prepared = self._find(tx, shape, make)
        filled = prepared.filled(tx.account_id, values)
        await tx.session.stream(prepared.sql, filled, lambda rows: take(prepared.read(rows)))

    def _find(self, tx: Tx, shape: Hashable, make: Make) -> Prepared:
        key = (tx.session.dialect, shape)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = prepare(make(_form(tx)), tx.session.compiler)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


def _form(tx: Tx) -> Tx:
    return Tx(tx.session, cast(int, bindparam(ACCOUNT)), tx.actor, tx.now, tx.memory)
