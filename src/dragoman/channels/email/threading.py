"""Which mails belong together, as far as one can tell without looking anything up.

Ids decide wherever there are any. A subject decides only for replies that name no id we know, and only between
people who wrote to each other before: two strangers who ask "Invoice 4711" have two conversations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from dragoman.channels.email.parsing.mail import Address, Mail
from dragoman.core.conversations.rules import MAX_SUBJECT

NO_SUBJECT = "(no subject)"
REPLY_WITHIN = timedelta(days=30)  # for replies that are known by their subject alone
TELLING = 10  # letters and digits of a subject that two mails do not share by chance

_REPLY = (
    "re|r|aw|antw|antwort|sv|svar|vs|odp|rv|res|resp|rép|rif|ynt|ynl|atb|ref|bls|balas|απ|ha|на|отв|ответ"
    "|回复|回覆|答复|返信|回信|답장"
)
_FORWARD = "fwd?|wg|tr|enc|i|doorst|vb|vl|vid|pd|rvs|i?lt|továbbítás|пересл|fs|πρθ|转发|轉寄|転送|전달"
_COUNT = r"(?:\s?(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4}|\*\d{1,4}|\d{1,2}))?"
_PREFIX = re.compile(rf"\s*(?:(?P<reply>{_REPLY})|{_FORWARD}){_COUNT}\s?[:\uff1a]\s*", re.IGNORECASE)
_LIST_TAG = re.compile(r"\s*\[[^\[\]\d]{1,60}\]\s*")  # with a number it would be a ticket's, which tells two apart
_ADDED = re.compile(r"\s*\((?:fwd?|was\b[^()]*|automatic reply)\)\s*$|\s*\[?\(?was: .*$", re.IGNORECASE)
# Written by people in a hurry and by programs: says nothing about what is asked.
GENERIC = frozenset(
    {
        "information",
        "informationen",
        "unsubscribe",
        "notification",
        "newsletter",
        "no subject",
        "test message",
        "contact form",
        "kontaktformular",
        "new message",
        "your account",
        "your message",
        "support request",
        "help request",
        "quick question",
        "out of office",
        "order confirmation",
    }
)
# A digest bears one id for all its topics, and every answer to any of them names it (Mailman's ids look so).
_DIGEST_ID = re.compile(r"mailman\.\d+\.\d+\.\d+\.[^@]+@", re.IGNORECASE)


def topic(subject: str) -> str:
    """The subject as a conversation shows it: without "Re:" and "Fwd:", never empty, at most 255 characters."""
    return (_without_prefixes(" ".join(subject.split())) or NO_SUBJECT)[:MAX_SUBJECT].strip()


def is_reply(subject: str) -> bool:
    """Whether the subject says, in one of many languages, that this answers something."""
    tag = _LIST_TAG.match(subject)
    found = _PREFIX.match(subject, tag.end() if tag else 0)
    return bool(found and found["reply"])


def same_topic(subject: str, other: str) -> bool:
    """Whether two subjects are one, whatever lists and mailers put around them, and say enough to mean it."""
    folded = fold(subject)
    return folded == fold(other) and is_telling(folded)


def fold(subject: str) -> str:
    """What subjects are compared by."""
    bare, before = _ADDED.sub("", " ".join(subject.split())), None
    while bare != before:
        before, bare = bare, _without_prefixes(_LIST_TAG.sub(" ", bare, count=1) or bare).strip()
    return bare.casefold()


def is_telling(folded: str) -> bool:
    return folded not in GENERIC and sum(map(str.isalnum, folded)) >= TELLING


def _without_prefixes(subject: str) -> str:
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return subject.strip()


def named_ids(mail: Mail) -> tuple[str, ...]:
    """The ids of earlier mails that a mail names, digests left out."""
    named = dict.fromkeys((*mail.references, *mail.in_reply_to))
    return tuple(one for one in named if one != mail.message_id and not _DIGEST_ID.match(one))


def root_id(mail: Mail) -> str | None:
    """The id of the mail that the thread began with, as far as this one knows."""
    return next(iter(named_ids(mail)), mail.message_id)


def people(*addresses: Iterable[Address]) -> frozenset[str]:
    """Addresses as they are compared: the case of neither half tells two people apart."""
    return frozenset(address.email.casefold() for some in addresses for address in some)


def participants(mail: Mail) -> frozenset[str]:
    """Everybody a mail was from and to."""
    return people(() if mail.sender is None else (mail.sender,), mail.to, mail.cc)
