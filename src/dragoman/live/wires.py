"""How the processes of one installation hear of each other's commits."""

from __future__ import annotations

import importlib

from dragoman.store.bells import Wire
from dragoman.store.database import Database


def wire_for(database: Database, redis_url: str | None) -> Wire:
    """Redis where there is one, otherwise what the database has."""
    if redis_url:
        # Its client is large, and most do without.
        found: Wire = importlib.import_module("dragoman.live.redis_wire").RedisWire(redis_url)
        return found
    return database.backend.wire()
