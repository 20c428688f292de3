"""Where stored mail is found: single files, mbox files, Maildirs, folders of all of these."""

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dragoman.channels.email.parsing import mbox
from dragoman.channels.email.parsing.structure import KNOWN_HEADERS, NotAMail, header_names

MAX_MAIL = 256 * 1024 * 1024  # bytes of one mail; more is not a mail that anybody received
LOOK_AHEAD = 32 * 1024 * 1024  # how far to look for a second mail in a file that starts like an mbox
MAIL_SUFFIXES = frozenset({".eml", ".mail", ".mbox", ".mbx"})


@dataclass(frozen=True, slots=True)
class RawMail:
    """One stored mail: where it was found (`box.mbox#3` is the third in a file) and its exact bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was looked at and is no mail, or could not be read, and why.

    `data` is what it holds if it was meant as mail: such bytes are worth keeping.
    """

    name: str
    reason: str
    data: bytes = b""


def open_sources(paths: Iterable[Path]) -> Iterator[RawMail | Skipped]:
    """All mails under `paths`, in sorted order, read as they are asked for; what is no mail comes as `Skipped`.

    A file is one mail, or an mbox if it holds several mails or is called `.mbox`; `.gz` of either is unpacked.
    Folders are walked to the bottom, without hidden files and without a Maildir's `tmp`. Raises `FileNotFoundError`
    with the path's name for a path that does not exist, before anything is read.
    """
    named = [_existing(path) for path in paths]
    return _under(named)


def size(paths: Iterable[Path]) -> int:
    """The bytes that `open_sources` will read (packed files count packed): the total for a progress bar."""
    return sum(_size_of(file) for path in paths for file, _ in _files(_existing(path)))


def _under(paths: list[Path]) -> Iterator[RawMail | Skipped]:
    for path in paths:
        for file, is_sure in _files(path):
            yield from _in_file(file, is_sure=is_sure)


def _existing(path: Path) -> Path:
    if not os.path.lexists(path):
        raise FileNotFoundError(f"no such file or folder: {path.name or path}")
    return path


def _files(path: Path) -> Iterator[tuple[Path, bool]]:
    """The files at or below `path`; True with those that are certainly meant as mail (named, or in a Maildir)."""
    if not _is_dir(path):
        yield path, True
        return
    unvisited = [path]
    while unvisited:
        folder = unvisited.pop()
        entries = _entries(folder)
        if entries is None:
            yield folder, True  # reading it will say what is wrong
            continue
        yield from ((entry, True) for entry in entries if _is_linked_folder(entry))
        is_maildir = {"cur", "new"} <= {entry.name for entry in entries}
        in_maildir = folder.name in {"cur", "new"}
        folders = [entry for entry in entries if _is_folder(entry) and not (is_maildir and entry.name == "tmp")]
        yield from ((entry, in_maildir) for entry in entries if not _is_dir(entry))
        unvisited.extend(reversed(folders))


def _entries(folder: Path) -> list[Path] | None:
    try:
        return sorted(entry for entry in folder.iterdir() if _is_shown(folder, entry))
    except OSError:
        return None


def _is_shown(folder: Path, entry: Path) -> bool:
    # Maildir++ keeps its folders as hidden ones beside cur and new; every other hidden name is somebody's own.
    return not entry.name.startswith(".") or (_is_dir(entry) and _is_dir(entry / "cur"))


def _is_folder(entry: Path) -> bool:
    return _is_dir(entry) and not _is_linked_folder(entry)


def _is_linked_folder(entry: Path) -> bool:
    # A link to a folder could lead back up and never end; it is reported and not followed.
    return entry.is_symlink() and _is_dir(entry)


def _is_dir(path: Path) -> bool:
    """What may not even be looked at is taken for a file: reading it will say what is wrong."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _named(path: Path) -> str:
    """A name that can be printed and kept, whatever bytes the file system has for it."""
    return os.fsencode(path).decode("utf-8", "replace")


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _in_file(file: Path, *, is_sure: bool) -> Iterator[RawMail | Skipped]:
    opener: Callable[[Path], BinaryIO] = _unpacked if file.suffix.lower() == ".gz" else _plain
    try:
        if _is_linked_folder(file):
            yield Skipped(_named(file), "it is a link to a folder, which is not followed")
        elif stat.S_ISDIR(file.stat().st_mode):
            next(file.iterdir(), None)  # says why it could not be walked
        elif not file.is_file():
            yield Skipped(_named(file), "it cannot be read: not a regular file")
        elif _is_mbox(file, opener):
            yield from _in_mbox(file, opener)
        else:
            yield _single(file, opener, is_sure=is_sure)
    except (OSError, EOFError, zlib.error) as error:
        yield Skipped(_named(file), f"it cannot be read: {getattr(error, 'strerror', None) or error}")


def _plain(file: Path) -> BinaryIO:
    return file.open("rb")


def _unpacked(file: Path) -> BinaryIO:
    return gzip.open(file, "rb")  # type: ignore[return-value]


def _kind(file: Path) -> str:
    """The suffix that tells what a file holds: `.mbox` for `box.mbox.gz`."""
    return (Path(file.stem) if file.suffix.lower() == ".gz" else file).suffix.lower()


def _is_mbox(file: Path, opener: Callable[[Path], BinaryIO]) -> bool:
    with opener(file) as stream:
        first = next(mbox.lines(stream), b"")
    if not mbox.is_separator(first):
        return False
    if _kind(file) in {".mbox", ".mbx"}:
        return True
    with opener(file) as stream:
        return mbox.has_several(stream, LOOK_AHEAD)


def _in_mbox(file: Path, opener: Callable[[Path], BinaryIO]) -> Iterator[RawMail | Skipped]:
    with opener(file) as stream:
        for number, data in enumerate(mbox.mails(stream), start=1):
            yield _judged(f"{_named(file)}#{number}", data, is_sure=True)


def _single(file: Path, opener: Callable[[Path], BinaryIO], *, is_sure: bool) -> RawMail | Skipped:
    with opener(file) as stream:
        data = stream.read(MAX_MAIL + 1)
    if len(data) > MAX_MAIL:
        return Skipped(_named(file), f"it is larger than {MAX_MAIL // 1024 // 1024} MB")
    return _judged(_named(file), data, is_sure=is_sure or _kind(file) in MAIL_SUFFIXES)


def _judged(name: str, data: bytes, *, is_sure: bool) -> RawMail | Skipped:
    """A mail, if the bytes are one; a file that merely lies about must also have a header that only mails have."""
    try:
        names = header_names(data)
    except NotAMail as error:
        return Skipped(name, f"it is no mail: {error}", data if is_sure else b"")
    if not is_sure and not names & KNOWN_HEADERS:
        return Skipped(name, "it is no mail: none of its lines is a mail header")
    return RawMail(name, data)
