"""Who listens by HTTP: from the first webhook, inbox of programs or bot on, the account's log is followed for them."""

from __future__ import annotations

from dragoman.store import places
from dragoman.store.tx import Emitted, WriteTx

READER = "hooks"


async def begin(tx: WriteTx) -> None:
    """What happens from now on is told. An account where nobody listens is not followed, and pays nothing."""
    await places.begin(tx, READER)


async def on_webhook(tx: WriteTx, _event: Emitted) -> None:
    await begin(tx)
