"""What becomes of real mail when it is imported: threads, notices, nothing lost, nothing doubled."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.fidelity.desk import Helpdesk
from dragoman.channels.email.parsing.addresses import addresses
from dragoman.channels.email.parsing.parse import parse
from dragoman.channels.email.parsing.sources import RawMail, open_sources
from dragoman.channels.email.reading import Incoming
from dragoman.core.messages.mails import Outcome
from dragoman.store.blobs import BlobNotFound

COLLECTIONS = ("email_fixtures", "email_bounces", "email_threads", "email_spam_ham", "mbox")
SHUFFLES = 6
KEPT_OUT = (Outcome.SUPPRESSED, Outcome.ATTACHED, Outcome.UNPARSED, Outcome.FAILED)


async def threads(desk: Helpdesk, data: Path) -> dict[str, Any]:
    """The share of threads that are one conversation of their own, in the worst of several orders of arrival."""
    found = [one for one in open_sources([data / "email_threads"]) if isinstance(one, RawMail)]
    shares, names = [], set[str]()
    for at, order in enumerate(_orders(found)):
        inbox = f"threads {at}"
        await desk.take([Incoming(one.name, one.data) for one in order], inbox=inbox)
        whole, broken = await _whole_threads(desk, inbox, {Path(one.name).parent.name for one in found})
        shares.append(whole)
        names |= broken
    return {"orders": len(shares), "whole": min(shares), "each": shares, "broken": sorted(names)}


def _orders(found: Sequence[RawMail]) -> Iterator[list[RawMail]]:
    """As they lie, backwards, and at random with fixed seeds."""
    yield list(found)
    yield list(reversed(found))
    for seed in range(SHUFFLES - 2):
        mixed = list(found)
        random.Random(seed).shuffle(mixed)
        yield mixed


async def _whole_threads(desk: Helpdesk, inbox: str, folders: set[str]) -> tuple[float, set[str]]:
    conversations, guests = defaultdict[str, set[int]](set), defaultdict[int, set[str]](set)
    for kept in await desk.kept(inbox):
        folder = Path(kept.name).parent.name
        conversations[folder].add(kept.conversation_id)
        guests[kept.conversation_id].add(folder)
    whole = {
        folder for folder in folders if len(conversations[folder]) == 1 and len(guests[min(conversations[folder])]) == 1
    }
    return round(len(whole) / len(folders), 4), folders - whole


async def collections(desk: Helpdesk, data: Path) -> dict[str, Any]:
    """For each collection what became of its mails, and whether any was lost, doubled or crashed."""
    return {name: await _collection(desk, data / name) for name in COLLECTIONS if (data / name).is_dir()}


async def _collection(desk: Helpdesk, folder: Path) -> dict[str, Any]:
    first = await desk.bring_in(folder, inbox=folder.name)
    kept = await desk.kept(folder.name)
    again = await desk.bring_in(folder, inbox=folder.name)
    grown = len(await desk.kept(folder.name)) - len(kept)
    files = [one for one in open_sources([folder]) if isinstance(one, RawMail)]
    return {
        "mails": len(files),
        **{outcome.value: first.outcomes[outcome] for outcome in Outcome if first.outcomes[outcome]},
        "opened": first.opened,
        "lost": await _lost(desk, folder.name, files),
        "doubled": grown + again.opened + len(kept) - first.outcomes[Outcome.STORED] - first.outcomes[Outcome.ATTACHED],
        "crashed": first.outcomes[Outcome.FAILED] + again.outcomes[Outcome.FAILED],
    }


async def _lost(desk: Helpdesk, inbox: str, files: Sequence[RawMail]) -> int:
    """Mails whose exact bytes cannot be had back."""
    kept = set()
    for key in await desk.raw_keys(inbox):
        try:
            kept.add(await desk.services.blobs.get(key))
        except BlobNotFound:
            continue
    return sum(one.data not in kept for one in files)


async def notices(desk: Helpdesk, data: Path) -> dict[str, Any]:
    """The share of notices that opened nothing, and of people's mails that were kept out by mistake."""
    bounces = await desk.bring_in(data / "email_bounces", inbox="bounces")
    wanted = {"email_threads": data / "email_threads", "ham": data / "email_spam_ham" / "ham"}
    found: dict[str, Any] = {"bounces that opened nothing": round(1 - bounces.opened / max(bounces.read, 1), 4)}
    for name, folder in wanted.items():
        report = await desk.bring_in(folder, inbox=f"wanted {name}")
        out = sum(report.outcomes[outcome] for outcome in KEPT_OUT)
        found[f"{name} kept out"] = round(out / max(report.read, 1), 4)
        found[f"{name} kept out, names"] = [one.name for one in report.noted]
    return found


def expected(data: Path) -> dict[str, Any]:
    """How often we read in a mail what another helpdesk's tests expect of it."""
    hits = defaultdict[str, list[bool]](list)
    for path in sorted((data / "email_fixtures").rglob("*.expected.json")):
        wanted = json.loads(path.read_text("utf-8"))
        mail = parse(path.with_name(path.name.replace(".expected.json", ".eml")).read_bytes())
        files = {one["filename"] for one in wanted["attachments"] if "content-alternative" not in one["preferences"]}
        hits["subject"].append(_folded(wanted["subject"]) == _folded(mail.subject))
        hits["sender"].append(wanted["from_email"].casefold() == (mail.sender.email.casefold() if mail.sender else ""))
        hits["recipients"].append(
            {one.email for one in addresses(wanted.get("to", ""))} <= {one.email for one in mail.to}
        )
        hits["attachments"].append(files <= {one.filename for one in mail.attachments})
    return {name: round(sum(found) / len(found), 3) for name, found in hits.items()}


def _folded(text: str) -> str:
    return " ".join(text.split())
