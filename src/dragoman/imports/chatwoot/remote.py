"""The other server, asked page by page (chatwoot.md 2 to 6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

TRIES = 6
FIRST_WAIT_SECONDS = 1.0
BUSY = frozenset({429, 500, 502, 503, 504})
PATIENCE = httpx.Timeout(60.0, connect=15.0)


class Unreachable(Exception):
    """The other server does not answer, or not in its own language."""


class Refused(Exception):
    """It answers, and says no; `status` is what it said."""

    def __init__(self, path: str, status: int, text: str) -> None:
        super().__init__(f"{path}: {status} {text[:200]}")
        self.status = status


class Remote:
    """An account of a Chatwoot server, as the owner of a token sees it."""

    def __init__(self, client: httpx.AsyncClient, account_id: int) -> None:
        self._client = client
        self.account_id = account_id

    @property
    def name(self) -> str:
        """By which what comes from there is known here."""
        return f"{self._client.base_url.host}/{self.account_id}"

    async def get(self, path: str, **query: Any) -> Any:
        """Of the account. Raises Unreachable and Refused."""
        return (await self._asked(f"/api/v1/accounts/{self.account_id}{path}", query)).json()

    async def _asked(self, path: str, query: Mapping[str, Any]) -> httpx.Response:
        """A server that is busy is asked again, later each time."""
        wait = FIRST_WAIT_SECONDS
        for attempt in range(TRIES):
            try:
                answer = await self._client.get(path, params=query)
            except httpx.HTTPError as fault:
                if attempt == TRIES - 1:
                    raise Unreachable(f"{path}: {type(fault).__name__} {fault}") from fault
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in BUSY or attempt == TRIES - 1:
                    raise Refused(path, answer.status_code, answer.text)
                wait = max(wait, float(answer.headers.get("Retry-After", "0")[:5] or 0))
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60.0)
        raise AssertionError("unreachable")

    async def pages(self, path: str, *, payload: tuple[str, ...] = ("payload",), **query: Any) -> AsyncIterator[Any]:
        """Each record of a list that is read page by page, until a page is empty or says nothing new."""
        seen: set[Any] = set()
        number = 1
        while True:
            found = await self.get(path, page=number, **query)
            for step in payload:
                found = found[step]
            fresh = [one for one in found if one["id"] not in seen]
            if not fresh:
                return
            for one in fresh:
                seen.add(one["id"])
                yield one
            number += 1

    async def messages(self, conversation_id: int) -> list[Any]:
        """All of a conversation, oldest first."""
        found: list[Any] = []
        before: int | None = None
        while True:
            query = {} if before is None else {"before": before}
            page = (await self.get(f"/conversations/{conversation_id}/messages", **query))["payload"]
            known = {one["id"] for one in found}
            fresh = [one for one in page if one["id"] not in known]
            if not fresh:
                return found
            found = fresh + found
            before = fresh[0]["id"]

    async def file(self, address: str, most: int) -> bytes | None:
        """The bytes at an address that a message gave; None for more than `most`. Raises Unreachable and Refused."""
        chunks, size = [], 0
        try:
            async with self._client.stream("GET", address, follow_redirects=True) as answer:
                if not answer.is_success:
                    raise Refused(address, answer.status_code, "")
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > most:
                        return None
                    chunks.append(chunk)
        except httpx.HTTPError as fault:
            raise Unreachable(f"{address}: {type(fault).__name__} {fault}") from fault
        return b"".join(chunks)


@asynccontextmanager
async def reached(
    url: str, token: str, account_id: int | None, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Remote]:
    """The account of that id, or else the only one of the token's owner. Raises Unreachable and Refused."""
    headers = {"api_access_token": token, "Accept": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE, transport=transport) as client:
        remote = Remote(client, account_id or 0)
        if account_id is None:
            profile = (await remote._asked("/api/v1/profile", {})).json()
            accounts = [one["id"] for one in profile.get("accounts", [])]
            if len(accounts) != 1:
                raise Unreachable(f"the token's owner belongs to the accounts {accounts}: name one")
            remote.account_id = accounts[0]
        yield remote
