"""Stored mail, found wherever it lies and given back byte for byte."""

import csv
import gzip
import mailbox
import os
from pathlib import Path

import pytest

from dragoman.channels.email.parsing.sources import RawMail, Skipped, open_sources, size

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

ONE = b"From: a@example.com\nSubject: one\n\nfirst\n"
TWO = b"From: b@example.com\nSubject: two\n\nsecond\n\nFrom here on it is text.\n"
ENVELOPE = b"From bob@example.com Sat Jan  3 01:05:34 1996\n"


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def mails(*paths: Path) -> list[bytes]:
    return [found.data for found in open_sources(paths) if isinstance(found, RawMail)]


def skipped(*paths: Path) -> dict[str, str]:
    return {Path(found.name).name: found.reason for found in open_sources(paths) if isinstance(found, Skipped)}


@pytest.mark.parametrize("name", ["one.eml", "one.txt", "one", "one.msg"])
def test_a_file_is_a_mail_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    assert list(open_sources([put(tmp_path / name, ONE)])) == [RawMail(str(tmp_path / name), ONE)]


def test_a_single_mail_with_an_envelope_line_is_one_mail(tmp_path: Path) -> None:
    saved = put(tmp_path / "saved.eml", ENVELOPE + TWO)
    assert mails(saved) == [ENVELOPE + TWO]


@pytest.mark.parametrize("name", ["box.mbox", "box", "Sent"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_mbox_is_cut_into_its_mails(tmp_path: Path, name: str, end: bytes) -> None:
    box = put(tmp_path / name, (ENVELOPE + ONE + b"\n" + ENVELOPE + TWO + b"\n").replace(b"\n", end))
    assert mails(box) == [ONE.replace(b"\n", end), TWO.replace(b"\n", end)]
    assert [found.name for found in open_sources([box])] == [f"{box}#1", f"{box}#2"]


def test_an_mbox_of_one_is_known_by_its_name(tmp_path: Path) -> None:
    assert mails(put(tmp_path / "box.mbox", ENVELOPE + ONE)) == [ONE]


def test_quoted_from_lines_lose_one_mark(tmp_path: Path) -> None:
    quoted = ONE + b"\n>From me\n>>From you\n>Fromage\n"
    box = put(tmp_path / "box.mbox", ENVELOPE + quoted + b"\n" + ENVELOPE + ONE)
    assert mails(box)[0] == ONE + b"\nFrom me\n>From you\n>Fromage\n"


@pytest.mark.parametrize(
    "separator",
    [
        b"From bob@example.com Sat Jan  3 01:05:34 1996",
        b"From - Sat Jan 13 01:05:34 2024",
        b"From bob@example.com  Sat Jan  3 01:05 1996",
        b"From bob@example.com Sat Jan  3 01:05:34 MET 1996",
        b"From bob@example.com Sat Jan  3 01:05:34 1996 +0100",
        b"From bob@example.com Sat, 3 Jan 1996 01:05:34 +0100",
        b'From "bob smith"@example.com Sat Jan  3 01:05:34 1996 remote from uucp',
    ],
)
def test_separators_of_the_wild_are_known(tmp_path: Path, separator: bytes) -> None:
    box = put(tmp_path / "box", separator + b"\n" + ONE + b"\n" + separator + b"\n" + TWO)
    assert mails(box) == [ONE, TWO]


@pytest.mark.parametrize("line", [b"From here to there", b"From Monday on", b"From: x", b"From 10:30 to 2024"])
def test_sentences_are_no_separators(tmp_path: Path, line: bytes) -> None:
    body = ONE + b"\n" + line + b"\nmore\n"
    box = put(tmp_path / "box.mbox", ENVELOPE + body + b"\n" + ENVELOPE + TWO)
    assert mails(box) == [body, TWO]


def test_what_python_writes_as_mbox_is_read_back(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    for raw in (ONE, TWO):
        box.add(raw)
    box.close()
    assert mails(tmp_path / "box.mbox") == [ONE, TWO]


def test_a_maildir_is_read_without_what_is_still_being_delivered(tmp_path: Path) -> None:
    put(tmp_path / "inbox/cur/1.host:2,S", ONE)
    put(tmp_path / "inbox/new/2.host", TWO)
    put(tmp_path / "inbox/tmp/3.host", ONE)
    put(tmp_path / "inbox/.Sent/cur/4.host:2,S", ONE)
    put(tmp_path / "inbox/.Sent/new/.keep", b"")
    put(tmp_path / "inbox/dovecot.index", b"\x00\x01")
    found = [Path(item.name).name for item in open_sources([tmp_path]) if isinstance(item, RawMail)]
    assert found == ["4.host:2,S", "1.host:2,S", "2.host"]


def test_folders_are_read_in_order_and_say_what_they_leave_out(tmp_path: Path) -> None:
    put(tmp_path / "b/2.eml", TWO)
    put(tmp_path / "a.eml", ONE)
    put(tmp_path / "a.expected.json", b'{\n  "from": "x"\n}\n')
    put(tmp_path / "index.csv", b"file,tags\na.eml,crlf\n")
    put(tmp_path / "note.txt", b"Note: not a mail\n\nreally\n")
    put(tmp_path / "picture.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    put(tmp_path / "empty.eml", b"")
    put(tmp_path / ".hidden.eml", ONE)
    put(tmp_path / ".git/x.eml", ONE)
    assert mails(tmp_path) == [ONE, TWO]
    reasons = skipped(tmp_path)
    assert sorted(reasons) == ["a.expected.json", "empty.eml", "index.csv", "note.txt", "picture.png"]
    assert "empty" in reasons["empty.eml"]
    assert "header" in reasons["note.txt"]


def test_a_named_file_needs_no_well_known_header(tmp_path: Path) -> None:
    odd = put(tmp_path / "note.txt", b"Note: perhaps a mail\n\nreally\n")
    assert len(mails(odd)) == 1
    assert mails(tmp_path) == []


def test_packed_mail_is_unpacked(tmp_path: Path) -> None:
    put(tmp_path / "box.mbox.gz", gzip.compress(ENVELOPE + ONE + b"\n" + ENVELOPE + TWO))
    put(tmp_path / "one.eml.gz", gzip.compress(ONE))
    assert mails(tmp_path) == [ONE, TWO, ONE]


def test_a_broken_archive_is_skipped_with_the_reason(tmp_path: Path) -> None:
    put(tmp_path / "a.eml.gz", b"not packed")
    put(tmp_path / "b.eml.gz", gzip.compress(ONE)[:-12])
    put(tmp_path / "c.eml", ONE)
    assert mails(tmp_path) == [ONE]
    assert all("cannot be read" in reason for reason in skipped(tmp_path).values())


def test_what_cannot_be_read_is_skipped_with_the_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nowhere")
    assert set(skipped(tmp_path)) == {"pipe", "gone.eml"}


def test_a_link_back_up_does_not_loop(tmp_path: Path) -> None:
    put(tmp_path / "a/one.eml", ONE)
    (tmp_path / "a/up").symlink_to(tmp_path, target_is_directory=True)
    assert mails(tmp_path) == [ONE]


def test_a_missing_path_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.eml"):
        open_sources([put(tmp_path / "a.eml", ONE), tmp_path / "nowhere.eml"])
    with pytest.raises(FileNotFoundError, match=r"nowhere"):
        size([tmp_path / "nowhere"])


def test_the_size_is_that_of_all_files(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", ONE)
    put(tmp_path / "b/b.eml", TWO)
    assert size([tmp_path, tmp_path / "a.eml"]) == 2 * len(ONE) + len(TWO)


@pytest.mark.parametrize("folder", ["email_fixtures", "email_threads", "email_spam_ham", "email_bounces"])
def test_every_collected_mail_is_found(folder: str) -> None:
    files = list((DATA / folder).rglob("*.eml"))
    if not files:
        pytest.skip("the shared mail collections are absent")
    assert len(mails(DATA / folder)) == len(files)
    assert all(name.endswith((".csv", ".json")) for name in skipped(DATA / folder))


def test_every_mail_of_the_collected_mboxes_is_found() -> None:
    boxes = sorted((DATA / "mbox").glob("*.mbox"))
    if not boxes:
        pytest.skip("the shared mail collections are absent")
    rows = csv.DictReader((DATA / "mbox" / "index.csv").read_text("utf-8").splitlines())
    kept = {row["file"]: int(row["messages_kept"]) for row in rows}
    assert {box.name: len(mails(box)) for box in boxes} == kept


def test_a_name_that_is_no_utf_8_can_be_printed_and_kept(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/47\xff"))
    folder.mkdir()
    (folder / os.fsdecode(b"x\xff.eml")).write_bytes(b"From: a@example.com\nSubject: Hi\n\nBody\n")
    (found,) = open_sources([tmp_path])
    assert isinstance(found, RawMail)
    assert found.name.encode().endswith("47\ufffd/x\ufffd.eml".encode())


def test_a_link_to_a_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    elsewhere, mails = tmp_path / "elsewhere", tmp_path / "mails"
    elsewhere.mkdir()
    mails.mkdir()
    (elsewhere / "in.eml").write_bytes(b"From: a@example.com\nSubject: Hi\n\nBody\n")
    (mails / "archive").symlink_to(elsewhere)
    (found,) = open_sources([mails])
    assert isinstance(found, Skipped)
    assert (Path(found.name).name, "link" in found.reason) == ("archive", True)
