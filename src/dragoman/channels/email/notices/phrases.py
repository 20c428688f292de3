"""Tables of phrases, by language, as one pattern each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Subjects may open with brackets, stars and the like ("*** Mail delivery failed ***"), never with other words.
AT_START = r"^[\W_]{0,8}"
# A name or address may be quoted, bracketed or a comment.
AS_A_NAME = r"(?:^|[\s<\"'(])"


def any_of(by_language: Mapping[str, Iterable[str]], *, lead: str = "", tail: str = "") -> re.Pattern[str]:
    """A pattern for casefolded text whose runs of white space are single spaces."""
    alternatives = "|".join(phrase for phrases in by_language.values() for phrase in phrases)
    return re.compile(f"{lead}(?:{alternatives}){tail}")
