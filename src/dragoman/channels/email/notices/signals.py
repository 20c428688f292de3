"""How weak signs add up: what each is worth, and from which sum on a mail counts as a notice.

A sign is either something a machine leaves (an empty envelope sender, a daemon's name, a report part) or
mere words. Words alone never decide, however many: people quote bounces, forward them and discuss them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dragoman.channels.email.notices import bounce_openings, bounce_words, reply_words, sender_words
from dragoman.channels.email.notices.evidence import Evidence

_LIST_HEADERS = frozenset(
    {"list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere", "x-mailman-version"}
)
# Machines come to the point; people greet first.
FIRST_WORDS = 80

_NOBODY = re.compile(r"^\W*(?:\(.*\))?$")
_EMPTY_PATHS = frozenset({"", "<>", "<mailer-daemon>", "mailer-daemon"})  # Postfix names its null sender in mailboxes
_ENVELOPE = re.compile(r"^From (?:MAILER-DAEMON|<>|MAILER_DAEMON)(?:\s|@)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    weight: int
    is_seen: Callable[[Evidence], bool]
    is_of_machine: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    threshold: int
    signals: tuple[Signal, ...]


def weigh(scale: Scale, evidence: Evidence) -> str | None:
    """The signs that together reach the scale's threshold, in words; None when they do not."""
    seen = [signal for signal in scale.signals if signal.is_seen(evidence)]
    total = sum(signal.weight for signal in seen)
    if total < scale.threshold or not any(signal.is_of_machine for signal in seen):
        return None
    listed = ", ".join(f"{signal.name} {signal.weight:+d}" for signal in seen)
    return f"{total} of {scale.threshold} points: {listed}"


def is_from_a_list(evidence: Evidence) -> bool:
    return not _LIST_HEADERS.isdisjoint(evidence.headers) or evidence.header("precedence").strip().lower() == "list"


def auto_submitted(evidence: Evidence) -> str:
    """RFC 3834, section 5: the keyword without its comments and parameters, "" when absent."""
    return re.split(r"[\s;(]", evidence.header("auto-submitted").strip().lower(), maxsplit=1)[0]


def _is_submitted_for_a_mail(evidence: Evidence) -> bool:
    """Answering a mail, or generated with Sendmail's comment that says why: "auto-generated (failure)"."""
    value = evidence.header("auto-submitted").lower()
    return auto_submitted(evidence) == "auto-replied" or "(failure)" in value or "(warning" in value


def _talks_of_a_parcel(evidence: Evidence) -> bool:
    return bool(bounce_words.PARCEL.search(f"{evidence.subject} {evidence.opening[:600]}"))


def _has_empty_return_path(evidence: Evidence) -> bool:
    paths = evidence.headers.get("return-path", ())
    return any(path.strip().lower() in _EMPTY_PATHS for path in paths[:1]) or bool(_ENVELOPE.match(evidence.envelope))


def _is_from_a_daemon(evidence: Evidence) -> bool:
    return bool(sender_words.DAEMON_NAME.search(evidence.sender))


def _is_from_a_caretaker(evidence: Evidence) -> bool:
    return not _is_from_a_daemon(evidence) and bool(sender_words.CARETAKER_NAME.search(evidence.sender))


def _is_from_nobody(evidence: Evidence) -> bool:
    """A From that is there but names nobody; some people's programs send none at all."""
    return "from" in evidence.headers and not _is_from_a_daemon(evidence) and bool(_NOBODY.match(evidence.sender))


def _is_reply_or_forward(evidence: Evidence) -> bool:
    return bool(reply_words.REPLY_OR_FORWARD.match(evidence.subject))


def _in_subject(pattern: re.Pattern[str]) -> Callable[[Evidence], bool]:
    return lambda evidence: bool(pattern.search(evidence.subject))


def _in_opening(pattern: re.Pattern[str], within: int = 600) -> Callable[[Evidence], bool]:
    return lambda evidence: bool(pattern.search(evidence.opening[:within]))


def _carries(*types: str) -> Callable[[Evidence], bool]:
    return lambda evidence: not evidence.part_types.isdisjoint(types)


def _returns_a_mail(evidence: Evidence) -> bool:
    carried = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
    return not evidence.part_types.isdisjoint(carried) or bool(bounce_words.COPY_MARKER.search(evidence.opening))


def _is_from_a_mail_robot(evidence: Evidence) -> bool:
    is_about_mail = _returns_a_mail(evidence) or bounce_words.SMTP_ERROR.search(evidence.opening)
    return bool(is_about_mail and sender_words.ROBOT_NAME.search(evidence.sender))


def _says_any(name: str, *values: str) -> Callable[[Evidence], bool]:
    return lambda evidence: evidence.header(name).strip().lower() in values


def _is_an_old_robot(evidence: Evidence) -> bool:
    """Precedence is how programs older than RFC 3834 say it; beside Auto-Submitted it says nothing new."""
    return not auto_submitted(evidence) and _says_any("precedence", "bulk", "junk")(evidence)


def _has(*names: str) -> Callable[[Evidence], bool]:
    return lambda evidence: not evidence.headers.keys().isdisjoint(names)


RETURNED = Scale(
    threshold=5,
    signals=(
        Signal(
            "a delivery-status part", 3, _carries("message/delivery-status", "message/global-delivery-status"), True
        ),
        Signal("sender is a mail daemon", 3, _is_from_a_daemon, True),
        Signal("sender is empty", 3, _is_from_nobody, True),
        Signal("empty Return-Path", 2, _has_empty_return_path, True),
        Signal("sender looks after a mail system", 1, _is_from_a_caretaker, True),
        Signal("a robot that returns a mail or quotes a server", 1, _is_from_a_mail_robot, True),
        Signal("Auto-Submitted", 1, _is_submitted_for_a_mail, True),
        Signal("list manager's own notice", 1, _has("x-mlserver", "x-list-administrivia"), True),
        Signal("opens like a report", 3, _in_opening(bounce_openings.RETURNED_OPENING)),
        Signal("opens with nothing else", 1, _in_opening(bounce_openings.RETURNED_OPENING, within=FIRST_WORDS)),
        Signal("subject of a report", 2, _in_subject(bounce_words.RETURNED_SUBJECT)),
        Signal("subject of a receipt", 2, _in_subject(bounce_words.DELIVERED_SUBJECT)),
        Signal("subject of a delay", 2, _in_subject(bounce_words.DELAY)),
        Signal("SMTP errors", 1, _in_opening(bounce_words.SMTP_ERROR, within=1500)),
        Signal("recites the envelope", 1, _in_opening(bounce_words.ENVELOPE_COMMANDS, within=1500)),
        Signal("returns a mail", 1, _returns_a_mail),
        Signal("talks of a parcel", -3, _talks_of_a_parcel),
        Signal("subject is a reply or forward", -2, _is_reply_or_forward),
        Signal("from a mailing list", -2, is_from_a_list),
    ),
)

AUTO_REPLY = Scale(
    threshold=4,
    signals=(
        Signal("subject names an auto-reply", 2, _in_subject(reply_words.AUTO_REPLY_NAME)),
        Signal("as a prefix", 2, _in_subject(reply_words.AUTO_REPLY_PREFIX), True),
        Signal("opens like Domino's absence agent", 2, _in_opening(reply_words.DOMINO_ABSENCE), True),
        Signal("Auto-Submitted: auto-generated", 1, lambda e: auto_submitted(e) == "auto-generated", True),
        Signal("X-Auto-Response-Suppress", 1, _has("x-auto-response-suppress"), True),
        Signal("empty Return-Path", 1, _has_empty_return_path, True),
        Signal("Precedence of a robot", 1, _is_an_old_robot, True),
        Signal("answers a mail", 1, _has("in-reply-to", "references")),
        Signal("subject tells of absence or receipt", 2, _in_subject(reply_words.ABSENCE_SUBJECT)),
        Signal("opens like an auto-reply", 1, _in_opening(reply_words.AUTO_REPLY_OPENING)),
        Signal("from a mailing list", -4, is_from_a_list),
    ),
)

CHALLENGE = Scale(
    threshold=4,
    signals=(
        Signal("subject asks the sender to confirm", 2, _in_subject(reply_words.CHALLENGE)),
        Signal("opens by asking the sender to confirm", 2, _in_opening(reply_words.CHALLENGE)),
        Signal("empty Return-Path", 1, _has_empty_return_path, True),
        Signal("Auto-Submitted", 1, lambda e: auto_submitted(e) not in {"", "no"}, True),
        Signal("Precedence of a robot", 1, _says_any("precedence", "bulk", "junk"), True),
        Signal("answers a mail", 1, _has("in-reply-to", "references")),
        Signal("from a mailing list", -4, is_from_a_list),
    ),
)
