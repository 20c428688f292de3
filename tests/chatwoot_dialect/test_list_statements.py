"""A page of 25 costs as many statements as a page of one, whatever is asked and however much there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.test_filter import define, row
from dragoman.store.tx import Session

LISTS = ["", "sort_by=priority_desc", "labels=a&assignee_type=unassigned", "conversation_type=unattended", "page=2"]


class Counted:
    """A session that counts what is asked of the database, in whatever way."""

    def __init__(self, session: Session, asked: list[str]) -> None:
        self._session, self._asked = session, asked

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._session, name)
        if name not in ("fetch", "latest", "execute", "execute_slowly", "stream"):
            return known

        def asking(*given: Any, **more: Any) -> Any:
            self._asked.append(str(given[0]))
            return known(*given, **more)

        return asking


class CountedBackend:
    def __init__(self, backend: Any) -> None:
        self._backend, self.asked = backend, list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        async with self._backend.read() as session:
            yield Counted(session, self.asked)


async def statements(office: Office, method: str, path: str, body: Any = None) -> list[str]:
    database = office.world.database
    whole = database.backend
    database.backend = counted = CountedBackend(whole)
    try:
        await office.agent.ok(method, f"{office.base}/conversations{path}", *([] if body is None else [body]))
    finally:
        database.backend = whole
    return counted.asked


@pytest.mark.parametrize("query", LISTS)
async def test_a_list_asks_the_same_of_few_and_of_many(office: Office, query: str) -> None:
    await office.conversation("Hello", tags=("a",))
    await statements(office, "GET", f"?{query}")
    for _ in range(29):
        await office.conversation("Hello", tags=("a",))
    await statements(office, "GET", "?page=1")
    await statements(office, "GET", "?page=2")
    many = await statements(office, "GET", f"?{query}")
    assert len(many) <= 9, "\n".join(many)
    assert not any("count(" in one.lower() for one in many)


async def test_a_filter_asks_the_same_of_few_and_of_many(office: Office) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        await define(tx, plan="text")
    body = {"payload": [row("plan", "equal_to", "gold", joint="OR"), row("referer", "contains", "shop")]}
    for _ in range(30):
        await office.conversation("Hello", custom_attrs={"plan": "Gold"})
    await statements(office, "POST", "/filter", body)
    many = await statements(office, "POST", "/filter", body)
    assert len(many) <= 10, "\n".join(many)
    read_through = [one for one in many if "conversations.custom_attrs" in one and "changed_in" not in one]
    assert (read_through, [one for one in many if "count(" in one.lower()]) == ([], [])
