"""ActionCable's frames, and what a client may say (chatwoot.md 8.1): no I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dragoman.edge.replies import encoder

PROTOCOL = "actioncable-v1-json"
WELCOME = '{"type":"welcome"}'
CHANNEL = "RoomChannel"
MOST_COMMAND = 16_384  # characters of one frame of a client


class Nonsense(Exception):
    """No command that a client of this protocol would send."""


@dataclass(frozen=True, slots=True)
class Command:
    """`identifier` is the client's own text: it comes back byte for byte with everything that concerns it."""

    name: str
    identifier: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an identifier says of who wants to hear: an agent names account and user, a contact only the token."""

    token: str
    account_id: int | None
    user_id: int | None


def command(text: str) -> Command:
    """Raises Nonsense."""
    if len(text) > MOST_COMMAND:
        raise Nonsense("the frame is too long")
    given = _object(text)
    name, identifier = given.get("command"), given.get("identifier")
    if name not in ("subscribe", "unsubscribe", "message") or not isinstance(identifier, str):
        raise Nonsense("not a command")
    data = given.get("data")
    action = _object(data).get("action", "") if name == "message" and isinstance(data, str) else ""
    return Command(name, identifier, action if isinstance(action, str) else "")


def ticket(identifier: str) -> Ticket | None:
    """None for another channel, or for what names nobody."""
    try:
        told = _object(identifier)
    except Nonsense:
        return None
    token = told.get("pubsub_token")
    if told.get("channel") != CHANNEL or not isinstance(token, str) or not token:
        return None
    return Ticket(token, _number(told.get("account_id")), _number(told.get("user_id")))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Nonsense("not JSON") from None
    if not isinstance(found, dict):
        raise Nonsense("not an object")
    return found


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def ping(now: float) -> str:
    return f'{{"type":"ping","message":{int(now)}}}'


def confirmed(identifier: str) -> str:
    return _typed(identifier, "confirm_subscription")


def rejected(identifier: str) -> str:
    return _typed(identifier, "reject_subscription")


def disconnect(reason: str, *, reconnect: bool) -> str:
    return encoder.encode({"type": "disconnect", "reason": reason, "reconnect": reconnect}).decode()


def message(identifier: str, body: bytes) -> str:
    """An event for one subscription; its body is encoded once for all of them."""
    return f'{{"identifier":{json.dumps(identifier)},"message":{body.decode()}}}'


def _typed(identifier: str, kind: str) -> str:
    return f'{{"identifier":{json.dumps(identifier)},"type":"{kind}"}}'
