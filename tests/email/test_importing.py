"""Stored mail by the batch: counts that add up, faults that stay with their mail, and real collections."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from dragoman.channels.email import desk, receiving
from dragoman.channels.email.importing import Report, import_mail
from dragoman.channels.email.intake import Intake
from dragoman.channels.email.parsing.sources import RawMail, open_sources
from dragoman.channels.email.reading import Incoming
from dragoman.channels.email.receiving import Delivery, Receipt
from dragoman.cli.import_mail import as_json
from dragoman.core.channels import inboxes
from dragoman.core.messages.mails import Outcome
from dragoman.store import schema
from dragoman.store.blobs import BlobUnavailable
from letters import Letterbox, letter, letterbox
from world import World

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
COLLECTIONS = ("email_fixtures", "email_bounces", "email_threads", "email_spam_ham", "mbox")
CHALLENGED = letter(subject="Automatic reply: Printer", Auto_Submitted="auto-replied", message_id="r@x")


async def bring_in(world: World, *paths: Path, inbox: str = "Support") -> Report:
    return await import_mail(world.services, world.account_id, paths, inbox_name=inbox)


def put(folder: Path, **mails: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in mails.items():
        (folder / f"{name}.eml").write_bytes(raw)
    return folder


def is_complete(report: Report) -> bool:
    return report.read == sum(report.outcomes.values())


async def test_every_mail_has_one_outcome_and_every_other_file_a_line(world: World, tmp_path: Path) -> None:
    folder = put(tmp_path / "in", a=letter(message_id="a@x"), b=letter("Two", References="<a@x>"), c=CHALLENGED)
    put(folder, d=b"\x00 no mail at all", e=letter(message_id="a@x"))
    (folder / "list.csv").write_bytes(b"a,b\n1,2\n")
    report = await bring_in(world, folder)
    assert as_json(report) == {
        "read": 5,
        "stored": 2,
        "attached": 0,
        "suppressed": 1,
        "duplicate": 1,
        "unparsed": 1,
        "failed": 0,
        "skipped": 1,
        "conversations_opened": 1,
        "conversations_joined": 0,
        "bytes": report.size_bytes,
        "noted": as_json(report)["noted"],
    }
    assert [(Path(one.name).name, one.outcome) for one in (*report.noted, *report.skipped)] == [
        ("c.eml", "suppressed"),
        ("d.eml", "unparsed"),
        ("list.csv", "skipped"),
    ]


async def test_the_second_time_adds_nothing(world: World, tmp_path: Path) -> None:
    folder = put(tmp_path / "in", a=letter(files=[("x.txt", b"x")]), b=letter("Two", message_id="b@x"), c=CHALLENGED)
    await bring_in(world, folder)
    before = await count_rows(world)
    again = await bring_in(world, folder)
    assert (again.read, again.outcomes[Outcome.DUPLICATE], again.opened) == (3, 3, 0)
    assert await count_rows(world) == before


async def count_rows(world: World) -> dict[str, int]:
    tables = (schema.conversations, schema.messages, schema.attachments, schema.contacts, schema.raw_mails)
    async with world.database.read(world.account_id) as tx:
        return {table.name: len(await tx.rows(tx.select(table.c.id))) for table in (*tables, schema.events)}


async def test_what_does_not_exist_is_said_before_anything_is_written(world: World, tmp_path: Path) -> None:
    folder = put(tmp_path / "in", a=letter())
    with pytest.raises(FileNotFoundError, match="nowhere"):
        await bring_in(world, folder, tmp_path / "nowhere")
    async with world.database.read(world.account_id) as tx:
        assert await tx.rows(tx.select(schema.inboxes.c.id)) == []


async def test_an_inbox_may_be_named_by_its_address(world: World, tmp_path: Path) -> None:
    await bring_in(world, put(tmp_path / "in", a=letter()), inbox="support@acme.example")
    async with world.database.read(world.account_id) as tx:
        assert await tx.scalars(tx.select(schema.inboxes.c.address)) == ["support@acme.example"]


async def test_progress_is_told_of_every_byte(world: World, tmp_path: Path) -> None:
    mails = [letter(f"Mail {n}", message_id=f"{n}@x") for n in range(120)]
    folder = put(tmp_path / "in", **{f"m{n:03}": raw for n, raw in enumerate(mails)})
    told: list[int] = []
    report = await import_mail(world.services, world.account_id, [folder], on_progress=told.append)
    assert (len(told), sum(told)) == (120, sum(map(len, mails)))
    assert report.outcomes[Outcome.STORED] == 120


class Fragile(Intake):
    """Breaks on some mails, in the middle of the transaction."""

    is_broken = True

    async def _receive_all(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        if self.is_broken and any(b"DYNAMITE" in one.incoming.raw for one in deliveries):
            raise RuntimeError("boom")
        return await super()._receive_all(deliveries)


@pytest.fixture
async def box(world: World) -> Letterbox:
    return await letterbox(world)


async def test_a_mail_that_fails_hurts_no_neighbour_and_is_tried_again(world: World, box: Letterbox) -> None:
    intake = Fragile(world.services, world.account_id, box.inbox_id)
    batch = [Incoming(str(n), letter(text, message_id=f"{n}@x")) for n, text in enumerate(["One", "DYNAMITE", "Three"])]
    receipts = await intake.take(batch)
    assert [one.outcome for one in receipts] == [Outcome.STORED, Outcome.FAILED, Outcome.STORED]
    assert receipts[1].reason == "RuntimeError: boom"
    assert [row["outcome"] for row in await box.raw_mails()] == ["stored", "failed", "stored"]
    intake.is_broken = False
    assert [one.outcome for one in await intake.take(batch)] == [
        Outcome.DUPLICATE,
        Outcome.STORED,
        Outcome.DUPLICATE,
    ]
    assert sorted(row["outcome"] for row in await box.raw_mails()) == ["stored"] * 3


class Mortal(Intake):
    """Dies when everything is written and nothing is committed."""

    async def _receive_all(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        async with self._services.database.write(self._account_id) as tx:
            at = await desk.behind(tx, await inboxes.lock(tx, self._inbox_id))
            await receiving.receive_all(tx, at, deliveries)
            raise KeyboardInterrupt


async def test_a_crash_in_the_middle_leaves_nothing_half_done(world: World, box: Letterbox) -> None:
    mails = [letter("One", message_id="a@x", files=[("a.txt", b"x")]), letter("Two", References="<a@x>")]
    with pytest.raises(KeyboardInterrupt):
        await Mortal(world.services, world.account_id, box.inbox_id).take([Incoming("x", raw) for raw in mails])
    assert await box.open_conversations() == []
    assert [one.outcome for one in await box.drop(*mails)] == [Outcome.STORED, Outcome.STORED]
    found = await box.only_conversation()
    assert (found.message_count, len(await box.attachments(found.id))) == (2, 1)


async def test_without_storage_mails_fail_and_are_listed(
    world: World, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def put(key: str, data: bytes, content_type: str) -> None:
        raise BlobUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(world.services.blobs, "put", put)
        receipts = await box.drop(letter(message_id="a@x"), letter(message_id="b@x"))
    assert {(one.outcome, one.reason) for one in receipts} == {(Outcome.FAILED, "BlobUnavailable: disk full")}
    assert [one.outcome for one in await box.drop(letter(message_id="a@x"))] == [Outcome.STORED]


async def test_two_imports_at_once_neither_double_nor_lose(world: World, box: Letterbox) -> None:
    mails = [letter(f"Mail {n}", message_id=f"{n}@x", References="<0@x>") for n in range(40)]
    shuffled = random.Random(4).sample(mails, len(mails))
    first, second = await asyncio.gather(box.drop(*mails), box.drop(*shuffled))
    outcomes = [one.outcome for one in (*first, *second)]
    assert (outcomes.count(Outcome.STORED), outcomes.count(Outcome.DUPLICATE)) == (40, 40)
    assert (await box.only_conversation()).message_count == 40


@cache
def collected(name: str) -> tuple[Incoming, ...]:
    """The mails of a collection, each looked into once for all tests."""
    if not (DATA / name).is_dir():
        pytest.skip("the shared mail collections are absent")
    found = [one for one in open_sources([DATA / name]) if isinstance(one, RawMail)]
    return tuple(Incoming(one.name, one.data) for one in found)


async def take_all(box: Letterbox, mails: Sequence[Incoming]) -> list[Receipt]:
    intake = Intake(box.world.services, box.world.account_id, box.inbox_id)
    return [receipt for at in range(0, len(mails), 100) for receipt in await intake.take(mails[at : at + 100])]


@pytest.mark.parametrize("name", COLLECTIONS)
async def test_no_mail_of_a_collection_is_lost_doubled_or_crashes(world: World, box: Letterbox, name: str) -> None:
    mails = collected(name)
    outcomes = Counter(one.outcome for one in await take_all(box, mails))
    assert outcomes[Outcome.FAILED] == outcomes[Outcome.UNPARSED] == 0
    before = await count_rows(world)
    assert before["messages"] == outcomes[Outcome.STORED] + outcomes[Outcome.ATTACHED]
    assert {one.outcome for one in await take_all(box, mails)} == {Outcome.DUPLICATE}
    assert await count_rows(world) == before
    kept = {row["digest"]: row["blob_key"] for row in await box.raw_mails()}
    assert all([await world.services.blobs.get(kept[one.digest]) == one.raw for one in mails])


@pytest.mark.parametrize("order", ["as they lie", "backwards", "1", "2", "3"])
async def test_collected_threads_are_conversations_in_whatever_order_they_come(box: Letterbox, order: str) -> None:
    mails = list(collected("email_threads"))
    if order == "backwards":
        mails.reverse()
    elif order.isdigit():
        random.Random(int(order)).shuffle(mails)
    await take_all(box, mails)
    found = await threads_by_conversation(box)
    assert all(len(threads) == 1 for threads in found.values())
    assert len(found) == len({Path(one.name).parent for one in mails}) == len(await box.open_conversations())


async def threads_by_conversation(box: Letterbox) -> dict[int, set[str]]:
    found = defaultdict[int, set[str]](set)
    messages = schema.messages
    async with box.world.database.read(box.world.account_id) as tx:
        rows = await tx.rows(tx.select(messages.c.id, messages.c.conversation_id))
    conversations = {row[0]: row[1] for row in rows}
    for row in await box.raw_mails():
        found[conversations[row["message_id"]]].add(Path(row["name"]).parent.name)
    return found
