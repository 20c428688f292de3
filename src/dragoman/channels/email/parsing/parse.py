"""Any bytes that have a header, read as a mail."""

import re
from datetime import datetime

from dragoman.channels.email.parsing.addresses import addresses
from dragoman.channels.email.parsing.charsets import charset_of_raw, codec_for
from dragoman.channels.email.parsing.dates import instant
from dragoman.channels.email.parsing.decode import header_text, raw_octets
from dragoman.channels.email.parsing.mail import Address, Mail
from dragoman.channels.email.parsing.parameters import parameters
from dragoman.channels.email.parsing.parts import body_of
from dragoman.channels.email.parsing.references import message_id, message_ids
from dragoman.channels.email.parsing.structure import NotAMail, Part, read
from dragoman.core.text.cleaning import clean

__all__ = ["NotAMail", "parse"]

# Where to look for the sender, in turn: a mail whose From holds no address still came from somebody.
SENDER_HEADERS = ("from", "sender", "reply-to", "return-path")
CORRESPONDENTS = (*SENDER_HEADERS, "to", "cc", "bcc")


def parse(raw: bytes) -> Mail:
    """Read one mail. Pure; never fails on bytes that have a header line, raises `NotAMail` on all others.

    Broken structure, encodings and headers are read as well as they can be; `defects` names what was wrong.
    """
    root = read(raw)
    headers = _Headers(root)
    body = body_of(root, headers.hint)
    return Mail(
        message_id=headers.message_id(),
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        sender=headers.sender(),
        reply_to=headers.mailboxes("reply-to"),
        to=headers.mailboxes("to"),
        cc=headers.mailboxes("cc"),
        bcc=headers.mailboxes("bcc"),
        subject=headers.line("subject"),
        sent_at=headers.sent_at(),
        text=body.text(),
        html=body.html(),
        attachments=tuple(body.attachments),
        headers=headers.decoded,
        message=root,
        defects=_defects(root),
    )


class _Headers:
    """The header of a mail, decoded with what the rest of the mail says about its charset."""

    def __init__(self, root: Part) -> None:
        self.hint = charset_of_raw(_raw_text(root), _declared_charset(root))
        self._raw = [(name.lower(), str(value)) for name, value in root.raw_items()]
        self.decoded = tuple((clean(name), header_text(str(value), self.hint)) for name, value in root.raw_items())

    def line(self, name: str) -> str:
        """The first header of that name that says anything, as one decoded line."""
        return next((value for key, value in self.decoded if key.lower() == name and value), "")

    def mailboxes(self, name: str) -> tuple[Address, ...]:
        """All mailboxes of all headers of that name, each address once."""
        found: dict[str, Address] = {}
        for value in self._all(name):
            for address in addresses(value, self.hint):
                found.setdefault(address.email, address)
        return tuple(found.values())

    def sender(self) -> Address | None:
        """Who wrote: the first complete address where senders stand, else a local name such as MAILER-DAEMON."""
        named = [address for name in SENDER_HEADERS for address in self.mailboxes(name)]
        return next((address for address in named if "@" in address.email), named[0] if named else None)

    def message_id(self) -> str | None:
        """The first usable `Message-ID`."""
        ids = (message_id(value) for key, value in self.decoded if key.lower() == "message-id")
        return next((found for found in ids if found), None)

    def ids(self, name: str) -> tuple[str, ...]:
        """The message ids in all headers of that name."""
        value = " ".join(value for key, value in self.decoded if key.lower() == name)
        if "<" not in value:
            return ()
        correspondents = (address.email for key in CORRESPONDENTS for address in self.mailboxes(key))
        return message_ids(value, not_ids=correspondents)

    def sent_at(self) -> datetime | None:
        """The first `Date` that can be read."""
        dates = (instant(value) for key, value in self.decoded if key.lower() == "date")
        return next((date for date in dates if date), None)

    def _all(self, name: str) -> list[str]:
        return [value for key, value in self._raw if key == name]


def _raw_text(root: Part) -> bytes:
    """All that stands in 8-bit in the headers people read, together: a guess needs every letter it can get."""
    shown = (str(value) for name, value in root.raw_items() if name.lower() in {"subject", *CORRESPONDENTS})
    return b"\n".join(raw_octets(value) for value in shown if not value.isascii())


def _declared_charset(root: Part) -> str | None:
    """The charset of the first part that declares one known: the best guess for raw 8-bit text in headers."""
    for part in root.walk():
        charset = parameters(part.raw("content-type")).get("charset", "") if isinstance(part, Part) else ""
        if charset and codec_for(charset):
            return charset
    return None


def _defects(root: Part) -> tuple[str, ...]:
    """What is wrong with the mail, each kind once: `invalid base64 padding`, `unknown charset "x"`."""
    found: dict[str, None] = {}
    for part in root.walk():
        for defect in part.defects:
            found[_in_words(type(defect).__name__)] = None
        charset = parameters(part.raw("content-type")).get("charset", "") if isinstance(part, Part) else ""
        if charset and codec_for(charset) is None:
            found[f'unknown charset "{charset[:40]}"'] = None
    return tuple(found)


def _in_words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name.removesuffix("Defect")).lower()
