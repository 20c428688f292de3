"""What became of everything that was found there: the counts of each kind add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

MOST_NOTED = 1000
KINDS = ("agents", "teams", "labels", "inboxes", "contacts", "conversations", "messages", "attachments")


class Outcome(StrEnum):
    CARRIED = "carried"
    HERE_BEFORE = "here_before"
    LEFT_OUT = "left_out"
    FAILED = "failed"


@dataclass(slots=True)
class Report:
    """`counts[kind][outcome]`; what was left out or failed is named with its reason."""

    counts: dict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    noted: list[tuple[str, str, str]] = field(default_factory=list)  # kind, id there, reason

    def count(self, kind: str, outcome: Outcome, remote_id: object = "", reason: str = "") -> None:
        self.counts[kind][outcome] += 1
        if reason and len(self.noted) < MOST_NOTED:
            self.noted.append((kind, str(remote_id), reason))

    def found(self, kind: str) -> int:
        return sum(self.counts[kind].values())

    @property
    def failed(self) -> int:
        return sum(self.counts[kind][Outcome.FAILED] for kind in KINDS)
