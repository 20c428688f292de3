"""A server killed at any instant has kept what it has answered for, and nothing half."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dragoman.app import build_services
from dragoman.config import Settings
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages.models import Message
from dragoman.core.search import words
from dragoman.dialects.aurion.ids import Prefix, parse
from dragoman.store import fulltext, schema
from dragoman.store.tx import Tx
from indexes import assert_index_is_right
from serving.process import Process, client, helpdesk, served

BASE = "/api/v2/conversations"
WRITERS = 4
ROUNDS = 2


class Chorus:
    """Writers who reply to conversations until the server is gone, and remember every 201."""

    def __init__(self, process: Process, headers: dict[str, str], conversations: list[str]) -> None:
        self._process, self._headers, self._conversations = process, headers, conversations
        self.kept: dict[str, str] = {}
        self.refused: list[int] = []
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> Chorus:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """No more, though the server is there."""
        self._is_over.set()

    def wait_for(self, count: int) -> None:
        while len(self.kept) < count:
            assert self._process.popen.poll() is None, self._process.err
            time.sleep(0.01)

    def _write(self, number: int) -> None:
        dice = random.Random(number)
        with client(self._process, self._headers) as caller:
            for turn in range(100_000):
                if self._is_over.is_set():
                    return
                at = dice.choice(self._conversations)
                body = f"zebra{number}x{turn}"
                try:
                    response = caller.post(f"{BASE}/{at}/reply", json={"body": body, "type": "reply"})
                except httpx.HTTPError:
                    return  # killed
                if response.status_code != 201:
                    self.refused.append(response.status_code)
                    return
                self.kept[response.json()["id"]] = body


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings that name a database: a file in the data folder, or one on the server."""
    if request.param == "sqlite":
        yield {}
        return
    yield request.getfixturevalue("migrated_postgres")


def conversations_of(caller: httpx.Client) -> list[str]:
    contact = caller.post("/api/v2/contacts", json={"name": "Jane", "email": "jane@example.com"}).json()["id"]
    told = [{"subject": f"Story {one}", "contact_id": contact, "description": "Begins"} for one in range(4)]
    return [caller.post(BASE, json=one).json()["id"] for one in told]


def test_a_kill_at_any_instant_loses_nothing_answered(tmp_path: Path, where: dict[str, str]) -> None:
    headers = helpdesk(tmp_path, **where)
    kept: dict[str, str] = {}
    conversations: list[str] = []
    for turn in range(ROUNDS):
        with served(tmp_path, **where) as process:
            with client(process, headers) as caller:
                conversations += conversations_of(caller) if not turn else []
            with Chorus(process, headers, conversations) as chorus:
                chorus.wait_for(40)
                time.sleep(random.Random(turn).random() / 5)
                process.popen.kill()
            kept |= chorus.kept
            assert not chorus.refused
    with served(tmp_path, **where) as process, client(process, headers) as caller:
        assert caller.get(BASE).json()["total"] == len(conversations)
        assert process.stop() == 0
    asyncio.run(_assert_whole(settings(tmp_path, where), kept))


@pytest.mark.parametrize("together", ["two commands", "two workers"])
def test_two_servers_on_one_file_lose_nothing(tmp_path: Path, together: str) -> None:
    headers = helpdesk(tmp_path)
    words = ["--workers", 2] if together == "two workers" else []
    with served(tmp_path, *words) as one, served(tmp_path) as other:
        with client(one, headers) as caller:
            conversations = conversations_of(caller)
        with Chorus(one, headers, conversations) as first, Chorus(other, headers, conversations) as second:
            first.wait_for(60)
            second.wait_for(60)
            for process in (one, other):
                assert process.stop() == 0
        assert not first.refused + second.refused
        assert "locked" not in one.err + other.err
    assert not first.kept.keys() & second.kept.keys()
    asyncio.run(_assert_whole(settings(tmp_path, {}), first.kept | second.kept))


def settings(folder: Path, where: dict[str, str]) -> Settings:
    return Settings(data_dir=folder / "data", database_url=where.get("DATABASE_URL", ""))


async def _assert_whole(settings: Settings, kept: dict[str, str]) -> None:
    services = build_services(settings)
    async with services.database.read(1) as tx:
        messages = {one.id: one for one in await tx.all(Message, tx.select(Message))}
        told = {parse(Prefix.MESSAGE, shown): body for shown, body in kept.items()}
        assert {one: messages[one].body for one in told if one in messages} == told
        await _assert_conversations_agree(tx, messages)
        await assert_index_is_right(tx)
        await _assert_found(tx, messages)
    await services.database.close()


async def _assert_conversations_agree(tx: Tx, messages: dict[int, Message]) -> None:
    """Rows, counts, versions and events of each conversation."""
    events = await tx.rows(tx.select(schema.events.c.conversation_id, schema.events.c.kind, schema.events.c.data))
    announced = {data["message_id"]: conversation for conversation, kind, data in events if kind == "message_added"}
    assert announced == {one.id: one.conversation_id for one in messages.values()}
    counted = Counter(one.conversation_id for one in messages.values())
    for one in await tx.all(Conversation, tx.select(Conversation)):
        assert one.message_count == counted[one.id]
        assert one.version == counted[one.id], "each message makes a version, the first along with the conversation"


async def _assert_found(tx: Tx, messages: dict[int, Message]) -> None:
    """Each message, and no other, has its search document, and the index finds it."""
    documents = schema.search_documents.c
    rows = await tx.rows(tx.select(documents.id, documents.words))
    indexed: dict[int, Any] = {row[0]: row[1] for row in rows if row[0] in messages}
    assert indexed == {
        one.id: fulltext.document(tx.account_id, words.document_words(one.body)) for one in messages.values()
    }
    for one in random.Random(1).sample(sorted(messages.values(), key=lambda one: one.id), 20):
        found = await fulltext.all_having(tx, words.document_words(one.body)[0])
        assert one.conversation_id in found
