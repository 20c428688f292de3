"""Addresses of files that open without a header: they carry a mark that only this server can make."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request

from dragoman.core.messages.models import Attachment
from dragoman.edge.services import services

PATH = "/attachments"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this server is reached, and by what it knows its own marks again."""

    account_id: int
    base: str
    pepper: bytes

    def of(self, one: Attachment) -> str:
        mark = mark_of(self.pepper, self.account_id, one.id)
        return f"{self.base}{PATH}/{self.account_id}/{one.id}/{mark}/{quote(one.filename)}"


def mark_of(pepper: bytes, account_id: int, attachment_id: int) -> str:
    """Nobody makes one for a file that they were not shown."""
    told = f"attachment {account_id} {attachment_id}".encode()
    return hashlib.blake2b(told, key=pepper[:64], digest_size=18).hexdigest()


def is_right(pepper: bytes, account_id: int, attachment_id: int, mark: str) -> bool:
    return hmac.compare_digest(mark_of(pepper, account_id, attachment_id).encode(), mark.encode())


def addresses(request: Request, account_id: int) -> Addresses:
    mine = services(request)
    base = (mine.settings.base_url or str(request.base_url)).rstrip("/")
    return Addresses(account_id, base, mine.pepper)
