"""The real daemon finds what it knows, and no fault of it is ever taken for a clean file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from dragoman.jobs.clamd import ScannerUnavailable, TooLargeToScan, Verdict, scan
from services.clamd import EICAR, SIGNATURE, STREAM_LIMIT, ClamdServer
from services.run import free_port

pytestmark = pytest.mark.anyio

MEGABYTE = 1024 * 1024
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["tcp", "socket"])
def daemon(request: pytest.FixtureRequest, clamd_server: ClamdServer) -> str:
    """The real daemon, by each of its two addresses."""
    return clamd_server.tcp_url if request.param == "tcp" else clamd_server.socket_url


@pytest.mark.parametrize("data", [b"", b"Dear support,\r\n", bytes(range(256))], ids=["empty", "text", "binary"])
async def test_a_harmless_file_is_clean(daemon: str, data: bytes) -> None:
    verdict = await scan(daemon, data)

    assert verdict == Verdict(signature=None)
    assert verdict.is_clean


async def test_a_virus_is_found_and_named(daemon: str) -> None:
    verdict = await scan(daemon, EICAR)

    assert not verdict.is_clean
    assert verdict.signature == f"{SIGNATURE}.UNOFFICIAL"


async def test_ten_megabytes_are_scanned_to_the_end(daemon: str) -> None:
    noise = Random(7).randbytes(10 * MEGABYTE)

    assert (await scan(daemon, noise)).is_clean
    assert not (await scan(daemon, noise + EICAR)).is_clean


async def test_a_virus_split_between_chunks_of_a_stream_is_found(daemon: str) -> None:
    assert not (await scan(daemon, _stream(b"x" * MEGABYTE, EICAR[:30], b"", EICAR[30:]))).is_clean
    assert (await scan(daemon, _stream(b"x" * MEGABYTE, EICAR[:30], b"", EICAR[31:]))).is_clean


async def test_the_largest_stream_allowed_is_scanned(daemon: str) -> None:
    assert (await scan(daemon, bytes(STREAM_LIMIT))).is_clean


@pytest.mark.parametrize("size", [STREAM_LIMIT + 1, 4 * STREAM_LIMIT])
async def test_too_large_a_file_is_never_clean(daemon: str, size: int) -> None:
    with pytest.raises(TooLargeToScan, match="StreamMaxLength"):
        await scan(daemon, bytes(size))
    with pytest.raises(TooLargeToScan, match="StreamMaxLength"):
        await scan(daemon, _stream(*[bytes(MEGABYTE)] * (size // MEGABYTE + 1)))


async def test_many_are_scanned_at_once(daemon: str) -> None:
    files = [EICAR if number % 3 == 0 else b"harmless" for number in range(30)]

    verdicts = await asyncio.gather(*[scan(daemon, data) for data in files])

    assert [verdict.is_clean for verdict in verdicts] == [data != EICAR for data in files]


async def test_a_dead_daemon_is_unavailable(tmp_path: Path) -> None:
    for url in (f"clamd://127.0.0.1:{free_port()}", f"clamd://localhost:{free_port()}", f"clamd://{tmp_path}/socket"):
        with pytest.raises(ScannerUnavailable, match="cannot be reached"):
            await scan(url, b"bytes")


async def test_any_address_of_a_host_will_do(clamd_server: ClamdServer) -> None:
    """``localhost`` may mean ::1 first, where clamd seldom listens."""
    assert (await scan(clamd_server.tcp_url.replace("127.0.0.1", "localhost"), b"bytes")).is_clean


async def test_a_daemon_that_hangs_is_unavailable() -> None:
    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _served(hang) as url:
        with pytest.raises(ScannerUnavailable, match="no verdict within"):
            await scan(url, b"bytes", patience=timedelta(milliseconds=50))


async def test_a_daemon_that_reads_nothing_is_unavailable() -> None:
    """The bytes fill every buffer on the way, so it is the sending that hangs."""
    done = asyncio.Event()

    async def ignore(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await done.wait()

    async with _served(ignore) as url:
        with pytest.raises(ScannerUnavailable, match="no verdict within"):
            await scan(url, bytes(64 * MEGABYTE), patience=timedelta(milliseconds=200))
        done.set()


GARBAGE = {
    "nothing": b"",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "half an answer": b"stream: ",
    "cut short": b"stream: OK",
    "an error": b"stream: Can't allocate memory ERROR\0",
    "OK of something else": b"stream: OK, but not really\0",
    "two answers": b"stream: OK\0stream: Virus FOUND\0",
    "not text": b"\xff\xfe\x00",
    "no end": b"x" * 100_000,
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
async def test_a_garbage_answer_is_no_verdict(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        writer.write(answer)

    async with _served(talk) as url:
        with pytest.raises(ScannerUnavailable, match="the scanner"):
            await scan(url, b"bytes")


async def test_an_answer_may_come_in_pieces() -> None:
    async def stutter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0\0\0\0")
        for piece in (b"stream: ", b"Some.Virus", b" FOUND", b"\0"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    async with _served(stutter) as url:
        assert await scan(url, b"bytes") == Verdict("Some.Virus")


@pytest.mark.parametrize(
    "url", ["", "clamd://", "clamd:///", "http://127.0.0.1:3310", "/var/run/clamd.ctl", "clamd://h/x"]
)
async def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a scanner is named"):
        await scan(url, b"bytes")


async def _stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@asynccontextmanager
async def _served(answer: Answer) -> AsyncIterator[str]:
    """A daemon of our own that answers as it is told, then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
