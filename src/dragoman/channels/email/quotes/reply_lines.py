"""Which lines of a mail its author newly wrote; the same answer serves plain text and the lines of an HTML body."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby

from dragoman.channels.email.quotes import headers, signatures


class Kind(Enum):
    """What a line is. A client's own markup may tell it (as a hint); else it is read from the line."""

    BLANK = "blank"
    TEXT = "text"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    """Announces a quote that is marked as such: what follows the quote may be new again."""
    CUT = "cut"
    """Announces a quote that isn't marked: all that follows is quoted."""
    SIGNATURE = "signature"


QUOTED = re.compile(r"\s{0,4}(?:>|&gt;|\|(?!.*\|))")
PROMPT = re.compile(r"\s*>>>(?: [^\s>]|$)")
FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
QUOTE_MARKS = re.compile(r"^(?:\s{0,3}[>|])+\s?")
LONG_QUOTE = 60
"""A quoted line this long may have lost its end to the next line, which then has no mark."""
CODE = "\ufffc"
"""Stands for a line of code while looking, so that its ">" and "--" mean nothing."""
LONGEST_CLOSING = 20
MOST_LOOKS = 6
"""What is cut may leave lines side by side that say something together; each look takes linear time."""

Hints = Sequence[Kind | None]


def newly_written(lines: Sequence[str], hints: Hints | None = None) -> list[bool]:
    """For each line whether its author newly wrote it.

    Quotes between new lines stay, for they give the answers their sense; a quote above all new text, or below it,
    goes with the line that announces it. Where nothing would remain (a forward without a word, a lone signature)
    everything stays.
    """
    left, hints = list(range(len(lines))), hints or [None] * len(lines)
    for _ in range(MOST_LOOKS):
        kept = kept_at_first_look([lines[at] for at in left], [hints[at] for at in left])
        if all(kept):
            break
        left = [at for at, keep in zip(left, kept, strict=True) if keep]
    remaining = set(left)
    return [at in remaining for at in range(len(lines))]


def kept_at_first_look(lines: Sequence[str], hints: Hints) -> list[bool]:
    """The same, when lines that only meet once others are gone don't count."""
    seen = [headers.visible(line) for line in lines]
    for at in list(code_lines(seen)):
        seen[at] = CODE
    kinds = kinds_of(seen, hints)
    end = kinds.index(Kind.CUT) if Kind.CUT in kinds else len(kinds)
    end = trimmed_end(seen, kinds, end)
    start = start_of_reply(kinds, end)
    kept = [start <= at < end and kind is not Kind.ATTRIBUTION for at, kind in enumerate(kinds)]
    written = (line for line, keep, kind in zip(seen, kept, kinds, strict=True) if keep and kind is Kind.TEXT)
    return [True] * len(kinds) if all(map(headers.is_rule, written)) else kept


def kinds_of(lines: Sequence[str], hints: Hints) -> list[Kind]:
    """The kind of every line: hints first, then marks of quotes, then what announces quotes."""
    kinds = [hint or base_kind(line) for line, hint in zip(lines, hints, strict=True)]
    unmark_announcements(lines, kinds)
    mark_announcements(lines, kinds)
    mark_wrapped_quotes(lines, kinds)
    return kinds


def base_kind(line: str) -> Kind:
    """Blank, quoted by a mark, or text."""
    if not line.strip():
        return Kind.BLANK
    return Kind.QUOTE if QUOTED.match(line[:400]) else Kind.TEXT


def code_lines(lines: Sequence[str]) -> Iterator[int]:
    """Lines between code fences, and paragraphs of Python prompts, whose marks don't quote."""
    fences = [at for at, line in enumerate(lines) if FENCE.match(line)]
    for opening, closing in zip(fences[::2], fences[1::2], strict=False):
        yield from (at for at in range(opening, closing + 1) if lines[at].strip())
    marked = [bool(QUOTED.match(line[:400])) for line in lines]
    for is_marked, run in groupby(range(len(lines)), marked.__getitem__):
        at = list(run)
        if is_marked and all(PROMPT.match(lines[i]) and not headers.is_groupwise(lines[i]) for i in at):
            yield from at


def unmark_announcements(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Lines whose ">" isn't the mark of a quote but part of what announces one.

    It closes the address of the line above ("<ann@example.com / > wrote:"), or GroupWise wrote
    ">>> Ann <ann@example.com> 05.05.24 10:00 >>>".
    """
    for at, line in enumerate(lines):
        if kinds[at] is Kind.QUOTE and (closes_address(lines, kinds, at) or headers.is_groupwise(line)):
            kinds[at] = Kind.TEXT


def closes_address(lines: Sequence[str], kinds: Sequence[Kind], at: int) -> bool:
    """The line above opens an address that ends with this one's first sign."""
    if at == 0 or kinds[at - 1] is not Kind.TEXT or not lines[at].rstrip().endswith((":", "：")):
        return False
    above = lines[at - 1][-headers.LONGEST_HEADER_LINE :]
    return above.rfind("<") > above.rfind(">")


def mark_announcements(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Marks what announces quotes; stops at the first quote that has no mark of its own, as it has no end.

    Only an "On … wrote:" on top of the body ends nothing: its unmarked quote and the reply below can't be told apart.
    """
    below = kinds_below(kinds)
    page = headers.Page([line if kind is Kind.TEXT else "" for line, kind in zip(lines, kinds, strict=True)])
    at = done = 0
    has_text = False
    while at < len(lines):
        found = headers.announcement(page, at, before_quote=below[at] is Kind.QUOTE)
        if found is None:
            at += 1
            continue
        has_text = has_text or Kind.TEXT in kinds[done : found.first]
        if below[found.after - 1] not in {Kind.QUOTE, None} and (has_text or found.is_block):
            kinds[found.first] = Kind.CUT
            return
        kinds[found.first : found.after] = [Kind.ATTRIBUTION] * (found.after - found.first)
        at = done = found.after


def kinds_below(kinds: Sequence[Kind]) -> list[Kind | None]:
    """For each line the kind of the next that isn't blank; None at the end."""
    below: list[Kind | None] = [None] * len(kinds)
    for at in range(len(kinds) - 2, -1, -1):
        below[at] = below[at + 1] if kinds[at + 1] is Kind.BLANK else kinds[at + 1]
    return below


def mark_wrapped_quotes(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Marks the ends of long quoted lines that a mailer wrapped without repeating the mark."""
    for at in range(1, len(lines) - 1):
        is_between = kinds[at - 1] is kinds[at + 1] is Kind.QUOTE and kinds[at] is Kind.TEXT
        if is_between and is_wrapped_end(lines[at - 1].rstrip(), lines[at]):
            kinds[at] = Kind.QUOTE


def is_wrapped_end(above: str, line: str) -> bool:
    """The quoted line above is long and stops within a sentence, and this one goes on with it."""
    if len(above) < LONG_QUOTE or above[-1] in ".!?:;…":
        return False
    return line.strip()[0].islower() or (len(above) > LONG_QUOTE + 5 and len(line.split()) <= 3)


def trimmed_end(lines: Sequence[str], kinds: Sequence[Kind], end: int) -> int:
    """Index after the last new line above `end`: quotes and signatures below it go, in whatever order they come."""
    first_text = kinds.index(Kind.TEXT) if Kind.TEXT in kinds else len(kinds)
    while end > 0:
        end = before_quotes(lines, kinds, end)
        start = text_start(kinds, end)
        # A lone closing below the quote, while the reply itself stands above it.
        is_leftover = first_text < start and end - start <= LONGEST_CLOSING
        if is_leftover and signatures.is_closing(lines[start:end]):
            end = start
            continue
        shorter = signatures.trimmed_end(lines, start, end)
        if shorter > start or shorter == end:
            return shorter
        end = shorter
    return end


def before_quotes(lines: Sequence[str], kinds: Sequence[Kind], end: int) -> int:
    """Index after the last line that is text, but a short quote stays that its author introduced by a colon."""
    first = end
    while first > 0 and kinds[first - 1] is not Kind.TEXT:
        first -= 1
    quotes = [at for at in range(first, end) if kinds[at] is not Kind.BLANK]
    # A quote without a mark in the text is one by the client's markup.
    is_own = 0 < len(quotes) <= 5 and all(kinds[at] is Kind.QUOTE and QUOTED.match(lines[at]) for at in quotes)
    if is_own and first and is_introduction(lines[first - 1]) and not any(map(is_quoted_header, lines[first:end])):
        return end
    return first


def is_introduction(line: str) -> bool:
    """Ends in a colon without naming a time or an address: its author's own words, not an unknown client's."""
    text = line.rstrip()
    return text.endswith((":", "：")) and "@" not in text and not any(map(str.isdigit, text))


def is_quoted_header(line: str) -> bool:
    """A quoted "On … wrote:" or From: line, as some clients put their own line inside the quote."""
    bare = QUOTE_MARKS.sub("", line[: headers.LONGEST_HEADER_LINE])
    return headers.label_of(bare) == "from" or headers.attribution_start([bare], 0, before_quote=True) is not None


def text_start(kinds: Sequence[Kind], end: int) -> int:
    """First line of the new text that ends here: below the last quote."""
    start = end
    while start > 0 and kinds[start - 1] in {Kind.TEXT, Kind.BLANK}:
        start -= 1
    return start


def start_of_reply(kinds: Sequence[Kind], end: int) -> int:
    """First line below a quote that a client announced on top, if that is the only quote; one by hand stays."""
    quoted = [at for at in range(end) if kinds[at] in {Kind.QUOTE, Kind.ATTRIBUTION}]
    if not quoted or Kind.TEXT in kinds[: quoted[0]]:
        return 0
    first_text = kinds.index(Kind.TEXT, quoted[0], end) if Kind.TEXT in kinds[quoted[0] : end] else end
    is_only = quoted[-1] < first_text
    return first_text if is_only and kinds[quoted[0]] is Kind.ATTRIBUTION else 0
