"""Message ids out of `Message-ID`, `In-Reply-To` and `References`, by rules that never join strangers.

A thread grown from a wrong id shows one customer another's mail, a missing id merely opens a second conversation.
So what might be a mail address or a placeholder is not an id.
"""

import re
from collections.abc import Iterable

MAX_IDS = 1_000
LONG_ENOUGH = 8  # for an id without "@": shorter ones ("<xxx>", "12223") are placeholders and counters

_TOKEN = re.compile(r"<([^<>]*)>(?!\s*'s\b)")
_ASIDE = re.compile(r"\([^()<>]*\)|\"[^\"<>]*\"|[\s,;]+")
# "Your message of DATE <id>" and "Message from NAME <address> of DATE <id>" (RFC 822's phrase form): the word that
# stands last before the bracket tells whether an id or an address follows.
_LEADS = re.compile(r"\b(of|on|dated|from|by|to|message|cc)\b", re.IGNORECASE)
_BEFORE_ID = frozenset({"of", "on", "dated"})


def message_id(header: str) -> str | None:
    """The id in a `Message-ID` value without brackets and whitespace; None if it could not tell two mails apart.

    An id that lacks its brackets is taken if it is a single word.
    """
    if found := _TOKEN.search(header):
        return _id_like(found[1])
    bare = header.strip().strip("<>")
    return None if re.search(r"\s", bare) else _id_like(bare)


def message_ids(header: str, *, not_ids: Iterable[str] = ()) -> tuple[str, ...]:
    """The ids in an `In-Reply-To` or `References` value, in order, each once.

    `not_ids` are mail addresses known to be ones (the mail's own correspondents), which old mailers bracket too.
    """
    addresses = {address.lower() for address in not_ids}
    ids: dict[str, None] = {}
    end = 0
    for found in _TOKEN.finditer(header):
        named = _id_like(found[1])
        if named and _leads_to_id(header[end : found.start()]) and named.lower() not in addresses:
            ids[named] = None
        end = found.end()
    return tuple(ids)[-MAX_IDS:]


def _leads_to_id(between: str) -> bool:
    """Whether the text between two bracketed tokens announces an id (or is none at all)."""
    said = _ASIDE.sub(" ", between).strip()
    if not said or said.startswith("<"):  # "<" alone: a neighbour that lost its end
        return True
    leads = _LEADS.findall(said)
    return bool(leads) and leads[-1].lower() in _BEFORE_ID


def _id_like(token: str) -> str | None:
    packed = re.sub(r"[\s\x00-\x1f\x7f]+", "", token)
    local, at, _ = packed.partition("@")
    if at:
        return packed if local else None
    return packed if len(packed) >= LONG_ENOUGH and any(map(str.isdigit, packed)) else None
