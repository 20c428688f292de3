"""Live events as processes: servers that are killed in the middle, that share a database, that are told to end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from live.listening import PATH, Told, told
from services.redis import RedisServer
from serving.process import PATIENCE_SECONDS, Process, client, helpdesk, served
from serving.test_crash import Chorus, conversations_of

BURST = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings that name a database: a file in the data folder, or one on the server."""
    found: dict[str, str] = {} if request.param == "sqlite" else request.getfixturevalue("migrated_postgres")
    return found


class Listener:
    """Somebody who listens, in a thread, until the connection ends."""

    def __init__(self, process: Process, headers: dict[str, str], last_event_id: str | None = None) -> None:
        self._process = process
        self._headers = headers | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        self.place = last_event_id
        self.events: list[Told] = []
        self.is_open = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        assert self.is_open.wait(PATIENCE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self.until_over()

    def until_over(self) -> None:
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def until(self, messages: set[str]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not messages <= set(self.messages):
            assert time.monotonic() < deadline, f"missing: {messages - set(self.messages)}"
            time.sleep(0.02)

    @property
    def messages(self) -> list[str]:
        return [one.data["details"]["message_id"] for one in list(self.events) if one.kind == "message_added"]

    def _listen(self) -> None:
        try:
            with client(self._process, self._headers) as caller, caller.stream("GET", PATH) as answer:
                for one in told(self._noted(answer.iter_lines())):
                    self.events.append(one)
        except httpx.TransportError:
            pass  # killed

    def _noted(self, lines: Iterator[str]) -> Iterator[str]:
        """An id counts when its event is whole, as for EventSource."""
        read = self.place
        for line in lines:
            if line.startswith("id: "):
                read = line.removeprefix("id: ")
            if not line:
                self.place = read
                self.is_open.set()
            if line.startswith(":"):
                self.is_open.set()
            yield line


def test_a_kill_in_the_middle_of_a_burst_leaves_no_gap(tmp_path: Path, where: dict[str, str]) -> None:
    headers = helpdesk(tmp_path, **where)
    kept: dict[str, str] = {}
    heard: list[Told] = []
    messages: list[str] = []
    conversations: list[str] = []
    place: str | None = None
    for turn in range(2):
        with served(tmp_path, **where) as process:
            with client(process, headers) as caller:
                conversations += conversations_of(caller) if not turn else []
            with Listener(process, headers, place) as listener:
                with Chorus(process, headers, conversations) as chorus:
                    chorus.wait_for(40)
                    time.sleep(random.Random(turn).random() / 5)
                    process.popen.kill()
                kept |= chorus.kept
            heard, messages, place = heard + listener.events, messages + listener.messages, listener.place
    with served(tmp_path, **where) as process:
        with Listener(process, headers, place) as listener:
            listener.until(set(kept) - set(messages))
            assert process.stop() == 0
        heard, messages = heard + listener.events, messages + listener.messages
    assert set(kept) <= set(messages), "each that was answered was told"
    assert len(messages) == len(set(messages))
    assert len(heard) == len({one.id for one in heard})


def test_one_server_hears_of_what_another_one_does(tmp_path: Path, where: dict[str, str]) -> None:
    headers = helpdesk(tmp_path, **where)
    with served(tmp_path, **where) as one, served(tmp_path, **where) as other:
        burst(one, other, headers)
        assert one.stop() == 0
    assert one.err + other.err == ""


def test_redis_carries_bells_between_servers(tmp_path: Path, redis_server: RedisServer) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path, REDIS_URL=redis_server.url) as one, served(tmp_path, REDIS_URL=redis_server.url) as other:
        burst(one, other, headers)
        assert one.stop() == 0
    assert one.err + other.err == ""


def test_two_workers_tell_each_other(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path, "--workers", 2) as process:
        burst(process, process, headers)
    assert process.err == ""


def message_of(event: Told) -> str | None:
    return event.data["details"]["message_id"] if event.kind == "message_added" else None


def burst(writing: Process, telling: Process, headers: dict[str, str]) -> None:
    """Several listeners on one server hear once, in one order, all that is said on another one; then it ends."""
    with client(writing, headers) as caller:
        conversations = conversations_of(caller)
    with listeners(telling, headers, 4) as crowd:
        with Chorus(writing, headers, conversations) as chorus:
            chorus.wait_for(BURST)
            chorus.stop()
        for one in crowd:
            one.until(set(chorus.kept))
        ids = [[event.id for event in one.events if message_of(event) in chorus.kept] for one in crowd]
        assert all(len(one) == len(set(one)) == len(chorus.kept) for one in ids)
        assert all(one == ids[0] for one in ids)
        assert telling.stop() == 0


@contextmanager
def listeners(process: Process, headers: dict[str, str], count: int) -> Iterator[list[Listener]]:
    crowd = [Listener(process, headers) for _ in range(count)]
    for one in crowd:
        one.__enter__()
    yield crowd
    for one in crowd:
        one.until_over()


def test_a_server_that_is_told_to_end_does_not_wait_for_its_listeners(tmp_path: Path) -> None:
    headers = helpdesk(tmp_path)
    with served(tmp_path) as process, listeners(process, headers, 3):
        assert process.stop() == 0
    assert process.err == "", "not even a word about answers that had to be cut off"
