"""What clients may send about webhooks, API keys, sessions and email channels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from dragoman.dialects.aurion.wire.inputs import Attributes, Id, In, Word
from dragoman.dialects.aurion.wire.people_inputs import UNSENT, Address, Name, Truth, blank_is_none

Provider = Literal["aurion", "microsoft", "google", "smtp"]
EventName = Annotated[str, StringConstraints(max_length=100)]


class WebhookIn(In):
    """The client's own secret is used where it sends one (aurion.md C35)."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    events: Annotated[list[EventName], Field(min_length=1, max_length=100)]
    secret: Annotated[Annotated[str, StringConstraints(max_length=255)] | None, BeforeValidator(blank_is_none)] = None


class KeyIn(In):
    """With `user_id` the key acts as that user, within its scopes."""

    name: Name
    scopes: Annotated[list[Word], Field(min_length=1, max_length=50)]
    user_id: Id | None = None


class LoginIn(In):
    """`account_id` only where the address is known in several accounts."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    account_id: Annotated[int, Field(strict=True, ge=1, le=2**53 - 1)] | None = None


class EmailChannelIn(In):
    name: Name
    email: Address
    provider: Provider = "aurion"
    provider_config: Attributes = Field(default_factory=dict)


class EmailChannelPatchIn(In):
    """Only what is sent changes; `provider_config` is merged."""

    name: Name = UNSENT
    email: Address = UNSENT
    provider: Provider = UNSENT
    provider_config: Attributes = UNSENT
    status: Literal["active", "inactive"] = UNSENT
    is_active: Truth = UNSENT
