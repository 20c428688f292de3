"""Email channels: the mailboxes of an account (aurion.md 5.4)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from dragoman.core.channels import actions, queries
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.conversations.models import Channel
from dragoman.core.errors import Invalid
from dragoman.dialects.aurion import present_account as present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.routes.paging import Envelope, page_reply
from dragoman.dialects.aurion.wire.account import EmailChannelOut, EmailChannelsOut
from dragoman.dialects.aurion.wire.account_inputs import EmailChannelIn, EmailChannelPatchIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/api/v2/email/channels", "Email channels")
ChannelId = Annotated[str, Path(max_length=200)]
EMAIL = Channel.EMAIL.value
CORE_WORDS = {"email": "address", "provider_config": "settings"}


@routes.get("", responses=returns(EmailChannelsOut), summary="List email channels")
async def list_email_channels(tx: Reader, envelope: Envelope = None) -> Response:
    """The primary one first."""
    found = await queries.of_channel(tx, EMAIL)
    shown = [present.email_channel(one, is_primary=at == 0) for at, one in enumerate(found)]
    return page_reply(EmailChannelsOut, shown, envelope)


async def _reply(tx: Tx, inbox: Inbox, status_code: int = 200) -> Response:
    is_primary = await queries.primary_id(tx, EMAIL) == inbox.id
    return reply(present.email_channel(inbox, is_primary=is_primary), status_code)


@routes.post("", status_code=201, responses=returns(EmailChannelOut, 201), summary="Create an email channel")
async def create_email_channel(body: EmailChannelIn, tx: Writer) -> Response:
    """The first one of an account is its primary mailbox."""
    new = actions.NewInbox(
        name=body.name, channel=EMAIL, address=body.email, provider=body.provider, settings=body.provider_config
    )
    return await _reply(tx, await actions.add(tx, new), 201)


@routes.patch("/{channel_id}", responses=returns(EmailChannelOut), summary="Update an email channel")
async def update_email_channel(channel_id: ChannelId, body: EmailChannelPatchIn, tx: Writer) -> Response:
    """Changes what is sent and nothing else; `provider_config` is merged."""
    wanted = _core_words(body.model_dump(exclude_unset=True))
    return await _reply(tx, await actions.edit(tx, EMAIL, read(Prefix.INBOX, channel_id), wanted))


def _core_words(sent: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid where `status` and `is_active` say different things."""
    if "status" in sent:
        is_active = sent.pop("status") == "active"
        if sent.setdefault("is_active", is_active) != is_active:
            raise Invalid("is_active", "Differs from status")
    return {CORE_WORDS.get(name, name): value for name, value in sent.items()}


@routes.delete("/{channel_id}", status_code=204, summary="Delete an email channel")
async def delete_email_channel(channel_id: ChannelId, tx: Writer) -> Response:
    """409 for the primary mailbox, and for one that conversations came through."""
    await actions.remove(tx, EMAIL, read(Prefix.INBOX, channel_id))
    return Response(status_code=204)
