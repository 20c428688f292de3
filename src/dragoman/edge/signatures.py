"""How those who are told something know that it is from us: a keyed hash over the very bytes that are sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"


def hexadecimal(secret: str, *parts: bytes) -> str:
    """HMAC-SHA256 over the parts, joined by dots, as `sha256=…`."""
    return f"sha256={hmac.new(secret.encode(), b'.'.join(parts), hashlib.sha256).hexdigest()}"


def standard(secret: str, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of Standard Webhooks (standardwebhooks.com): the id stays the same however often it is sent."""
    told = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), told.encode(), body))
    mark = base64.b64encode(hmac.new(_key(secret), content, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": told, "webhook-signature": f"v1,{mark}"}


def _key(secret: str) -> bytes:
    """Base64 behind its prefix, padded or not; a secret that somebody made up otherwise is taken as it is."""
    text = secret.removeprefix(PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return secret.encode()
