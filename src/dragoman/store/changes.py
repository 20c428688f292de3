"""Following a table: which of an account's rows have changed since one last looked, none missed.

Each row carries, in `changed_in`, the transaction that wrote it last. SQLite has one writer, so a number that grows
from transaction to transaction is enough. On PostgreSQL transactions end in another order than they begin; there a
mark is a snapshot, and news is what that snapshot could not see and the present one can. A standby's
snapshots do not name the transactions that were running; there a mark ends below the oldest of them, and what was
committed above it is told more than once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import JSON, UserDefinedType

from dragoman.store.prepared import Statements, Take
from dragoman.store.tx import Tx
from dragoman.store.types import Instant

Mark: TypeAlias = str  # a number on SQLite, a snapshot on PostgreSQL: "xmin:xmax:running,…"
BEGINNING: Mark = ""
SEEN = literal_column(
    "CASE WHEN pg_is_in_recovery() THEN format('%1$s:%1$s:', pg_snapshot_xmin(pg_current_snapshot())) "
    "ELSE pg_current_snapshot()::text END",
    Text,
)
_NEWS, _ALL = Statements(), Statements()


class _Snapshot(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "pg_snapshot"


@dataclass(frozen=True, slots=True)
class News:
    """Rows as they are now, and the mark to ask with next time."""

    rows: list[tuple[Any, ...]]
    mark: Mark


async def since(tx: Tx, table: Table, columns: Sequence[str], mark: Mark) -> News:
    """What was committed behind a mark, as it is now; the snapshot of `tx` does not matter.

    Instants come as microseconds, JSON as text.
    """
    shape = (table.name, tuple(columns))
    if tx.session.dialect == "sqlite":
        known = int(mark or -1)
        rows = await _NEWS.latest(tx, shape, lambda form: _behind(form, table, columns), {"known": known})
        return News([row[1:] for row in rows], str(max((row[0] for row in rows), default=known)))
    values = {"oldest": int(mark.partition(":")[0] or 0), "seen": mark or "1:1:"}
    rows = await _NEWS.latest(tx, shape, lambda form: _unseen(form, table, columns), values)
    return News([row[2:] for row in rows if row[1] is not None], rows[0][0])


async def is_past(tx: Tx, table: Table, mark: Mark) -> bool:
    """Whether a mark may be asked with: not after a dump was restored elsewhere, where numbers begin anew."""
    return _latest(mark) <= _latest(await _mark_of(tx, table))


async def _mark_of(tx: Tx, table: Table) -> Mark:
    """That of the snapshot of `tx`."""
    ((now,),) = await _ALL.rows(tx, (table.name, "mark"), lambda form: _now(form, table), {})
    return str(-1 if now is None else now)


def _latest(mark: Mark) -> int:
    return int(mark.split(":")[1] if ":" in mark else mark)


async def everything(tx: Tx, table: Table, columns: Sequence[str], take: Take) -> Mark:
    """Give all rows of the account to `take`, in the order of their keys; the mark is that of the snapshot of `tx`."""
    shape = (table.name, tuple(columns))
    mark = await _mark_of(tx, table)
    await _ALL.stream(tx, shape, lambda form: _all(form, table, columns), {}, take)
    return mark


def _behind(form: Tx, table: Table, columns: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return form.select(table.c.changed_in, *_plain(table, columns)).where(table.c.changed_in > bindparam("known"))


def _unseen(form: Tx, table: Table, columns: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The snapshot comes along where there is no news, too."""
    one = select(literal_column("1")).subquery("one")
    written_in: ColumnElement[Any] = literal_column(f"{table.name}.changed_in::text::xid8")
    seen = func.pg_visible_in_snapshot(written_in, cast(bindparam("seen", type_=Text), _Snapshot()))
    oldest = bindparam("oldest", type_=BigInteger)
    is_news = and_(form.mine(table), table.c.changed_in >= oldest, seen == false())
    return select(SEEN, table.c.changed_in, *_plain(table, columns)).select_from(one.outerjoin(table, is_news))


def _now(form: Tx, table: Table) -> Select[*tuple[Any, ...]]:
    if form.session.dialect == "postgresql":
        return select(SEEN).where(cast(form.account_id, BigInteger) > 0)
    return form.select(func.max(table.c.changed_in)).select_from(table).where(form.mine(table))


def _all(form: Tx, table: Table, columns: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return form.select(*_plain(table, columns)).order_by(table.c.id)


def _plain(table: Table, columns: Sequence[str]) -> list[ColumnElement[Any]]:
    """Columns as the driver has them: nothing is made of a value that is only compared."""
    return [_as_is(table.c[name]) for name in columns]


def _as_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Instant):
        return type_coerce(column, BigInteger)
    return cast(column, Text) if isinstance(column.type, JSON) else column
