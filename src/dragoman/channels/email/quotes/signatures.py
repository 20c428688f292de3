"""Finds the signature at the end of a reply: delimiters, "Sent from my iPhone", disclaimers, footers, contact lines.

A sign-off ("Best regards, Ann") stays: its author typed it for this reader. What a machine adds goes. Only the last
`WINDOW` lines are ever looked at, one bounded line at a time.
"""

import re
from collections.abc import Callable, Sequence

from dragoman.channels.email.quotes.headers import any_of
from dragoman.channels.email.quotes.signature_tables import (
    CONTACT_LABELS,
    DEVICES,
    DISCLAIMER_OPENINGS,
    FOOTERS,
    SENT_FROM,
    SENT_FROM_ENDS,
    SIGN_OFFS,
)

WINDOW = 60
"""Lines at the end in which a signature may begin; legal disclaimers are seldom longer."""
LONGEST_SHORT_LINE = 80
LONGEST_LINE = 1200

DELIMITER = re.compile(r"\s?(?:--|—|––|-- -|__|--\s*~)\s*$")
RULE = re.compile(r"\s*[-_=*—–─~+#]{3,}\s*$")
SENT_FROM_LINE = re.compile(
    rf"[\s*_(\[<«]*(?:{any_of(SENT_FROM)})(?!\w)[^\n]{{0,160}}$"
    rf"|[^\n.!?]{{0,60}}(?:{any_of(SENT_FROM_ENDS)})[\s.*_)\]>]*$",
    re.IGNORECASE,
)
SENT_FROM_ANYTHING = re.compile(r"[\s*_(\[<]*sent from [^\n?]{1,60}(?<![.!,;:])$|\s*via mobile\s*$", re.IGNORECASE)
_ASCII_DEVICES = any_of(word for word in DEVICES if word.isascii())
_OTHER_DEVICES = any_of(word for word in DEVICES if not word.isascii())
DEVICE = re.compile(rf"(?<![a-z0-9])(?:{_ASCII_DEVICES})(?![a-z0-9])|{_OTHER_DEVICES}", re.IGNORECASE)
FOOTER_LINE = re.compile(rf"[\s*_>(\[|]*(?:{any_of(FOOTERS)})", re.IGNORECASE)
DISCLAIMER_LINE = re.compile(rf"[\s*_(\[\"“]*(?:{any_of(DISCLAIMER_OPENINGS)})", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w{2,}")
WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
PHONE = re.compile(r"\+?\(?\d[\d\s()./–-]{6,22}\d(?!\w)")
LABELLED = re.compile(rf"[\s*_|•]*(?:{any_of(CONTACT_LABELS)})(?:\s?[.:：)]+\s?\w|\s*[.:：)]*\s?[+(\d])", re.IGNORECASE)
SIGN_OFF = re.compile(rf"[\s*_-]*(?:{any_of(SIGN_OFFS)})(?!\w)[^\n]{{0,40}}$", re.IGNORECASE)

Trim = Callable[[Sequence[str], int, int], int]
"""Lines, index of the first and index after the last that may go → the new end; the old one when nothing goes."""


def trimmed_end(lines: Sequence[str], start: int, end: int) -> int:
    """Index after the last line of `lines[start:end]` that its author wrote.

    Blank lines at the end go too. Answers `start` if all of it is signature.
    """
    while True:
        end = without_blanks(lines, start, end)
        for trim in TRIMS:
            shorter = trim(lines, max(start, end - WINDOW), end)
            if shorter < end:
                break
        else:
            return end
        end = shorter


def without_blanks(lines: Sequence[str], start: int, end: int) -> int:
    """Index after the last line that isn't blank."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def before_sent_from(lines: Sequence[str], start: int, end: int) -> int:
    """Cuts the last line if a device or app wrote it."""
    return end - 1 if end > start and is_sent_from(lines[end - 1]) else end


def is_sent_from(line: str) -> bool:
    """ "Sent from my iPhone" in any of the languages, on a line of its own."""
    if len(line) > 240 or "?" in WEB.sub("", line):
        return False
    if SENT_FROM_ANYTHING.match(line):
        return True
    return SENT_FROM_LINE.match(line) is not None and DEVICE.search(line) is not None


def before_delimiter(lines: Sequence[str], start: int, end: int) -> int:
    """Cuts from the first "--" on; under a ruler, only what looks like a footer or contact lines, or nothing."""
    for at in range(start, end):
        if DELIMITER.match(lines[at][:40]) and len(lines[at]) < 40 and is_signature_tail(lines, at + 1, end):
            return at
        if is_ruler(lines[at]) and (at == end - 1 or is_footer_tail(lines[at + 1 : end])):
            return at
    return end


def is_ruler(line: str) -> bool:
    """Three dashes, underscores, stars or more."""
    return len(line) <= 200 and RULE.match(line) is not None


def is_signature_tail(lines: Sequence[str], start: int, end: int) -> bool:
    """What stands below "--" is a signature, unless it is much prose or code: "--" parts thoughts and comments SQL."""
    tail = [line for line in lines[start:end] if line.strip()]
    if sum(line.rstrip().endswith((";", "{", "}")) for line in tail) > 1:
        return False
    return sum(map(is_prose, tail)) <= 2 or is_footer_tail(tail)


def is_prose(line: str) -> bool:
    """A written line: long, or several words with an end of sentence."""
    words = line.split()
    return len(words) > 12 or (len(words) > 5 and words[-1][-1] in ".!?…。！？")


def is_footer_tail(tail: Sequence[str]) -> bool:
    """Below a ruler: a mailing list's or disclaimer's first words, or mostly contact lines, or the list's address."""
    written = [line for line in tail if line.strip()]
    if not written:
        return False
    if any(is_footer(line) or is_disclaimer(line) for line in written[:3]):
        return True
    contacts = sum(is_contact(line) for line in written)
    return contacts >= 2 and contacts * 3 >= len(written) and sum(map(is_prose, written)) <= 1


def is_footer(line: str) -> bool:
    """First words of what list servers and helpdesks append."""
    return FOOTER_LINE.match(line[:LONGEST_LINE]) is not None


def is_disclaimer(line: str) -> bool:
    """First words of a legal disclaimer, scanner's seal or printing appeal."""
    return DISCLAIMER_LINE.match(line[:LONGEST_LINE]) is not None


def before_footer(lines: Sequence[str], start: int, end: int) -> int:
    """Cuts from the first paragraph on that opens like a footer or disclaimer."""
    for at in range(start, end):
        begins = at == start or not lines[at - 1].strip() or is_ruler(lines[at - 1])
        if begins and (is_disclaimer(lines[at]) or (is_footer(lines[at]) and leads_somewhere(lines[at:end]))):
            return at - 1 if at > start and is_ruler(lines[at - 1]) else at
    return end


def leads_somewhere(lines: Sequence[str]) -> bool:
    """Holds an address: a footer says where to unsubscribe, a customer only that they want to."""
    return any(WEB.search(line[:LONGEST_LINE]) or EMAIL.search(line[: LONGEST_SHORT_LINE * 4]) for line in lines)


def is_closing(lines: Sequence[str]) -> bool:
    """Nothing but a sign-off and a name, which below a quote belongs to the text above it."""
    written = [line for line in lines if line.strip()]
    short = len(written) <= 3 and all(len(line) <= 40 for line in written)
    return short and bool(written) and is_sign_off(written[0])


def before_contacts(lines: Sequence[str], start: int, end: int) -> int:
    """Cuts a last block of contact lines (role, company, phone, address) that has no delimiter.

    A sign-off in or above it gives it away; it and the name below stay. Without one it takes a name, four lines and
    an address on the web: a customer who was asked for name, mail and phone writes just those.
    """
    first = block_start(lines, start, end)
    block = lines[first:end]
    if not is_contact_block(block):
        return end
    above = without_blanks(lines, start, first) - 1
    signed = [at for at in (above, *range(first, end)) if at >= start and is_sign_off(lines[at])]
    if signed:
        name = max(signed[-1] + 1, first)
        return end if name >= end else name + (not is_contact(lines[name]))
    is_full = len(block) >= 4 and any(WEB.search(line) for line in block)
    return first if is_full and is_name(block[0]) else end


def is_contact_block(block: Sequence[str]) -> bool:
    """Two ways or more to reach the author, and nothing that is said or asked."""
    if len(block) > 14 or sum(map(is_contact, block)) < 2:
        return False
    return not any(is_prose(line) or line.rstrip().endswith((":", "：", "?")) for line in block)


def is_sign_off(line: str) -> bool:
    """ "Best regards", alone or with a name."""
    return len(line) <= LONGEST_SHORT_LINE and SIGN_OFF.match(line) is not None


def block_start(lines: Sequence[str], start: int, end: int) -> int:
    """First line of the last paragraph; a signature's short paragraphs of contacts count as one."""
    first = end
    while first > start and (lines[first - 1].strip() or is_loose_contact(lines, start, first, end)):
        first -= 1
    return first


def is_loose_contact(lines: Sequence[str], start: int, at: int, end: int) -> bool:
    """A contact line in a double-spaced signature: another short paragraph stands above the gap."""
    return at < end and is_contact(lines[at]) and has_short_paragraph(lines, start, at - 1)


def has_short_paragraph(lines: Sequence[str], start: int, end: int) -> bool:
    """The paragraph that ends at `end` is a single short line, as in a double-spaced signature."""
    end = without_blanks(lines, start, end)
    return end > start and len(lines[end - 1]) <= 40 and (end - 1 == start or not lines[end - 2].strip())


def is_name(line: str) -> bool:
    """A few words of which hardly one begins small, as in "John E. van Doe, Ph.D."."""
    words = line.split()
    return len(words) <= 6 and sum(word[0].islower() for word in words) <= 1 and line.rstrip()[-1:] not in set("!?;,")


def is_contact(line: str) -> bool:
    """A short line that is mostly a phone number, an address of mail or web, or labelled so."""
    text = line.strip(" \t*_|•-")
    if not text or len(text) > LONGEST_SHORT_LINE:
        return False
    if LABELLED.match(text) and (PHONE.search(text) or EMAIL.search(text) or WEB.search(text) or len(text) < 30):
        return True
    rest = PHONE.sub("", WEB.sub("", EMAIL.sub("", text)))
    return len(rest) <= max(12, len(text) // 2) and rest != text


TRIMS: tuple[Trim, ...] = (before_sent_from, before_delimiter, before_footer, before_contacts)
