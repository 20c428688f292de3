"""What is asked: the mix of filters, and everything else that is timed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.client import Asking, Client

LIST = "/api/v2/conversations"
PAGE = "limit=50&envelope=items"
YEAR = "created_after={start}-01-01T00:00:00Z&created_before={end}-01-01T00:00:00Z"
COMMON = "the"


@dataclass(frozen=True, slots=True)
class Workload:
    """Six filters and what else there is to ask of one server; `pages` wander through their first twenty pages."""

    filters: Mapping[str, Asking]
    pages: list[Asking]
    both_envelopes: list[Asking]
    details: list[Asking]
    replies: list[Asking]
    searches: Mapping[str, Asking]

    @property
    def mix(self) -> list[Asking]:
        return list(self.filters.values())


def workload(client: Client) -> Workload:
    """Made from what the server has."""
    first: list[dict[str, Any]] = client.ask(Asking(f"{LIST}?{PAGE}"))["items"]
    team = next(one["assignee_team_id"] for one in first if one["assignee_team_id"])
    last_year = int(first[0]["created_at"][:4]) - 1
    filters = {
        "none": "",
        "status": "&status=open",
        "tag + status": "&tags=billing&status=resolved",
        "priority + channel": "&priority=high&channel=chat",
        "created in a year": "&" + YEAR.format(start=last_year, end=last_year + 1),
        "team + status": f"&assignee_team_id={team}&status=open",
    }
    listed = {name: Asking(f"{LIST}?{PAGE}{query}") for name, query in filters.items()}
    words = [word.strip(".:,") for one in first for word in f"{one['subject']} {one['last_message_snippet']}".split()]
    rare = next(word for word in words if word[-5:].isdigit())
    return Workload(
        filters=listed,
        pages=[replace(one, path=f"{one.path}&offset={50 * page}") for page in range(20) for one in listed.values()],
        both_envelopes=[replace(one, path=one.path.replace("&envelope=items", "")) for one in listed.values()],
        details=[Asking(f"{LIST}/{one['id']}") for one in first],
        replies=[_reply(one["id"]) for one in first],
        searches={
            "search, a rare word": Asking(f"{LIST}?{PAGE}&search={rare}"),
            "search, a common word": Asking(f"{LIST}?{PAGE}&search={COMMON}"),
        },
    )


def _reply(conversation_id: str) -> Asking:
    body = json.dumps({"body": "Thank you for waiting: a new one is on its way to you."}).encode()
    return Asking(f"{LIST}/{conversation_id}/reply", "POST", body, expected=201)
