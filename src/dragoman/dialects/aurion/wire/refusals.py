"""A refusal on the wire: one body for clients of both documentations (aurion.md 2.4)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType


class FaultOut(Struct, frozen=True):
    """Where the fault is, as `["body", "subject"]`, and what it is."""

    loc: Sequence[str]
    msg: str
    type: str


class FieldFaultOut(Struct, frozen=True):
    field: str
    message: str


class RefusalOut(Struct, frozen=True):
    """`error` is for programs, `message` for people; `details` comes with 422 and `retry_after` (seconds) with 429."""

    detail: str | Sequence[FaultOut]
    error: str
    message: str
    details: Sequence[FieldFaultOut] | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET
