"""A stored mail, read as far as it can be without looking anything up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any

from dragoman.channels.email import threading
from dragoman.channels.email.notices.classify import Notice, classify
from dragoman.channels.email.parsing.dates import instant
from dragoman.channels.email.parsing.mail import Address, Mail
from dragoman.channels.email.parsing.parse import NotAMail, parse
from dragoman.channels.email.quotes.cutting import new_text, new_text_from_html
from dragoman.core.messages.posting import MAX_BODY
from dragoman.core.text.html import sanitize

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(days=1)
NO_TEXT = "(no text)"
MOST_NAMED = 100  # recipients that a message remembers
KEPT_HEADERS = ("reply-to", "list-id", "auto-submitted", "importance", "x-priority", "x-mailer", "user-agent")
MAX_HEADER = 500

_ENVELOPE_LINE = re.compile(rb"\A>?From [^\r\n]*\r?\n")
# What list managers add below a mail: the copy that came directly lacks it, and is the same mail.
_LIST_FOOTER = re.compile(r"\n(?:_{20,}|-{40,}|-- ?\nYou received this message because)\n?.{0,2000}\Z", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Incoming:
    """A mail that came in, looked into as far as somebody asks; what its properties raise is a fault of ours."""

    name: str
    raw: bytes

    @cached_property
    def digest(self) -> str:
        return digest_of(self.raw)

    @property
    def mail(self) -> Mail | None:
        """None if the bytes are no mail; `fault` says why."""
        return self._parsed[0]

    @property
    def fault(self) -> str | None:
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[Mail | None, str | None]:
        try:
            return parse(self.raw), None
        except NotAMail as fault:
            return None, f"it is no mail: {fault}"

    @cached_property
    def identity(self) -> str:
        """Equal for two mails that say the same under the same Message-ID; without one, only the bytes can tell."""
        if self.mail is None or self.mail.message_id is None:
            return digest_of(b"\n".join(_ENVELOPE_LINE.sub(b"", self.raw).rstrip().splitlines()))
        return digest_of("\0".join(_said(self.mail, self.mail.message_id)).encode())

    @cached_property
    def notice(self) -> Notice | None:
        return None if self.mail is None else classify(self.mail.message, text=self.mail.text)

    @cached_property
    def body(self) -> str:
        """What its author newly wrote, without quotes and signature; empty only where files say it all."""
        mail = self.mail
        if mail is None:
            return ""
        html = mail.html if _is_html_only(mail) else None
        written = new_text(mail.text) if html is None else new_text_from_html(html)
        return written.strip()[:MAX_BODY] or ("" if mail.attachments else NO_TEXT)

    @cached_property
    def html(self) -> str | None:
        """The whole wording as HTML that is safe to show; None if the sender wrote none."""
        written = self.mail.html if self.mail else None
        return (sanitize(written).strip() or None) if written else None

    def read(self) -> None:
        """Look into everything now, so that no transaction has to wait for it."""
        _ = self.identity, self.notice, self.body, self.html


def _is_html_only(mail: Mail) -> bool:
    """Whether its wording is nowhere in plain text: then the clients' marks in the HTML tell best what is quoted."""
    return mail.html is not None and not any(map(_is_plain_wording, mail.message.walk()))


def _is_plain_wording(part: Message) -> bool:
    payload = part.get_payload()
    return part.get_content_type() == "text/plain" and isinstance(payload, str) and bool(payload.strip())


def digest_of(raw: bytes) -> str:
    """The name of exactly these bytes."""
    return sha256(raw).hexdigest()


def _said(mail: Mail, message_id: str) -> list[str]:
    files = sorted(digest_of(one.content) for one in mail.attachments)
    return [
        message_id,
        mail.sender.email.casefold() if mail.sender else "",
        *sorted(threading.people(mail.to, mail.cc)),
        mail.sent_at.isoformat() if mail.sent_at else "",
        threading.fold(mail.subject),
        " ".join(_LIST_FOOTER.sub("", mail.text).split()),
        *files,
    ]


def dated(mail: Mail, *, now: datetime) -> datetime:
    """When it was written, by its own clock if that can be, else when the last server took it in, else now."""
    arrivals = (value.rpartition(";")[2] for name, value in mail.headers if name.lower() == "received")
    candidates = chain((mail.sent_at,), (instant(" ".join(value.split())) for value in arrivals))
    return next((at for at in candidates if at and EARLIEST <= at <= now + CLOCK_SKEW), now)


def described(mail: Mail) -> dict[str, Any]:
    """What a message remembers of the mail it was, as JSON: the raw mail has everything."""
    headers: dict[str, str] = {}
    for name, value in mail.headers:
        if name.lower() in KEPT_HEADERS:
            headers.setdefault(name.lower(), value[:MAX_HEADER])
    found = {
        "from": _shown(mail.sender) if mail.sender else None,
        "to": [_shown(one) for one in mail.to[:MOST_NAMED]],
        "cc": [_shown(one) for one in mail.cc[:MOST_NAMED]],
        "reply_to": [_shown(one) for one in mail.reply_to[:MOST_NAMED]],
        "subject": mail.subject,
        "date": mail.sent_at.isoformat() if mail.sent_at else None,
        "in_reply_to": list(mail.in_reply_to[:MOST_NAMED]),
        "references": list(mail.references[-MOST_NAMED:]),
        "headers": headers,
        "defects": list(mail.defects),
    }
    return {name: value for name, value in found.items() if value}


def _shown(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}
