"""The marks by which whoever is told something knows us."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from dragoman.edge import signatures

# What the specification's own library for Python makes of it (standardwebhooks 1.1.0).
SECRET, MESSAGE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT, BODY = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
MARK = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_statement_97_the_standards_own_example_verifies() -> None:
    headers = signatures.standard(SECRET, MESSAGE, AT, BODY)
    assert headers == {"webhook-id": MESSAGE, "webhook-timestamp": "1614265330", "webhook-signature": MARK}


def test_a_secret_may_come_without_padding() -> None:
    padded, bare = (signatures.standard(f"whsec_{one}", MESSAGE, AT, BODY) for one in ("QUJDRA==", "QUJDRA"))
    assert padded == bare


def test_another_body_id_time_or_secret_has_another_mark() -> None:
    right = signatures.standard(SECRET, MESSAGE, AT, BODY)["webhook-signature"]
    later = datetime.fromtimestamp(1614265331, UTC)
    others = [
        signatures.standard(SECRET, MESSAGE, AT, BODY + b" "),
        signatures.standard(SECRET, "msg_2", AT, BODY),
        signatures.standard(SECRET, MESSAGE, later, BODY),
        signatures.standard("whsec_" + "A" * 32, MESSAGE, AT, BODY),
        signatures.standard("made up, and not base64", MESSAGE, AT, BODY),
    ]
    assert len({right, *(one["webhook-signature"] for one in others)}) == 6


def test_a_hexadecimal_mark_is_of_all_parts_and_dots_between() -> None:
    right = hmac.new(b"secret", b"17.body", hashlib.sha256).hexdigest()
    assert signatures.hexadecimal("secret", b"17", b"body") == f"sha256={right}"
    assert signatures.hexadecimal("secret", b"17.body") == f"sha256={right}"
