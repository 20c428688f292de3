"""Making, using and revoking share links."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from dragoman.core.accounts.secrets import new_secret
from dragoman.core.conversations import change, queries
from dragoman.core.conversations.models import Conversation
from dragoman.core.conversations.rules import Action, require_allowed
from dragoman.core.errors import Forbidden, Gone, Invalid, NotFound
from dragoman.core.events import Happened
from dragoman.core.messages import posting
from dragoman.core.messages.models import Message, NewMessage, Sender
from dragoman.core.sharing.models import Permission, Share
from dragoman.store import schema
from dragoman.store.records import values
from dragoman.store.tx import Tx, WriteTx

shares = schema.shares
LONGEST = timedelta(days=365)
USUAL = timedelta(days=30)
MAX_COMMENT = 5000
MAX_AUTHOR = 200


def token_hash(token: str) -> str:
    """The token holds 192 random bits: a plain digest of it tells nobody anything."""
    return hashlib.sha256(token.encode()).hexdigest()


async def share(
    tx: WriteTx, conversation_id: int, *, permission: Permission, expires_at: datetime | None
) -> tuple[Share, str]:
    """A new link and its token, which is shown this once. Raises NotFound, Invalid for a bad expiry."""
    expires_at = expires_at or tx.now + USUAL
    if not tx.now < expires_at <= tx.now + LONGEST + timedelta(days=1):
        raise Invalid("expires_at", "A link expires within a year from now")
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.CHANGE, before)
    token = new_secret("sh", tx.account_id)
    made = Share(
        id=await tx.next_id(),
        conversation_id=conversation_id,
        token_hash=token_hash(token),
        permission=permission.value,
        created_by=tx.actor.id,
        expires_at=expires_at,
        created_at=tx.now,
    )
    await tx.insert(shares, values(made))
    await change.apply(tx, before)
    tx.emit(Happened.SHARE_CREATED, conversation_id, share_id=made.id, permission=permission.value)
    return made, token


async def shares_of(tx: Tx, conversation_id: int) -> list[Share]:
    await queries.get(tx, conversation_id)
    return await tx.find_all(Share, "id", conversation_id=conversation_id)


async def revoke(tx: WriteTx, conversation_id: int, share_id: int) -> None:
    """Raises NotFound for a link that is not this conversation's."""
    before = await queries.lock(tx, conversation_id)
    require_allowed(Action.READ, before)
    gone = await tx.execute(
        tx.delete(shares).where(shares.c.id == share_id, shares.c.conversation_id == conversation_id)
    )
    if not gone.rowcount:
        raise NotFound("Share")
    await change.apply(tx, before)
    tx.emit(Happened.SHARE_REVOKED, conversation_id, share_id=share_id)


async def open_share(tx: Tx, token: str) -> tuple[Share, Conversation]:
    """The link behind a token and its conversation. Raises NotFound, and Gone when it has expired."""
    found = await tx.find_one(Share, token_hash=token_hash(token))
    if found is None:
        raise NotFound("Shared conversation")
    conversation = await queries.find(tx, found.conversation_id)
    if conversation.deleted_at is not None:
        raise NotFound("Shared conversation")
    if found.expires_at <= tx.now:
        raise Gone("The share link has expired")
    return found, conversation


async def comment(tx: WriteTx, token: str, *, body: str, author_name: str) -> Message:
    """What a viewer has to say. Raises NotFound, Gone, Forbidden on a link that only shows, Invalid."""
    found, conversation = await open_share(tx, token)
    if found.permission != Permission.VIEW_AND_COMMENT:
        raise Forbidden("The share link is view-only")
    if not 1 <= len(body) <= MAX_COMMENT or not body.strip():
        raise Invalid("body", f"A comment takes 1 to {MAX_COMMENT} characters")
    if len(author_name) > MAX_AUTHOR:
        raise Invalid("author_name", f"A name takes at most {MAX_AUTHOR} characters")
    new = NewMessage(
        body=body,
        sender=Sender.SHARED_VIEWER,
        sender_name=author_name,
        source="share_link",
        metadata={"author_name": author_name},
    )
    message = await posting.post(tx, conversation.id, new)
    tx.emit(Happened.SHARE_COMMENTED, conversation.id, share_id=found.id, message_id=message.id)
    return message
