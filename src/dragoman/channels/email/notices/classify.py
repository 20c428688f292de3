"""Tell mails that no person wrote to us - bounces, receipts, complaints, auto-replies - from those that one did.

Rules are tried in order and the first that speaks decides. What standards mark (RFC 3464, 3834, 5965, 6522,
8098) is believed as marked; the rest is weighed (`signals`). `Auto-Submitted: auto-generated` proves
nothing by itself: shops, monitors and ticket systems open conversations with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from dragoman.channels.email.notices import bounce_openings, bounce_words, reply_words, returned, sender_words
from dragoman.channels.email.notices.evidence import Evidence, gather
from dragoman.channels.email.notices.signals import (
    AUTO_REPLY,
    CHALLENGE,
    RETURNED,
    auto_submitted,
    is_from_a_list,
    weigh,
)


class NoticeKind(StrEnum):
    BOUNCE = "bounce"  # given up: somebody was not reached
    DELAY = "delay"  # not reached yet, still trying
    DELIVERED = "delivered"
    READ_RECEIPT = "read_receipt"
    COMPLAINT = "complaint"  # a reader called our mail abuse
    AUTO_REPLY = "auto_reply"  # vacation notice, acknowledgement
    CHALLENGE = "challenge"  # asks the sender to prove that they are human
    UNSUBSCRIBE = "unsubscribe"  # a mail program leaves a list for its user
    REPORT = "report"  # another RFC 6522 report


@dataclass(frozen=True, slots=True)
class Notice:
    kind: NoticeKind
    reason: str  # which rule said so, for a person to read
    answered_ids: tuple[str, ...] = ()  # without angle brackets, likeliest first
    failed_recipients: tuple[str, ...] = ()  # not reached, or not reached yet


Verdict = tuple[NoticeKind, str]

_PART_KINDS = {  # a report's part says what it reports
    "message/feedback-report": NoticeKind.COMPLAINT,
    "message/disposition-notification": NoticeKind.READ_RECEIPT,
    "message/delivery-status": NoticeKind.BOUNCE,
    "message/global-disposition-notification": NoticeKind.READ_RECEIPT,
    "message/global-delivery-status": NoticeKind.BOUNCE,
}
_REPORT_KINDS = {
    "feedback-report": (NoticeKind.COMPLAINT, "RFC 5965"),
    "disposition-notification": (NoticeKind.READ_RECEIPT, "RFC 8098"),
    "delivery-status": (NoticeKind.BOUNCE, "RFC 3464"),
}
_UNREACHED = frozenset({NoticeKind.BOUNCE, NoticeKind.DELAY, NoticeKind.REPORT})

# Written by answering machines and nothing else; the values that deny it are below.
_AUTO_REPLY_HEADERS = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-autoreply-sender",
    "x-autoreply-domain",
    "x-mail-autoreply",
    "x-vacation",
)
_DENIALS = frozenset({"no", "false", "0", ""})
_AUTO_REPLY_PRECEDENCES = frozenset({"auto_reply", "auto-reply", "autoreply"})


def classify(message: Message, *, text: str = "") -> Notice | None:
    """What kind of notice `message` is; None for an ordinary mail. Never raises.

    `text` is the decoded body where the caller has it; otherwise it is taken from the message.
    """
    evidence = gather(message, text)
    for rule in RULES:
        if verdict := rule(evidence):
            return _notice(evidence, *verdict)
    return None


def _notice(evidence: Evidence, kind: NoticeKind, reason: str) -> Notice:
    failed = returned.failed_recipients(evidence) if kind in _UNREACHED else ()
    return Notice(kind, reason, returned.answered_ids(evidence), failed)


def _marked_report(evidence: Evidence) -> Verdict | None:
    if evidence.content_type != "multipart/report":
        return None
    kind, source = _REPORT_KINDS.get(evidence.report_type, (_kind_of_parts(evidence), "RFC 6522"))
    if kind in _UNREACHED:
        kind = _delivery_kind(evidence, default=kind)
    return kind, f"Content-Type: multipart/report; report-type={evidence.report_type or 'not given'} ({source})"


def _kind_of_parts(evidence: Evidence) -> NoticeKind:
    kinds = (kind for part_type, kind in _PART_KINDS.items() if part_type in evidence.part_types)
    return next(kinds, NoticeKind.REPORT)


def _bare_report(evidence: Evidence) -> Verdict | None:
    """Some send a report's parts without the report around them; so do people who forward one."""
    kind = _PART_KINDS.get(evidence.content_type) or _kind_of_parts(evidence)
    if evidence.content_type == "message/delivery-status":
        return _delivery_kind(evidence, kind), f"Content-Type: {evidence.content_type} (RFC 3464)"
    if kind in _UNREACHED or reply_words.REPLY_OR_FORWARD.match(evidence.subject):
        return None
    return kind, f"a part that only reports have, in {evidence.content_type}"


def _abuse_report(evidence: Evidence) -> Verdict | None:
    """X-ARF, and what mail providers sent before RFC 5965: a complaint's subject above the mail itself."""
    for name in ("x-arf", "x-xarf"):
        if evidence.header(name):
            return NoticeKind.COMPLAINT, f"{name} header (X-ARF)"
    is_complaint = reply_words.COMPLAINT_SUBJECT.search(evidence.subject) and "message/rfc822" in evidence.part_types
    if is_complaint and sender_words.CARETAKER_NAME.search(evidence.sender):
        return NoticeKind.COMPLAINT, "a mail system's complaint, with the mail complained about attached"
    return None


def _unsubscribed(evidence: Evidence) -> Verdict | None:
    if evidence.header("x-apple-unsubscribe").strip().lower() != "true":
        return None
    return NoticeKind.UNSUBSCRIBE, "X-Apple-Unsubscribe header"


def _failed_recipients_header(evidence: Evidence) -> Verdict | None:
    if "x-failed-recipients" not in evidence.headers:
        return None
    return _delivery_kind(evidence, NoticeKind.BOUNCE), "X-Failed-Recipients header (Exim, Google)"


def _looks_returned(evidence: Evidence) -> Verdict | None:
    reason = weigh(RETURNED, evidence)
    return (_delivery_kind(evidence, NoticeKind.BOUNCE), reason) if reason else None


def _looks_like_a_challenge(evidence: Evidence) -> Verdict | None:
    reason = weigh(CHALLENGE, evidence)
    return (NoticeKind.CHALLENGE, reason) if reason else None


def _auto_replied(evidence: Evidence) -> Verdict | None:
    keyword = auto_submitted(evidence)
    if keyword != "auto-replied":
        return None
    return NoticeKind.AUTO_REPLY, f"Auto-Submitted: {keyword} (RFC 3834)"


def _auto_reply_header(evidence: Evidence) -> Verdict | None:
    for name in _AUTO_REPLY_HEADERS:
        if evidence.header(name).strip().lower() not in _DENIALS and not is_from_a_list(evidence):
            return NoticeKind.AUTO_REPLY, f"{name} header"
    if evidence.header("x-apple-action").strip().lower() == "vacation":
        return NoticeKind.AUTO_REPLY, "X-Apple-Action: vacation"
    if evidence.header("precedence").strip().lower() in _AUTO_REPLY_PRECEDENCES:
        return NoticeKind.AUTO_REPLY, f"Precedence: {evidence.header('precedence').strip()}"
    return None


def _looks_like_an_auto_reply(evidence: Evidence) -> Verdict | None:
    reason = weigh(AUTO_REPLY, evidence)
    return (NoticeKind.AUTO_REPLY, reason) if reason else None


def _delivery_kind(evidence: Evidence, default: NoticeKind) -> NoticeKind:
    """What became of the mail: as its status says (RFC 3464, 2.3.3), else in its own words."""
    reported = returned.actions(evidence)
    for action, kind in (("failed", NoticeKind.BOUNCE), ("delayed", NoticeKind.DELAY)):
        if action in reported:
            return kind
    if reported & {"delivered", "relayed", "expanded"}:
        return NoticeKind.DELIVERED
    return _kind_in_words(evidence) or default


def _kind_in_words(evidence: Evidence) -> NoticeKind | None:
    for pattern, kind in _SUBJECT_KINDS:
        if pattern.search(evidence.subject):
            return kind
    is_delay = bounce_words.DELAY.search(evidence.opening) and not bounce_words.GIVEN_UP.search(evidence.opening)
    if is_delay:
        return NoticeKind.DELAY
    return NoticeKind.BOUNCE if bounce_openings.RETURNED_OPENING.search(evidence.opening) else None


_SUBJECT_KINDS: tuple[tuple[re.Pattern[str], NoticeKind], ...] = (
    (bounce_words.DELAY, NoticeKind.DELAY),
    (bounce_words.DELIVERED_SUBJECT, NoticeKind.DELIVERED),
    (bounce_words.READ_RECEIPT_SUBJECT, NoticeKind.READ_RECEIPT),
)

RULES: tuple[Callable[[Evidence], Verdict | None], ...] = (
    _marked_report,
    _bare_report,
    _abuse_report,
    _unsubscribed,
    _failed_recipients_header,
    _looks_returned,
    _looks_like_a_challenge,
    _auto_replied,
    _auto_reply_header,
    _looks_like_an_auto_reply,
)
