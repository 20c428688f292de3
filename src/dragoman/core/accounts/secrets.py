"""Keys and tokens: made of randomness, kept as keyed hashes; passwords: kept by argon2.

A key names its account (`ak_live_<account>_<random>`), so that finding its owner never looks into another account's
rows; what stands before that is ignored, since clients carry keys of several shapes (aurion.md C32).
"""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_passwords = PasswordHasher()
MAX_SECRET = 256


def new_secret(prefix: str, account_id: int) -> str:
    """`prefix`, the account and 192 random bits."""
    return f"{prefix}_{encode(account_id)}_{secrets.token_hex(24)}"


def account_of(secret: str) -> int | None:
    """The account that a secret names; None when it is not of our making."""
    parts = secret.rsplit("_", 2)
    if len(parts) != 3 or len(secret) > MAX_SECRET:
        return None
    return decode(parts[1])


def secret_hash(secret: str, pepper: bytes) -> str:
    """A fast keyed hash: the secret is random, so there is nothing to guess slowly."""
    return hashlib.blake2b(secret.encode(), key=pepper[:64], digest_size=32).hexdigest()


def hash_password(password: str) -> str:
    return _passwords.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Takes as long for an unknown user as for a wrong password."""
    try:
        return _passwords.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """What no password fits. Made when first needed: it takes 64 MiB and a tenth of a second."""
    return _passwords.hash(secrets.token_hex(16))


def encode(number: int) -> str:
    """A whole number in Crockford's base 32, lower case."""
    digits = ""
    while True:
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits


def decode(text: str) -> int | None:
    """The number, or None for anything that is not `encode` of one below 2^53."""
    if not 1 <= len(text) <= 11 or any(char not in _DIGITS for char in text):
        return None
    number = 0
    for char in text:
        number = number * 32 + _DIGITS.index(char)
    return number if number < 2**53 else None
