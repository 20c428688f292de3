"""What all tables share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, FetchedValue, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, Table
from sqlalchemy.schema import SchemaItem

from dragoman.store.types import Instant, Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def instant(name: str, *, required: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=not required)


def key(name: str, *, required: bool = False) -> Column[Any]:
    """A column that holds the id of a row elsewhere."""
    return Column(name, Key, nullable=not required)


def changed_in() -> Column[Any]:
    """The transaction that wrote a row last (store/changes.py); PostgreSQL fills it in by itself."""
    return Column("changed_in", BigInteger, nullable=False, server_default=FetchedValue())


def refers(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference that cannot leave the account."""
    return ForeignKeyConstraint(["account_id", column], [f"{table}.account_id", f"{table}.id"], ondelete=ondelete)


def numbered(name: str, *items: SchemaItem) -> Table:
    """A tenant table whose rows have an id of their own, unique in the whole database."""
    return Table(
        name,
        metadata,
        Column("account_id", Key, nullable=False),
        Column("id", Key, nullable=False, autoincrement=False),
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        *items,
    )


def related(name: str, primary: tuple[str, ...], *items: SchemaItem) -> Table:
    """A tenant table that is known by what it relates."""
    return Table(
        name,
        metadata,
        Column("account_id", Key, nullable=False),
        *items,
        PrimaryKeyConstraint("account_id", *primary),
        sqlite_with_rowid=False,
    )
