"""The client of Chatwoot's own pages, `@rails/actioncable`, stays connected and hears (statements 152, 153, 156)."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.served import served
from chatwoot_dialect.test_cable import say, ticket
from live.listening import settled

HERE = Path(__file__).parent / "clients"
INSTALLED = Path(__file__).resolve().parents[2] / ".services" / "clients"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients and what they need, installed by npm once for all test processes."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed here: apt-get install -y nodejs npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("package.json", "cable.mjs"):
            shutil.copy(HERE / name, INSTALLED / name)
        if not (INSTALLED / "node_modules" / "ws").exists():
            asyncio.run(_install())
    return INSTALLED


async def _install() -> None:
    command = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
    process = await asyncio.create_subprocess_exec(*command, cwd=INSTALLED)
    assert await process.wait() == 0, "npm could not install the clients"


@asynccontextmanager
async def listening(clients: Path, port: int, **who: Any) -> AsyncIterator[asyncio.StreamReader]:
    """What the client prints."""
    told = json.dumps({"channel": "RoomChannel", **who})
    process = await asyncio.create_subprocess_exec(
        *("node", "cable.mjs", f"ws://127.0.0.1:{port}/cable", told),
        cwd=clients,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.stdin.close()
        await process.wait()


async def told(lines: asyncio.StreamReader) -> Any:
    """The next that is not about presence."""
    while True:
        async with asyncio.timeout(PATIENCE):
            line = json.loads(await lines.readline())
        if line.get("event") != "presence.update":
            return line


async def test_it_connects_hears_and_stays(office: Office, clients: Path) -> None:
    number = await office.conversation("Hello?")
    await settled(office.world)
    async with served(office.world.services) as port:
        async with listening(clients, port, **await ticket(office.agent)) as lines:
            assert await told(lines) == {"connected": True}
            await asyncio.sleep(7)  # it gives up after 6 s without a ping
            await say(office, number, "Still there?")
            heard = await told(lines)
            assert (heard["event"], heard["data"]["content"]) == ("message.created", "Still there?")
        async with listening(clients, port, **{**await ticket(office.agent), "pubsub_token": "wrong"}) as lines:
            assert await told(lines) == {"rejected": True}
