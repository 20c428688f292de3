"""What clients may send about contacts, companies, teams and users."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from dragoman.core.access import Role
from dragoman.core.accounts.models import RoutingMethod, TeamRole
from dragoman.dialects.aurion.wire.inputs import Attributes, Id, In, Tags, Word

# What a PATCH does not send is not read; a factory keeps a default that means nothing out of the OpenAPI document.
UNSENT: Any = Field(default_factory=lambda: None)


def blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
NamePart = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=127)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320)]
Password = Annotated[str, StringConstraints(min_length=8, max_length=1024)]
Truth = Annotated[bool, Field(strict=True)]
# A form that was left empty says nothing.
MaybeText = Annotated[Word | None, BeforeValidator(blank_is_none)]
MaybeNamePart = Annotated[NamePart | None, BeforeValidator(blank_is_none)]
MaybeAddress = Annotated[Address | None, BeforeValidator(blank_is_none)]
MaybeProse = Annotated[Annotated[str, StringConstraints(max_length=10_000)] | None, BeforeValidator(blank_is_none)]
Minutes = Annotated[int, Field(ge=1, le=525_600, strict=True)]


class _Contact(In):
    first_name: MaybeNamePart = None
    last_name: MaybeNamePart = None
    email: MaybeAddress = None
    phone: MaybeText = None
    role: MaybeText = None
    company_id: Id | None = None
    external_id: MaybeText = None
    locale: MaybeText = None
    timezone: MaybeText = None
    tags: Tags = Field(default_factory=list)
    custom_attrs: Attributes = Field(default_factory=dict)
    unsubscribed_from_emails: Truth = False


class ContactIn(_Contact):
    """A name in one piece or in two (aurion.md C34); at least a name, an address or a number."""

    name: Annotated[Name | None, BeforeValidator(blank_is_none)] = None


class ContactPatchIn(_Contact):
    """Only what is sent changes; null clears what can be empty, `custom_attrs` are merged."""

    name: Name = UNSENT
    unsubscribed_from_emails: Truth = UNSENT


class CompanyIn(In):
    name: Name
    domain: MaybeText = None
    tags: Tags = Field(default_factory=list)
    custom_attrs: Attributes = Field(default_factory=dict)


class CompanyPatchIn(CompanyIn):
    """Only what is sent changes."""

    name: Name = UNSENT


class TeamIn(In):
    """`balanced` is another word for `least_active` (aurion.md 5.2)."""

    name: Name
    description: MaybeProse = None
    routing_method: RoutingMethod = RoutingMethod.ROUND_ROBIN
    department: MaybeText = None
    location: MaybeText = None
    email: MaybeAddress = None
    escalate_to_user_id: Id | None = None
    unassigned_timeout_minutes: Minutes | None = None


class TeamPatchIn(TeamIn):
    """Only what is sent changes."""

    name: Name = UNSENT
    routing_method: RoutingMethod = UNSENT


class MemberIn(In):
    role: TeamRole = TeamRole.MEMBER


class UserIn(In):
    """`full_name` and `name` are the same."""

    email: Address
    full_name: Name | None = None
    name: Name | None = None
    role: Role = Role.AGENT
    password: Password | None = None


class UserPatchIn(In):
    """Only what is sent changes."""

    full_name: Name = UNSENT
    name: Name = UNSENT
    role: Role = UNSENT
    is_active: Truth = UNSENT
    is_available: Truth = UNSENT
    password: Password = UNSENT
