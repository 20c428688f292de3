"""Mails out of an mbox file, one at a time and byte for byte (mboxo and mboxrd, RFC 4155)."""

import re
from collections.abc import Iterator
from typing import BinaryIO

# "From bob@example.com Sat Jan  3 01:05:34 1996", with the variants of the wild: time zones before or after the
# year, "remote from", no address. What makes it a separator is the asctime date.
SEPARATOR = re.compile(
    rb"From .{0,400}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b.{0,60}?"
    rb"\b\d{1,2}:\d\d.{0,60}?\b\d{4}\b"
)
_QUOTED = re.compile(rb">+From ")


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream with their ends, whichever ends they have (a lone CR counts: old Mac files)."""
    for line in stream:
        yield from line.splitlines(keepends=True)


def is_separator(line: bytes) -> bool:
    """Whether a line, after a blank one or at the start, begins a new mail."""
    return line.startswith(b"From ") and SEPARATOR.match(line) is not None


def has_several(stream: BinaryIO, limit: int) -> bool:
    """Whether a stream that starts with a separator holds another one within its first `limit` bytes."""
    seen, was_blank, found = 0, True, 0
    for line in lines(stream):
        found += was_blank and is_separator(line)
        seen += len(line)
        if found > 1 or seen > limit:
            break
        was_blank = not line.strip(b"\r\n")
    return found > 1


def mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox in their order, without separators and without the quoting of "From " lines.

    mboxrd puts one `>` before any `>*From `, mboxo only before `From `; taking one off restores both, but for a
    line that was `>From ` before mboxo touched it (it cannot tell).
    """
    kept: list[bytes] = []
    was_blank, has_begun = True, False
    for line in lines(stream):
        if was_blank and is_separator(line):
            if has_begun:
                yield _whole(kept)
            kept, has_begun, was_blank = [], True, False
            continue
        was_blank = not line.strip(b"\r\n")
        kept.append(line[1:] if _QUOTED.match(line) else line)
    if any(line.strip() for line in kept) or has_begun:
        yield _whole(kept)


def _whole(kept: list[bytes]) -> bytes:
    # The blank line before a separator belongs to the mbox, not to the mail.
    if len(kept) > 1 and not kept[-1].strip(b"\r\n"):
        kept = kept[:-1]
    return b"".join(kept)
