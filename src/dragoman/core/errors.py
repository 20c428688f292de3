"""What can go wrong, in one shape; each dialect words it in its own accent."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What sort of refusal it is; a dialect maps each to one status."""

    INVALID = "invalid"  # a field of the request is wrong
    REFUSED = "refused"  # the request is well-formed and makes no sense
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"  # the state does not allow it, or somebody was faster
    GONE = "gone"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"  # a service that is needed is down; try again


class DomainError(Exception):
    """A refusal with its kind, a code that programs can branch on, and a sentence for people."""

    kind: Kind = Kind.REFUSED
    code: str = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """Unknown, or another account's: nobody can tell which. `what` is the resource, as in "Conversation"."""

    kind, code = Kind.NOT_FOUND, "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.what = what


class Invalid(DomainError):
    """A value that cannot be taken; `field` is its name in the core's words."""

    kind, code = Kind.INVALID, "validation_error"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Refused(DomainError):
    kind, code = Kind.REFUSED, "bad_request"


class Conflict(DomainError):
    kind, code = Kind.CONFLICT, "conflict"


class Taken(Conflict):
    """A value that is one record's alone, and another's already; `field` is its name in the core's words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class StaleVersion(Conflict):
    """The caller has seen an older version than the one it means to change."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"Version {expected} is stale: the conversation is at version {actual}")


class Forbidden(DomainError):
    kind, code = Kind.FORBIDDEN, "forbidden"


class Gone(DomainError):
    kind, code = Kind.GONE, "gone"


class TooLarge(DomainError):
    kind, code = Kind.TOO_LARGE, "payload_too_large"


class Unavailable(DomainError):
    kind, code = Kind.UNAVAILABLE, "unavailable"
