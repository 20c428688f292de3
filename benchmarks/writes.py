"""Writes, measured: creating, replying, good replies beside failing ones, and the raw driver with the same rows."""

from __future__ import annotations

import json
from typing import Any

from benchmarks import raw
from benchmarks.client import Asking, Load
from benchmarks.drawing import LIST
from benchmarks.lists import Desk
from benchmarks.places import ACCOUNT, run_sql
from dragoman.dialects.aurion.ids import Prefix, show

CONNECTIONS = 32
CROWD = 1000  # conversations that are written in, so that hardly two writers want the same one
THANKS = "Thank you for waiting: a new one is on its way to you."
GOOD = "This one is good, whatever happens beside it."


def measure_writes(desk: Desk, seconds: float) -> None:
    some = _some(desk)
    _create(desk, some, seconds)
    before = _last_id(desk)
    _reply(desk, some, seconds)
    _reply_beside_bad(desk, some, seconds)
    figures = desk.place.figures
    figures.measured["replies: raw driver"] = raw.measure(desk.place, before, seconds)
    ours = figures.rate("replies: ours, 32 connections")
    figures.numbers["replies: share of the raw driver"] = ours / figures.rate("replies: raw driver")


def _some(desk: Desk) -> list[dict[str, Any]]:
    pages = [f"{LIST}?limit=100&envelope=items&offset={100 * page}" for page in range(CROWD // 100)]
    return [one for page in pages for one in desk.client.ask(Asking(page))["items"]]


def _last_id(desk: Desk) -> int:
    """The ids of everything come from one sequence, so what is written later has higher ones."""
    tables = ("events", "messages", "search_documents")
    found = [run_sql(desk.place, [f"SELECT max(id) FROM {table} WHERE account_id = {ACCOUNT}"]) for table in tables]
    return max(int(rows[0][0] or 0) for rows in found)


def _create(desk: Desk, some: list[dict[str, Any]], seconds: float) -> None:
    askings = [_creation(one["contact_id"]) for one in some]
    for connections, name in ((1, "1 connection"), (CONNECTIONS, "32 connections")):
        found = desk.client.measure(askings, seconds=seconds / 2, connections=connections)
        desk.place.figures.measured[f"create, {name}"] = found


def _creation(contact_id: str) -> Asking:
    body = {"subject": "A new question", "contact_id": contact_id, "channel": "chat", "description": THANKS}
    return Asking(LIST, "POST", json.dumps(body).encode(), expected=201)


def _reply(desk: Desk, some: list[dict[str, Any]], seconds: float) -> None:
    askings = [_replying(one["id"], {"body": THANKS}) for one in some]
    for connections, name in ((1, "1 connection"), (CONNECTIONS, "32 connections")):
        found = desk.client.measure(askings, seconds=seconds, connections=connections)
        desk.place.figures.measured[f"replies: ours, {name}"] = found


def _replying(conversation_id: str, body: dict[str, Any], expected: int = 201) -> Asking:
    return Asking(f"{LIST}/{conversation_id}/reply", "POST", json.dumps(body).encode(), expected)


def _reply_beside_bad(desk: Desk, some: list[dict[str, Any]], seconds: float) -> None:
    """Every acknowledged good reply is counted in the database; those that fail do so in the midst of their writing."""
    good = [_replying(one["id"], {"body": GOOD}) for one in some]
    bad = [asking for one in some for asking in _failing(one)]
    loads = [Load(good, CONNECTIONS * 3 // 4), Load(bad, CONNECTIONS // 4)]
    found, failed = desk.client.measure_together(loads, seconds=seconds)
    figures = desk.place.figures
    figures.measured["replies: good ones beside failing ones, 24 connections"] = found
    figures.measured["replies: failing ones, 8 connections"] = failed
    figures.numbers["replies: good ones lost"] = abs(found.answers - _kept(desk))


def _failing(one: dict[str, Any]) -> list[Asking]:
    """An unknown attachment is found out when the message is already written, a stale version before that."""
    unknown = {"body": "never to be seen", "attachment_ids": [show(Prefix.ATTACHMENT, 1)]}
    stale = {"priority": "high", "version": one["version"] + 1_000_000}
    return [
        _replying(one["id"], unknown, 404),
        Asking(f"{LIST}/{one['id']}", "PATCH", json.dumps(stale).encode(), 409),
        _replying(one["id"], {"body": ""}, 422),
    ]


def _kept(desk: Desk) -> int:
    sql = f"SELECT count(*) FROM messages WHERE account_id = {ACCOUNT} AND body = '{GOOD}'"
    return int(run_sql(desk.place, [sql])[0][0])
