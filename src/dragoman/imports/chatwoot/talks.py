"""Conversations with all that was said in them, and the files. One conversation is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dragoman.core import carried
from dragoman.core.conversations import change, creation, queries
from dragoman.core.conversations.models import Conversation, Priority, Status
from dragoman.core.conversations.rules import FOREVER
from dragoman.core.errors import DomainError
from dragoman.core.messages import files, posting
from dragoman.core.messages.models import NewAttachment, NewMessage, Sender
from dragoman.core.tags import clean_tags
from dragoman.edge.services import Services
from dragoman.edge.uploads import described
from dragoman.imports.chatwoot.people import carry_contact
from dragoman.imports.chatwoot.remote import Refused, Unreachable
from dragoman.imports.chatwoot.report import Outcome
from dragoman.imports.chatwoot.staff import CHANNELS, Move
from dragoman.store import schema
from dragoman.store.blobs import BlobUnavailable
from dragoman.store.tx import SYSTEM, WriteTx

SENDERS: Mapping[str, Sender] = {"contact": Sender.CONTACT, "user": Sender.AGENT, "agent_bot": Sender.AI}
ACTIVITY, TEMPLATE = 2, 3
MANUAL = "imported"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message there, with the bytes of its files, and those that cannot come: their ids and why."""

    told: Mapping[str, Any]
    files: Sequence[tuple[NewAttachment, bytes]]
    left: Sequence[tuple[object, str]]


async def carry_conversations(move: Move, services: Services) -> None:
    """The oldest first. Raises Unreachable: what has come so far stays, and the next run goes on behind it."""
    query = {"status": "all", "assignee_type": "all", "sort_by": "created_at_asc"}
    async for told in move.remote.pages("/conversations", payload=("data", "payload"), **query):
        try:
            await _carry(move, services, told)
        except (DomainError, Refused, KeyError, ValueError) as fault:
            move.report.count("conversations", Outcome.FAILED, told["id"], f"{type(fault).__name__}: {fault}")


async def _carry(move: Move, services: Services, told: Mapping[str, Any]) -> None:
    async with move.database.read(move.account_id) as tx:
        known = await carried.find(tx, move.source, "conversations", told["id"])
        contact_id = await carried.find(tx, move.source, "contacts", told["meta"]["sender"]["id"])
        here = await carried.all_of(tx, move.source, f"messages of {told['id']}")
    contact_id = contact_id or await carry_contact(move, told["meta"]["sender"])
    if contact_id is None:
        raise KeyError("its contact could not be carried")
    there = await move.remote.messages(told["id"])
    news = [one for one in there if one["message_type"] != ACTIVITY and str(one["id"]) not in here]
    fetched = [await _fetched(move, services, one) for one in news]
    await _store_bytes(services, fetched)
    try:
        async with move.database.write(move.account_id, SYSTEM) as tx:
            await _write(tx, move, told, known, contact_id, fetched)
    except BaseException:
        await _forget_bytes(services, fetched)
        raise
    _report(move, told, known, there, here, fetched)


def _report(
    move: Move,
    told: Mapping[str, Any],
    known: int | None,
    there: Sequence[Mapping[str, Any]],
    here: Mapping[str, int],
    fetched: Sequence[Fetched],
) -> None:
    move.report.count("conversations", Outcome.CARRIED if known is None else Outcome.HERE_BEFORE)
    new = {one.told["id"]: one for one in fetched}
    for one in there:
        if one["message_type"] == ACTIVITY:
            reason = "" if any(note[2] == _TOLD_ANEW for note in move.report.noted) else _TOLD_ANEW
            move.report.count("messages", Outcome.LEFT_OUT, one["id"], reason)
        else:
            move.report.count("messages", Outcome.CARRIED if one["id"] in new else Outcome.HERE_BEFORE)
        for _ in one.get("attachments") or () if str(one["id"]) in here else ():
            move.report.count("attachments", Outcome.HERE_BEFORE)
    for each in fetched:
        for _ in each.files:
            move.report.count("attachments", Outcome.CARRIED)
        for remote_id, reason in each.left:
            move.report.count("attachments", Outcome.LEFT_OUT, remote_id, reason)


_TOLD_ANEW = "lines about what became of a conversation (message type 2) are not messages here"


async def _fetched(move: Move, services: Services, told: Mapping[str, Any]) -> Fetched:
    """With its files; one that cannot be fetched is named in the report, and the message comes without."""
    found, left = [], []
    for one in told.get("attachments") or ():
        data, reason = await _bytes(move, services, one)
        if data is None:
            left.append((one.get("id", ""), reason))
            continue
        name = str(one.get("data_url", "")).rpartition("/")[2].partition("?")[0]
        kind = one.get("content_type") or "application/octet-stream"
        found.append((described(services, move.account_id, name, kind, len(data)), data))
    return Fetched(told, found, left)


async def _bytes(move: Move, services: Services, told: Mapping[str, Any]) -> tuple[bytes | None, str]:
    address = told.get("data_url")
    if not address or told.get("file_type") in ("location", "contact", "fallback"):
        return None, f"is no file but a {told.get('file_type')}"
    try:
        data = await move.remote.file(address, services.settings.max_attachment_bytes)
    except (Refused, Unreachable) as fault:
        return None, str(fault)
    return data, "is larger than files may be here"


async def _store_bytes(services: Services, fetched: Sequence[Fetched]) -> None:
    for one in fetched:
        for new, data in one.files:
            await services.blobs.put(new.blob_key, data, new.content_type)


async def _forget_bytes(services: Services, fetched: Sequence[Fetched]) -> None:
    for one in fetched:
        for new, _ in one.files:
            with suppress(BlobUnavailable):
                await services.blobs.delete(new.blob_key)


async def _write(
    tx: WriteTx,
    move: Move,
    told: Mapping[str, Any],
    known: int | None,
    contact_id: int,
    fetched: Sequence[Fetched],
) -> None:
    if known is None:
        one = await _opened(tx, move, told, contact_id)
        await carried.keep(tx, move.source, "conversations", told["id"], one.id)
    else:
        one = await queries.lock(tx, known)
    for each in fetched:
        await _say(tx, move, one.id, told["id"], contact_id, each)
    after = await queries.lock(tx, one.id)
    state = await _state(tx, move, told)
    if any(getattr(after, name) != value for name, value in state.items()):
        await change.complete(tx, after, at=after.updated_at, **state)


async def _opened(tx: WriteTx, move: Move, told: Mapping[str, Any], contact_id: int) -> Conversation:
    about = told.get("additional_attributes") or {}
    subject = str(about.get("mail_subject") or "").strip() or f"Conversation with {told['meta']['sender']['name']}"
    link = schema.contact_links
    inbox_id = await carried.find(tx, move.source, "inboxes", told["inbox_id"])
    theirs = (link.c.contact_id == contact_id, link.c.inbox_id == inbox_id)
    new = creation.NewConversation(
        subject=subject[:255],
        contact_id=contact_id,
        inbox_id=inbox_id,
        contact_link_id=await tx.scalar(tx.select(link.c.id).where(*theirs).order_by(link.c.id).limit(1)),
        channel=CHANNELS.get(told["meta"]["channel"], "api"),
        priority=told.get("priority") or Priority.NONE,
        source=move.source,
        source_thread_id=str(told["id"]),
        tags=tuple(told.get("labels") or ()),
        custom_attrs=told.get("custom_attributes") or {},
        origin_attrs=about,
        created_at=_instant(told["created_at"]),
    )
    return await creation.open_conversation(tx, new)


async def _say(tx: WriteTx, move: Move, conversation_id: int, remote_id: int, contact_id: int, one: Fetched) -> None:
    told = one.told
    ids = [(await files.store(tx, conversation_id, new, message_id=None)).id for new, _ in one.files]
    sender = told.get("sender") or {}
    kind = SENDERS.get(sender.get("type", ""), Sender.SYSTEM)
    if told["message_type"] == 0:
        kind = Sender.CONTACT
    form = dict(told.get("content_attributes") or {})
    html = ((form.pop("email", None) or {}).get("html_content") or {}).get("full")
    body = told.get("content") or ""
    new = NewMessage(
        body=body or ("" if ids or html else "(empty)"),
        body_html=html,
        sender=kind,
        sender_id=await _sender(tx, move, kind, sender, contact_id),
        sender_name=sender.get("name"),
        is_internal=bool(told.get("private")),
        source="template" if told["message_type"] == TEMPLATE else "import",
        source_message_id=told.get("source_id"),
        kind=told.get("content_type") or "text",
        form=form,
        attachment_ids=tuple(ids),
        created_at=_instant(told["created_at"]),
    )
    before = await queries.lock(tx, conversation_id)
    message = await posting.say(tx, before, new)
    await carried.keep(tx, move.source, f"messages of {remote_id}", told["id"], message.id)


async def _sender(tx: WriteTx, move: Move, kind: Sender, sender: Mapping[str, Any], contact_id: int) -> int | None:
    if kind is Sender.CONTACT:
        return contact_id
    return await carried.find(tx, move.source, "agents", sender["id"]) if kind is Sender.AGENT else None


async def _state(tx: WriteTx, move: Move, told: Mapping[str, Any]) -> dict[str, Any]:
    """What it is there now, whatever the messages would have made of it."""
    meta, status = told["meta"], told["status"]
    is_over = status == "resolved"
    user = meta.get("assignee") if meta.get("assignee_type", "User") == "User" else None
    user_id = await carried.find(tx, move.source, "agents", user["id"]) if user else None
    team_id = await carried.find(tx, move.source, "teams", meta["team"]["id"]) if meta.get("team") else None
    core = {"resolved": Status.RESOLVED, "pending": Status.PENDING}.get(status, Status.OPEN)
    active_at = _instant(told["last_activity_at"])
    return {
        "status": core.value,
        "resolved_at": active_at if is_over else None,
        "snoozed_until": (_instant(told.get("snoozed_until")) or FOREVER) if status == "snoozed" else None,
        "priority": told.get("priority") or Priority.NONE.value,
        "tags": clean_tags(told.get("labels") or ()),
        "custom_attrs": told.get("custom_attributes") or {},
        "assignee_user_id": user_id,
        "assignee_team_id": team_id,
        "assigned_at": active_at if user_id or team_id else None,
        "assignment_reason": MANUAL if user_id or team_id else None,
        "waiting_since": _instant(told.get("waiting_since")),
        "first_human_response_at": _instant(told.get("first_reply_created_at")),
        "staff_seen_at": _instant(told.get("agent_last_seen_at")),
        "assignee_seen_at": _instant(told.get("assignee_last_seen_at")),
        "contact_seen_at": _instant(told.get("contact_last_seen_at")),
        "unread_count": int(told.get("unread_count") or 0),
        "last_activity_at": active_at,
    }


def _instant(value: Any) -> datetime | None:
    """Seconds, or ISO as some versions send it; 0 and nothing are never."""
    if not value:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(str(value)).astimezone(UTC)
