"""A private S3: moto's server in a process of its own, holding one bucket."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from urllib.request import Request, urlopen
from uuid import uuid4

from services.run import Run, accepts_connections, free_port

BUCKET = "dragoman"

# moto checks no signature against these, but a client without credentials does not even try.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server: its address, as ``DRAGOMAN_S3_ENDPOINT`` takes it, and the bucket made in it."""

    endpoint: str
    bucket: str

    def fresh_url(self) -> str:
        """A prefix of the bucket that nobody else uses, as ``DRAGOMAN_STORAGE_URL`` takes it."""
        return f"s3://{self.bucket}/{uuid4().hex}"


def server(run: Run) -> S3Server:
    """The run's S3, started when first asked for. Raises ServiceFailed."""
    return S3Server(**run.once("s3", lambda: _start(run)))


def _start(run: Run) -> dict[str, str]:
    home, port = run.home("s3"), free_port()
    run.launch(
        home,
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        is_ready=lambda: accepts_connections(port),
        user=None,  # another user may not be allowed to read this Python
    )
    endpoint = f"http://127.0.0.1:{port}"
    with urlopen(Request(f"{endpoint}/{BUCKET}", method="PUT")):
        return {"endpoint": endpoint, "bucket": BUCKET}
