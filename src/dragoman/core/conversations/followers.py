"""Conversations show names that live elsewhere; when those change, so does what is shown."""

from __future__ import annotations

from dragoman.core.contacts import queries as contacts
from dragoman.core.conversations.change import rerender
from dragoman.store import schema
from dragoman.store.tx import Emitted, WriteTx

conversations, messages = schema.conversations, schema.messages


async def of_contact(tx: WriteTx, event: Emitted) -> None:
    contact_id = event.data["contact_id"]
    await rerender(tx, contact_id=contact_id)
    if "company_id" in event.data["fields"]:
        contact = await contacts.get(tx, contact_id)
        await _follow_company(tx, contact_id, contact.company_id)


async def of_company(tx: WriteTx, event: Emitted) -> None:
    await rerender(tx, company_id=event.data["company_id"])


async def of_user(tx: WriteTx, event: Emitted) -> None:
    if {"name", "profile"} & set(event.data["fields"]):
        await rerender(tx, assignee_user_id=event.data["user_id"])


async def of_team(tx: WriteTx, event: Emitted) -> None:
    if {"name", "description", "assigns_members"} & set(event.data["fields"]):
        await rerender(tx, assignee_team_id=event.data["team_id"])


async def of_message(tx: WriteTx, event: Emitted) -> None:
    """A conversation shows its latest messages."""
    if event.conversation_id is not None:
        await rerender(tx, id=event.conversation_id)


async def _follow_company(tx: WriteTx, contact_id: int, company_id: int | None) -> None:
    """A contact takes its conversations along to another company."""
    theirs = (conversations.c.contact_id == contact_id, conversations.c.company_id.is_distinct_from(company_id))
    found = await tx.scalars(tx.lock(tx.select(conversations.c.id).where(*theirs).order_by(conversations.c.id)))
    for conversation_id in found:
        await tx.alter(conversations, conversation_id, {"company_id": company_id})


async def of_merged_contact(tx: WriteTx, event: Emitted) -> None:
    """What was another's is the survivor's: conversations, and what was said in them."""
    base, other = event.data["contact_id"], event.data["merged_id"]
    theirs = tx.select(conversations.c.id).where(conversations.c.contact_id == other).order_by(conversations.c.id)
    for conversation_id in await tx.scalars(tx.lock(theirs)):
        said = (
            messages.c.conversation_id == conversation_id,
            messages.c.sender_kind == "contact",
            messages.c.sender_id == other,
        )
        await tx.execute(tx.update(messages).where(*said).values(sender_id=base))
        await tx.alter(conversations, conversation_id, {"contact_id": base})
    await rerender(tx, contact_id=base)
    await _follow_company(tx, base, event.data["company_id"])
