"""`make fidelity`: how true real mail comes through, as a table and as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.fidelity import mail, replies, safety
from benchmarks.fidelity.desk import helpdesk

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "benchmarks" / "out" / "fidelity.json"
WANTED = "The mail collections are absent: fidelity is measured on ../shared/data, beside this repository."


def main() -> int:
    """0 when everything was measured, 2 when there is nothing to measure on."""
    console = Console(soft_wrap=True)
    if not (DATA / "email_threads").is_dir():
        console.print(WANTED)
        return 2
    figures = asyncio.run(measure(DATA))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    show(console, figures)
    console.print(f"All of it: {OUT.relative_to(ROOT)}")
    return 0


async def measure(data: Path) -> dict[str, Any]:
    """Every figure, by name."""
    async with helpdesk() as desk:
        began = time.perf_counter()
        collections = await mail.collections(desk, data)
        seconds = time.perf_counter() - began
        return {
            "collections": collections,
            "threads": await mail.threads(desk, data),
            "notices": await mail.notices(desk, data),
            "html": await safety.unsafe(desk),
            "expected": mail.expected(data),
            "replies": replies.figures(data),
            "seconds for every collection twice": round(seconds, 1),
        }


def show(console: Console, figures: dict[str, Any]) -> None:
    threads, notices, page = figures["threads"], figures["notices"], figures["html"]
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_row("Threads that are one conversation", _share(threads["whole"]), f"worst of {threads['orders']} orders")
    table.add_row("Bounces that opened nothing", _share(notices["bounces that opened nothing"]), "wanted: 99 %")
    for name in ("email_threads", "ham"):
        table.add_row(f"Kept out by mistake, {name}", _share(notices[f"{name} kept out"]), "wanted: at most 0.5 %")
    for name, found in figures["collections"].items():
        verdict = f"{found['lost']} lost, {found['doubled']} doubled, {found['crashed']} crashed"
        table.add_row(name, f"{found['mails']:,} mails", verdict)
    for name, found in figures["replies"].items():
        if "exact" in found:
            table.add_row(f"Cut {name}", f"{_share(found['exact'])} exact", f"{_share(found['lost'])} lost")
    for name, hit in figures["expected"].items():
        table.add_row(f"As another helpdesk reads it: {name}", _share(hit), "")
    table.add_row("Unsafe HTML", str(page["unsafe"]), f"in {page['messages']:,} messages")
    console.print(table)


def _share(value: float) -> str:
    return f"{value:.1%}"


if __name__ == "__main__":
    sys.exit(main())
