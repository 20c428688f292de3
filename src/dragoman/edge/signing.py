"""Signed claims (JSON Web Tokens). Loaded with the first session: servers whose clients have keys do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
from jwt.types import Options

ALGORITHM = "HS256"
# The clock is the database's, like everybody's: the library's own checks of time are left out.
CHECKS: Options = {"require": ["exp", "sub", "acc"], "verify_exp": False, "verify_iat": False}


def claims_of(token: str, key: bytes) -> Mapping[str, Any] | None:
    """What a token claims; None for one that was not signed with this key, or misses a claim."""
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], options=CHECKS)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None


def signed(claims: Mapping[str, Any], key: bytes) -> str:
    return jwt.encode(dict(claims), key, algorithm=ALGORITHM)
