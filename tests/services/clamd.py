"""A private ClamAV daemon that knows one signature of our own: it starts in a blink and needs no download."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from services.run import Run, ServiceMissing, free_port

# The harmless EICAR test string, in two halves so that no scanner takes this repository for a virus.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Dragoman.Test.EICAR"

STREAM_LIMIT = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClamdServer:
    """A running daemon, reachable both ways that ``DRAGOMAN_SCAN`` knows."""

    tcp_url: str
    socket_url: str


def server(run: Run) -> ClamdServer:
    """The run's clamd, started when first asked for. Raises ServiceMissing or ServiceFailed."""
    return ClamdServer(**run.once("clamd", lambda: _start(run)))


def _start(run: Run) -> dict[str, str]:
    program = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise ServiceMissing("ClamAV", "clamav-daemon")
    home, port = run.home("clamd"), free_port()
    configuration = _configure(home, port)
    run.launch(
        home,
        [program, "--foreground", "--config-file", str(configuration)],
        is_ready=lambda: _answers(home / "socket"),
    )
    return {"tcp_url": f"clamd://127.0.0.1:{port}", "socket_url": f"clamd://{home / 'socket'}"}


def _configure(home: Path, port: int) -> Path:
    signatures = home / "signatures"
    signatures.mkdir()
    # name : any type of file : at any offset : the bytes in hexadecimal
    (signatures / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
    configuration = home / "clamd.conf"
    configuration.write_text(
        f"LocalSocket {home / 'socket'}\n"
        f"TCPSocket {port}\n"
        "TCPAddr 127.0.0.1\n"
        f"DatabaseDirectory {signatures}\n"
        f"StreamMaxLength {STREAM_LIMIT}\n"
        "MaxThreads 4\n"
    )
    return configuration


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)):
            return False
        probe.sendall(b"zPING\0")
        return probe.recv(16) == b"PONG\0"
