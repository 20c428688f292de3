"""How well quoted text and signatures are cut from replies with a known result.

`figures` measures `new_text` beside the two reply parsers on PyPI, on the same pairs and by the same definitions:

* **exact**: equal to the wanted text once each line's whitespace is folded and blank lines are dropped;
* **lost**: some line of the wanted text that has a letter or digit is missing in ours.

Pairs: `email_reply_trimmer/emails/X` with `trimmed/X`, and `talon/stripped/X_body` whose wanted text is the body
without `X_signature`. Wanted texts that are empty (spam cut to nothing) can't be exact: we never answer nothing.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from email_reply_parser import EmailReplyParser

from dragoman.channels.email.quotes.cutting import new_text, new_text_from_html

Cut = Callable[[str], str]
Pair = tuple[str, str, str]
"""Name, body, wanted text."""


def figures(data: Path) -> dict[str, Any]:
    """Share of exact and lost replies (0 to 1), ours and the libraries', and what HTML replies begin with.

    `data` is the folder that holds `email_replies`.
    """
    folder = data / "email_replies"
    trimmer, talon = list(trimmer_pairs(folder)), list(talon_pairs(folder))
    measured: dict[str, Any] = {"replies": score(new_text, trimmer), "signatures": score(new_text, talon)}
    measured |= {f"replies, {name}": score(cut, trimmer) for name, cut in libraries().items()}
    measured["html"] = html_figures(folder)
    return measured


def trimmer_pairs(folder: Path) -> Iterator[Pair]:
    """Bodies with their trimmed text."""
    for path in sorted((folder / "email_reply_trimmer" / "emails").glob("*.txt")):
        yield path.name, read(path), read(folder / "email_reply_trimmer" / "trimmed" / path.name)


def talon_pairs(folder: Path) -> Iterator[Pair]:
    """Bodies that end in a known signature, with what stands above it."""
    for path in sorted((folder / "talon" / "stripped").glob("*_signature.txt")):
        body = read(path.with_name(path.name.replace("_signature", "_body"))).replace("#sig#", "")
        signature = read(path).replace("#sig#", "").strip()
        yield path.name, body, body.strip().removesuffix(signature)


def score(cut: Cut, pairs: list[Pair]) -> dict[str, Any]:
    """Count, share exact, share lost, and the names that are not exact."""
    verdicts = [(name, is_exact(cut(body), wanted), is_lost(cut(body), wanted)) for name, body, wanted in pairs]
    total = max(len(verdicts), 1)
    return {
        "count": len(verdicts),
        "exact": round(sum(exact for _, exact, _ in verdicts) / total, 3),
        "lost": round(sum(lost for _, _, lost in verdicts) / total, 3),
        "losing": [name for name, _, lost in verdicts if lost],
    }


def is_exact(ours: str, wanted: str) -> bool:
    """Equal but for whitespace within lines and blank lines."""
    return folded(ours) == folded(wanted)


def is_lost(ours: str, wanted: str) -> bool:
    """A line of the wanted text with a letter or digit is missing in ours, however ours is wrapped."""
    found = " ".join(folded(ours))
    return any(line not in found for line in folded(wanted) if re.search(r"\w", line))


def folded(text: str) -> list[str]:
    """Lines that aren't blank, each with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def html_figures(folder: Path) -> dict[str, Any]:
    """How many HTML replies there are, and the first words kept of each, for the eye."""
    bodies = {path.name: read(path) for path in sorted(folder.rglob("*.html.txt"))}
    return {"count": len(bodies), "first words": {n: new_text_from_html(b)[:60] for n, b in bodies.items()}}


def libraries() -> dict[str, Cut]:
    """The reply parsers on PyPI that are installed, for comparison on the same pairs."""
    found: dict[str, Cut] = {"email-reply-parser alone": EmailReplyParser.parse_reply}
    try:
        from mailparser_reply import EmailReplyParser as MailParserReply
    except ImportError:
        return found
    found["mail-parser-reply alone"] = lambda body: MailParserReply(languages=["en"]).parse_reply(body) or ""
    return found


def read(path: Path) -> str:
    """Text of a file, whatever its encoding."""
    return path.read_bytes().decode("utf-8", "replace")
