"""Mailboxes out of address headers: one forgiving, linear scan instead of RFC 5322's grammar.

The standard library's `getaddresses` recurses on nested comments and, since its security fix of 2024, gives up on
the unquoted names that real mailers write (`Bob | Deals [x] <bob@example.com>`), so it is not used here.
"""

import re

from dragoman.channels.email.parsing.decode import header_text, unfold
from dragoman.channels.email.parsing.mail import Address

MAX_ADDRESSES = 5_000  # of one header; what comes after cannot matter to a conversation
MAX_EMAIL = 998  # characters; a mail line is no longer (RFC 5322, 2.1.1), and an address stands in one
MAX_NAME = 998

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|<[^<>,;]*>|=\?[^?]*\?[bBqQ]\?[^?]*\?=|\\.|[(),;:<>"]|[^"(),;:<>\\=]+|.', re.DOTALL
)
# Begins only where a word does: a search from every letter of a long word would take quadratic time.
_BARE = re.compile(r"(?<![^\s<>()\[\],;:\"'])[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"'@]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WRAPPED = re.compile(r"^(['\"])(.*)\1$", re.DOTALL)


def addresses(header: str, hint: str | None = None) -> tuple[Address, ...]:
    """The mailboxes of a raw header value in their order; groups are opened, entries without an address left out.

    `hint` is the charset of raw 8-bit names. Addresses without an `@` (`MAILER-DAEMON`) are kept.
    """
    found = [_mailbox(entry, hint) for entry in _entries(unfold(header))[:MAX_ADDRESSES]]
    return tuple(address for address in found if address is not None)


def _entries(header: str) -> list[list[str]]:
    """The header's tokens, cut at the commas and semicolons that part mailboxes."""
    entries: list[list[str]] = [[]]
    depth = 0
    for piece in _TOKEN.findall(header):
        depth = max(0, depth + (piece == "(") - (piece == ")"))
        if depth == 0 and piece in {",", ";"}:
            entries.append([])
        elif depth == 0 and piece == ":" and not _in_mailbox(entries[-1]):
            entries[-1] = []  # the name of a group
        else:
            entries[-1].append(piece)
    return entries


def _in_mailbox(entry: list[str]) -> bool:
    return any("@" in piece or piece == "<" for piece in entry)


def _mailbox(entry: list[str], hint: str | None) -> Address | None:
    comment, rest = _without_comments(entry)
    angled = [piece for piece in rest if len(piece) > 1 and piece[0] == "<" and piece[-1] == ">"]
    spec = next((piece for piece in reversed(angled) if "@" in piece), angled[-1] if angled else "")
    if len(spec) > 2:
        name = "".join(piece for piece in rest if piece != spec)
        email = _email(spec[1:-1])
    elif angled:  # MAILER-DAEMON <>
        name, email = _local_name("".join(piece for piece in rest if piece not in angled))
    else:
        name, email = _from_bare(_readable("".join(rest) or comment, hint))
    if not email or len(email) > MAX_EMAIL:
        return None
    shown = _name(name, hint) or _name(comment, hint)
    return Address("" if shown.lower() == email.lower() else shown[:MAX_NAME], email)


def _without_comments(entry: list[str]) -> tuple[str, list[str]]:
    comments: list[str] = []
    rest: list[str] = []
    depth = 0
    for piece in entry:
        if piece == ")" and depth:
            depth -= 1
        elif piece == "(":
            depth += 1
        else:
            (comments if depth else rest).append(piece)
    return "".join(comments), rest


def _local_name(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"\s*[\"']?([A-Za-z0-9._+-]+)[\"']?\s*", text)
    return "", found[1] if found else ""


def _readable(text: str, hint: str | None) -> str:
    # Some mailers encode the address along with the name: =?utf-8?q?Bob_=3Cbob=40example.com=3E?=
    return header_text(text, hint) if "=?" in text else text


def _from_bare(text: str) -> tuple[str, str]:
    """Name and address where no angle brackets tell them apart: `bob@example.com`, `Bob bob@example.com>`."""
    if found := _BARE.search(text):
        return text[: found.start()] + text[found.end() :], _email(found[0])
    if '"@' in text:  # a quoted local part may hold spaces
        return "", text.strip(" <>")
    word = text.strip(" <>")
    return "", "" if not word or re.search(r"[\s\"<>]", word) else _email(word)


def _email(spec: str) -> str:
    shown = header_text(spec)
    if re.search(r"\s", shown) and (inner := _BARE.findall(shown)):
        shown = inner[-1]
    spec = re.sub(r"[\x00-\x20\x7f]+", "", shown).strip("<>,;")
    spec = re.sub(r"^(?:mailto|smtp):", "", spec, flags=re.IGNORECASE)
    if spec.startswith("@") and ":" in spec:  # an obsolete route: <@relay:bob@example.com>
        spec = spec.partition(":")[2]
    local, at, domain = spec.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}" if at and local and domain else spec.strip("@")


def _name(raw: str, hint: str | None) -> str:
    text = _unquoted(raw.strip(" <>")) if '"' in raw else _ESCAPE.sub(r"\1", raw.strip(" <>"))
    shown = re.sub(r"\s+", " ", header_text(text, hint)).strip()
    wrapped = _WRAPPED.match(shown)  # 'Bob', or a quoted string inside an encoded word
    return wrapped[2].strip() if wrapped else shown


def _unquoted(raw: str) -> str:
    quoted = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda found: _ESCAPE.sub(r"\1", found[1]), raw, flags=re.DOTALL)
    return quoted.replace('"', "") if quoted.count('"') % 2 else quoted
