"""Finds the lines that mail clients put above quoted text: "On … wrote:", header blocks, "Original Message".

Every test looks at one line of bounded length with patterns that can't backtrack far, and a header spans a bounded
number of lines, so the time is linear in the body however hostile it is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from dragoman.channels.email.quotes.header_tables import (
    BEGIN_FORWARDED,
    HEADER_LABELS,
    ORIGINAL_MESSAGE,
    PROSE,
    REPLY_ABOVE,
    WROTE,
)

LONGEST_HEADER_LINE = 400
LONGEST_ATTRIBUTION = 5
"""Lines over which a client may wrap "On … wrote:"; Apple Mail goes to 4, hand-wrapped ones to 5."""
MOST_HEADER_LINES = 14
MOST_WORDS = 8
"""Of a line like "Once upon a time, Ann wrote:" that names neither date nor address."""

INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


def any_of(phrases: Iterable[str]) -> str:
    """Alternation of literal phrases, longest first; a space in a phrase is any run of spaces."""
    ordered = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]") for phrase in ordered)


# "schrieb" must not be found in "schriebst", but 写道 and 님이 follow a name without a space.
_SPACED = [w for words in WROTE.values() for w in words if w.isascii() or ord(w[0]) < 0x0E00]
_UNSPACED = [w for words in WROTE.values() for w in words if w not in _SPACED]
WROTE_LINE = re.compile(rf"(?<!\w)(?:{any_of(_SPACED)})(?!\w)|(?:{any_of(_UNSPACED)})", re.IGNORECASE)
PROSE_LINE = re.compile(rf"(?<!\w)(?:{any_of(PROSE)})(?!\w)", re.IGNORECASE)
TIME = re.compile(
    r"(?<!\d)\d{1,2}\s?[:.h：]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}\s?(?:am|pm|uhr|時|时|點|点|시)(?!\w)", re.IGNORECASE
)
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]|\d\s?[年月년월]")
# Zoho writes "---- On …, Ann <ann@example.com> wrote ----".
ENDS_LIKE_ONE = re.compile(r"(?:[:：]|\s-{3,})[\s\"'”*_]*$")
OPENS_WITH_A_DATE = re.compile(r"[^\d<>@]{0,40}(?<![A-Za-z+_])\d{1,4}(?!\d|\S*@)")
OPENING_WORD = re.compile(
    r"[\s*_]*(?:on|at|am|le|el|il|em|op|den|dne|dnia|w dniu|в|на|у|vào|في|ב|בתאריך|στις|pe|la|pada|在|於|于)\b",
    re.IGNORECASE,
)
NAME_AND_DATE = re.compile(r"@[^\s@]+>,\s+\d[^.!?]{0,40},\s*$")
CLOSED_ADDRESS = re.compile(r"[>)\]][\s\"'”]*[:：][\s*_]*$")

_LABELS = {label: kind for kind, labels in HEADER_LABELS.items() for label in labels}
LABEL = re.compile(rf"[\s*_|]*({any_of(_LABELS)})[\s*_\u00a0]*[:：]", re.IGNORECASE)
LABELS_IN_LINE = re.compile(rf"(?<!\w)[*_]*({any_of(_LABELS)})[*_]*\s?[:：][*_]*\s", re.IGNORECASE)
RULE = re.compile(r"\s*[-_=*—–─]{5,}\s*$")

DELIMITER = re.compile(
    rf"[\s*>]*[-_=—–─*~#+]{{2,}}+[\s*\"]*+(?:{any_of(ORIGINAL_MESSAGE)})\b[^\n]{{0,80}}?[-_=—–─*~#+:：\s]*$"
    rf"|[\s*]*(?:{any_of(ORIGINAL_MESSAGE)})\s?[-_=—–─]{{2,}}\s*$"
    rf"|[\s*_]*(?:{any_of(BEGIN_FORWARDED)})[\s*_]*[:：][\s*_]*$",
    re.IGNORECASE,
)
GROUPWISE = re.compile(r">>>\s[^<>]{1,80}(?:<[^<>]{1,80}>)?[^<>]{0,40}\d[^<>]{0,20}>>>\s*$")
BARE_DELIMITER = re.compile(rf"[\s*_-]*(?:{any_of(ORIGINAL_MESSAGE)})[\s*_:：-]*$", re.IGNORECASE)
REPLY_ABOVE_WORDS = re.compile(any_of(REPLY_ABOVE), re.IGNORECASE)  # a third of the time, and seldom there
REPLY_ABOVE_LINE = re.compile(rf"\W{{0,40}}[^\n]{{0,40}}(?:{any_of(REPLY_ABOVE)})", re.IGNORECASE)


class Announcement(NamedTuple):
    """Lines that announce a quote."""

    first: int
    after: int
    """Index after the last."""
    is_block: bool
    """A header block or "Original Message" rather than "On … wrote:"."""


@dataclass(slots=True)
class Page:
    """Lines among which to look; those that can't announce anything are empty."""

    lines: Sequence[str]
    labels: list[str | None] = field(init=False)
    """For each line the kind of header it is, or None."""

    def __post_init__(self) -> None:
        self.labels = [label_of(line) if line else None for line in self.lines]


@dataclass(frozen=True, slots=True)
class Clues:
    """What a line has of "On 3 May 2024 at 10:00, Ann <ann@example.com> wrote:"."""

    wrote: bool
    address: bool
    date: bool
    time: bool

    def __or__(self, other: "Clues") -> "Clues":
        return Clues(
            self.wrote or other.wrote,
            self.address or other.address,
            self.date or other.date,
            self.time or other.time,
        )


@lru_cache(maxsize=4096)
def clues(line: str) -> Clues:
    """Clues of one line."""
    return Clues(
        wrote=WROTE_LINE.search(line) is not None,
        address="@" in line,
        date=DATE.search(line) is not None,
        time=TIME.search(line) is not None,
    )


def visible(line: str) -> str:
    """The line without the marks that set the direction of writing, which clients strew over right-to-left text."""
    return line if line.isascii() else line.translate(INVISIBLE)


def announcement(page: Page, at: int, *, before_quote: bool) -> Announcement | None:
    """The announcement found at this line, or None.

    A header block is found at its first line, "On … wrote:" at its last.
    """
    if not page.lines[at]:
        return None
    block_end = block_below(page, at)
    if block_end is not None:
        return Announcement(start_with_rule(page.lines, at), block_end, is_block=True)
    start = attribution_start(page.lines, at, before_quote=before_quote)
    return Announcement(start, at + 1, is_block=False) if start is not None else None


def block_below(page: Page, at: int) -> int | None:
    """Line after the header block that begins here, with or without an "Original Message" on top."""
    block_end = header_block_end(page, at)
    if block_end is not None:
        return block_end
    is_alone = is_delimiter(page.lines[at])
    if not is_alone and not is_bare_delimiter(page.lines[at]):
        return None
    first = first_written(page.lines, at + 1)
    block_end = header_block_end(page, first) if first is not None else None
    return block_end or (after_delimiter(page, at + 1) if is_alone else None)


def after_delimiter(page: Page, at: int) -> int:
    """Line after what a delimiter may bring along: a label or two, or "On … wrote:" in the lines below."""
    first = first_written(page.lines, at)
    while first is not None and page.labels[first] is not None:
        at = first + 1
        first = first_written(page.lines, at)
    if first is None:
        return at
    ends = range(first, min(first + LONGEST_ATTRIBUTION, len(page.lines)))
    found = (end + 1 for end in ends if attribution_start(page.lines, end, before_quote=True) == first)
    return next(found, at)


def first_written(lines: Sequence[str], at: int) -> int | None:
    """The first of the next three lines that isn't blank, if any."""
    return next((i for i in range(at, min(at + 3, len(lines))) if lines[i].strip()), None)


def start_with_rule(lines: Sequence[str], at: int) -> int:
    """The line of underscores or dashes that Outlook draws above a header block, if it is there."""
    above = next((i for i in range(at - 1, max(at - 4, -1), -1) if lines[i].strip()), None)
    return above if above is not None and is_rule(lines[above]) else at


def attribution_start(lines: Sequence[str], end: int, *, before_quote: bool) -> int | None:
    """First line of an "On … wrote:" whose last line is `end`, or None if that isn't one.

    The nearest line above that opens like one (a date early on, or a word like "On") begins it, so that prose which
    happens to start with "On" stays out. Without a quote below, more has to speak for it than with one.
    """
    if len(lines[end]) > LONGEST_HEADER_LINE or not ENDS_LIKE_ONE.search(lines[end]):
        return None
    single, found = None, clues("")
    for start in range(end, max(end - LONGEST_ATTRIBUTION, -1), -1):
        if not lines[start].strip() or len(lines[start]) > LONGEST_HEADER_LINE:
            break
        found |= clues(lines[start])
        if start == end - 1 and not found.wrote:
            # "ha / scritto:" is wrapped within the words themselves.
            found |= clues(f"{lines[start].rstrip()} {lines[end].lstrip()}")
        if not is_attribution(lines[start : end + 1], found, before_quote=before_quote):
            continue
        if opens(lines[start]):
            return start - 1 if start and goes_on_below(lines[start - 1]) else start
        single = start if single is None and begins_with_a_name(lines[start]) else single
    return single


def goes_on_below(line: str) -> bool:
    """Ends in a comma after a date: "On Nov 21, 2014," or "Ann <ann@example.com>, 5 Ara 2016 Pzt,"."""
    if len(line) > LONGEST_HEADER_LINE or not line.rstrip().endswith(","):
        return False
    return NAME_AND_DATE.search(line) is not None or (len(line) < 40 and opens(line) and clues(line).date)


def opens(line: str) -> bool:
    """The line begins as "On …" or with a date."""
    return OPENS_WITH_A_DATE.match(line) is not None or OPENING_WORD.match(line) is not None


def begins_with_a_name(line: str) -> bool:
    """The line isn't the tail of a wrapped one, like "<ann@example.com>" or ", 5 Ara 2016"."""
    first = line.strip()[:1]
    return first.isalnum() or first in "\"'“„"


def is_attribution(span: Sequence[str], found: Clues, *, before_quote: bool) -> bool:
    """Whether these lines, in which those clues were found, together say who wrote what follows."""
    if not found.wrote and not (found.address and (found.date or found.time)):
        return False
    joined = " ".join(line.strip() for line in span)
    if found.wrote and not found.address and PROSE_LINE.search(joined):
        return False
    return is_likely(found, joined, before_quote=before_quote)


def is_likely(found: Clues, joined: str, *, before_quote: bool) -> bool:
    """Weighs the clues: a dated address and colon will do, as Russian and Japanese Gmail write no verb."""
    dated = found.date or found.time
    if before_quote and found.wrote:
        return found.address or len(joined.split()) <= MOST_WORDS or any(c.isdigit() for c in joined)
    if found.wrote:
        return (found.address and dated) or (found.time and (found.date or opens(joined)))
    closed = CLOSED_ADDRESS.search(joined) is not None
    return found.address and closed and (dated if before_quote else found.date and found.time)


def label_of(line: str) -> str | None:
    """Kind of header this line is ("from", "date", "to", "cc", "subject", "other"), or None."""
    if len(line) > LONGEST_HEADER_LINE * 5:
        return None
    match = LABEL.match(line)
    return _LABELS.get(" ".join(match[1].lower().replace("’", "'").split())) if match else None


def header_block_end(page: Page, start: int) -> int | None:
    """Line after the block of From:, Sent:, To:, Subject: that begins at `start`, or None if none begins there.

    Blocks are found in any of the languages, in any order, double-spaced, with wrapped lists of recipients, and all
    in one line as flattened HTML has them.
    """
    if page.labels[start] not in {"from", "date", "subject", "to"}:
        return None
    kinds: set[str] = set()
    end = start
    for at in range(start, min(len(page.lines), start + MOST_HEADER_LINES)):
        kind = page.labels[at]
        if kind:
            kinds.add(kind)
            end = at + 1
        # Blank in a double-spaced block, or more of a wrapped list of people.
        elif at - end >= 2 or not any(page.labels[at + 1 : at + 3]):
            break
    return end if is_header_block(kinds, page.lines[start:end]) else None


def is_header_block(kinds: set[str], block: Sequence[str]) -> bool:
    """Enough to be a mail's header, and not a traveller's "From: Berlin, To: Paris, Date: 3 May"."""
    if len(block) == 1:
        kinds = {_LABELS.get(m.lower(), "") for m in LABELS_IN_LINE.findall(block[0][: LONGEST_HEADER_LINE * 2])}
        return kinds >= {"from", "date", "subject"}
    if "from" not in kinds or len(kinds) < 2:
        return False
    has_address = any("@" in line for line in block)
    if "subject" in kinds:
        return len(kinds) >= 3 or has_address
    return has_address and "date" in kinds


def is_delimiter(line: str) -> bool:
    """ "-----Original Message-----", "Begin forwarded message:" or "reply above this line"."""
    if len(line) > LONGEST_HEADER_LINE:
        return False
    if DELIMITER.match(line) or GROUPWISE.match(line):
        return True
    return REPLY_ABOVE_WORDS.search(line) is not None and REPLY_ABOVE_LINE.match(line) is not None


def is_groupwise(line: str) -> bool:
    """ ">>> Ann <ann@example.com> 05.05.24 10:00 >>>", which is no quote."""
    return len(line) <= LONGEST_HEADER_LINE and GROUPWISE.match(line) is not None


def is_bare_delimiter(line: str) -> bool:
    """ "Original message" without its dashes: a delimiter only when a header block follows."""
    return len(line) < 80 and BARE_DELIMITER.match(line) is not None


def is_rule(line: str) -> bool:
    """A line of dashes or underscores."""
    return len(line) <= LONGEST_HEADER_LINE and RULE.match(line) is not None
