"""Which mail a notice answers, and whom it could not reach: from its report parts, its headers and its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from dragoman.channels.email.notices.evidence import Evidence, Headers, returned_headers, text_of, type_of

MAX_FOUND = 100
MAX_REPORT = 8000

_OWN_ADDRESSES = ("to", "from", "reply-to", "return-path", "delivered-to")

_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers", "message/rfc822-headers"}
)
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_REPORT_TYPES = _STATUS_TYPES | {"message/disposition-notification", "message/feedback-report"}

_ID = re.compile(r"<([^<>\s]{1,900})>")
# An id may stand on the line after its name (RFC 5322, 2.2.3), and some reports indent what they return.
_NAMED_ID = re.compile(r"(?im)^[ \t>]{0,12}(?:original-)?message-id[ \t]{0,8}:\s{0,8}<([^<>\s]{1,900})>")
_ADDRESS = r"[^\s<>@\"'(),;:\[\]]{1,64}@[\w.-]{1,255}[\w-]"
_FIELD = re.compile(r"(?im)^(action|final-recipient|original-recipient):[ \t]{0,8}(.{0,400})")
_WRITTEN_ADDRESS = re.compile(_ADDRESS)
# Where plain-text reports name a recipient: at the start of its line, or after an SMTP command or error code.
_AT_LINE_START = (
    rf"^[ \t>*\"'|-]{{0,12}}(?:rfc822;[ \t]?)?[<\"']{{0,2}}({_ADDRESS})"
    r"(?=[>\"']{0,2}[ \t]{0,8}(?:$|:|\(|\[|on |\.\.\.|deliv))"
)
_AFTER_A_WORD = (
    r"\b(?:rcpt to|recipient|address|mailbox|deliver(?:ing|ed)?(?: \w{1,9}){0,3} to"
    r"|5\d\d(?:[ -]#?5\.\d\.\d{1,2})?)"
    rf"[\s:<\"']{{1,4}}(?:rfc822;[ \t]?)?({_ADDRESS})"
)
_NAMED_RECIPIENT = re.compile(rf"(?im){_AT_LINE_START}|{_AFTER_A_WORD}")
_COPY_STARTS = re.compile(
    r"(?im)^[ \t]{0,4}(?:received|return-path):|^(?:dkim-signature|from|x-[\w-]{1,40}):[ \t]"
    r"|^[ \t]{0,12}-{2,12}.{0,40}(?:copy|original|returned)"
)


def answered_ids(evidence: Evidence) -> tuple[str, ...]:
    """Message-ids without angle brackets, likeliest first: the returned mail's own, then the notice's
    In-Reply-To and References, then those of the returned mail, then ids named in the words of the notice."""
    returned = [returned_headers(part) for part in evidence.parts if type_of(part) in _RETURNED_TYPES][:5]
    own = set(_ids(evidence.headers, "message-id"))
    candidates = [
        *(found for headers in returned for found in _ids(headers, "message-id")),
        *(found for part in _of_types(evidence, _REPORT_TYPES) for found in _NAMED_ID.findall(text_of(part))),
        *_ids(evidence.headers, "in-reply-to"),
        *reversed(_ids(evidence.headers, "references")),
        *(found for headers in returned for name in ("in-reply-to", "references") for found in _ids(headers, name)),
        *_NAMED_ID.findall(evidence.text),
    ]
    return _unique(found for found in candidates if found not in own)


def failed_recipients(evidence: Evidence) -> tuple[str, ...]:
    """Addresses the notice names as failed or still waiting; empty when it names none."""
    in_status = [address for part in _of_types(evidence, _STATUS_TYPES) for address in _failed_in(text_of(part))]
    in_headers = [a for line in evidence.headers.get("x-failed-recipients", ()) for a in _WRITTEN_ADDRESS.findall(line)]
    return _unique((*in_headers, *in_status)) or _named_in(evidence)


def actions(evidence: Evidence) -> frozenset[str]:
    """The delivery actions reported (RFC 3464, 2.3.3): failed, delayed, delivered, relayed, expanded."""
    fields = (f for part in _of_types(evidence, _STATUS_TYPES) for f in _FIELD.findall(text_of(part)))
    return frozenset(value.strip().lower().split(" ")[0] for name, value in fields if name.lower() == "action")


def _of_types(evidence: Evidence, types: frozenset[str]) -> Iterator[Message]:
    return (part for part in evidence.parts if type_of(part) in types)


def _ids(headers: Headers, name: str) -> list[str]:
    return [found for value in headers.get(name, ()) for found in _ID.findall(value)]


def _failed_in(status: str) -> Iterator[str]:
    """One address for each recipient block that neither was delivered nor passed on (RFC 3464, 2.3)."""
    for block in re.split(r"\n[ \t]*\n", status):
        fields = {name.lower(): value for name, value in reversed(_FIELD.findall(block))}
        if re.match(r"deliver|relay|expand", fields.get("action", "").strip().lower()):
            continue
        for name in ("original-recipient", "final-recipient"):  # the first is what we wrote to
            if address := _WRITTEN_ADDRESS.search(fields.get(name, "").partition(";")[2]):
                yield address[0]
                break


def _named_in(evidence: Evidence) -> tuple[str, ...]:
    """Addresses in the report's words: those it names as recipients, else any but the notice's own."""
    copy = _COPY_STARTS.search(evidence.text)
    report = evidence.text[: copy.start()] if copy and copy.start() > 0 else evidence.text
    report = _NAMED_ID.sub("", report[:MAX_REPORT])
    named = _unique(alone or after for alone, after in _NAMED_RECIPIENT.findall(report))
    own = {a.lower() for name in _OWN_ADDRESSES for a in _WRITTEN_ADDRESS.findall(evidence.header(name))}
    return named or _unique(a for a in _WRITTEN_ADDRESS.findall(report) if a.lower() not in own)


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MAX_FOUND]
