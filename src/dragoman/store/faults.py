"""What a database can refuse at any time, in words of ours: the drivers and SQLAlchemy name it in a dozen ways."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, TimeoutError

# Two transactions that wait for each other, or whose snapshots do not fit together: PostgreSQL ends one of them.
COLLISIONS = frozenset({"40001", "40P01"})


class Clash(Exception):
    """Somebody else was faster, and what they wrote leaves no room for this. Asking again sees their change."""


class Busy(Exception):
    """The database is locked, overloaded or out of reach. Nothing was written; later it may work again."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raises Clash and Busy for what the database raises; anything else is a fault of ours and stays what it is."""
    try:
        yield
    except IntegrityError as fault:
        raise Clash(str(fault.orig)) from fault
    except sqlite3.IntegrityError as fault:
        raise Clash(str(fault)) from fault
    except (OperationalError, InterfaceError, TimeoutError, ConnectionError, sqlite3.OperationalError) as fault:
        raise Busy(str(fault)) from fault
    except DBAPIError as fault:
        if fault.connection_invalidated or getattr(fault.orig, "sqlstate", None) in COLLISIONS:
            raise Busy(str(fault.orig)) from fault
        raise
