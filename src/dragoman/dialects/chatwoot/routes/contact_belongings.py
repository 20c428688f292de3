"""What hangs on a contact: conversations, labels, inboxes, notes; and making one of two (chatwoot.md 6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts.models import User
from dragoman.core.channels import queries as channels
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts import actions, linking, links, merging, notes, queries
from dragoman.core.contacts.models import Contact
from dragoman.core.contacts.notes import ContactNote
from dragoman.core.conversations import queries as conversations
from dragoman.core.errors import Invalid, NotFound
from dragoman.dialects.chatwoot import present_contacts, present_people
from dragoman.dialects.chatwoot.auth import NotYours, reach, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, given
from dragoman.dialects.chatwoot.showing import conversations as shown_conversations
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.shown import some
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router(tag="Contacts")
ONE = "/contacts/{contact_id}"
MOST_CONVERSATIONS = 20


async def _contact(tx: Tx, contact_id: str) -> Contact:
    return await queries.get(tx, number(contact_id, "Contact"))


@routes.get(ONE + "/conversations", summary="List a contact's conversations")
async def list_contact_conversations(contact_id: str, request: Request, tx: Reader) -> Response:
    """Newest activity first, at most 20, of the inboxes that the caller sees."""
    found = await _contact(tx, contact_id)
    seen = (await reach(tx, request)).inbox_ids
    ids = await conversations.latest_of_contact(tx, found.id, inbox_ids=seen, limit=MOST_CONVERSATIONS)
    return reply({"payload": await shown_conversations(request, tx, ids)})


@routes.get(ONE + "/labels", summary="List a contact's labels")
async def list_contact_labels(contact_id: str, tx: Reader) -> Response:
    return reply({"payload": list((await _contact(tx, contact_id)).tags)})


@routes.post(ONE + "/labels", summary="Replace a contact's labels")
async def set_contact_labels(contact_id: str, request: Request, tx: Writer) -> Response:
    labels = [one.strip() for one in (await given(request)).texts("labels") if one.strip()]
    after = await actions.edit(tx, number(contact_id, "Contact"), {"tags": labels})
    return reply({"payload": list(after.tags)})


@routes.get(ONE + "/contactable_inboxes", summary="List the inboxes that can reach a contact")
async def list_contactable_inboxes(contact_id: str, request: Request, tx: Reader) -> Response:
    """Of those that the caller sees: by an address or number that the contact has, or an id known already."""
    found = await _contact(tx, contact_id)
    inboxes = await channels.seen(tx, await reach(tx, request))
    known = {one.inbox_id: one.source_id for one in await links.of_contact(tx, found.id)}
    rows = [(one, known.get(one.id) or linking.natural_source(found, one)) for one in inboxes]
    shown = [
        {"inbox": present_people.slim_inbox(one), "source_id": source}
        for one, source in rows
        if source is not None or one.channel == "api"
    ]
    return reply({"payload": shown})


async def _inbox(request: Request, tx: Tx, wanted: Given) -> Inbox:
    """Raises Invalid for none, NotFound, and NotYours for one that the caller does not belong to."""
    wanted.needed("inbox_id")
    found = await channels.get(tx, wanted.whole("inbox_id") or 0)
    if not (await reach(tx, request)).has(found.id):
        raise NotYours
    return found


@routes.post(ONE + "/contact_inboxes", summary="Make a contact known to an inbox")
async def create_contact_inbox(contact_id: str, request: Request, tx: Writer) -> Response:
    """422 for another contact's `source_id`."""
    found, wanted = await _contact(tx, contact_id), await given(request)
    inbox = await _inbox(request, tx, wanted)
    link = await linking.link(tx, found, inbox, wanted.text("source_id"))
    return reply(present_contacts.contact_inbox(link, inbox))


@routes.post("/contact_inboxes/filter", summary="Find the contact that an inbox knows by an id")
async def filter_contact_inboxes(request: Request, tx: Reader) -> Response:
    """Raises NotFound."""
    wanted = await given(request)
    inbox = await _inbox(request, tx, wanted)
    link = await links.find(tx, inbox.id, wanted.needed("source_id"))
    if link is None:
        raise NotFound("Contact")
    return reply(await present_contacts.contact(tx, await queries.get(tx, link.contact_id)))


async def _notes(tx: Tx, several: Sequence[ContactNote]) -> list[dict[str, Any]]:
    users = await some(tx, User, [one.user_id for one in several])
    return [present_contacts.note(one, users.get(one.user_id or 0), tx.account_id) for one in several]


async def _note(tx: Tx, one: ContactNote) -> Response:
    return reply((await _notes(tx, [one]))[0])


@routes.get(ONE + "/notes", summary="List notes on a contact")
async def list_contact_notes(contact_id: str, tx: Reader) -> Response:
    """The newest first."""
    return reply(await _notes(tx, await notes.of_contact(tx, (await _contact(tx, contact_id)).id)))


@routes.post(ONE + "/notes", summary="Write a note on a contact")
async def create_contact_note(contact_id: str, request: Request, tx: Writer) -> Response:
    content = (await given(request, "note")).needed("content", most=notes.MAX_NOTE)
    return await _note(tx, await notes.add(tx, number(contact_id, "Contact"), content))


@routes.get(ONE + "/notes/{note_id}", summary="Show a note on a contact")
async def show_contact_note(contact_id: str, note_id: str, tx: Reader) -> Response:
    found = await _contact(tx, contact_id)
    return await _note(tx, await notes.get(tx, found.id, number(note_id, "Note")))


@updates(routes, ONE + "/notes/{note_id}", summary="Change a note on a contact")
async def update_contact_note(contact_id: str, note_id: str, request: Request, tx: Writer) -> Response:
    found = await _contact(tx, contact_id)
    content = (await given(request, "note")).needed("content", most=notes.MAX_NOTE)
    return await _note(tx, await notes.edit(tx, found.id, number(note_id, "Note"), content))


@routes.delete(ONE + "/notes/{note_id}", summary="Delete a note on a contact")
async def delete_contact_note(contact_id: str, note_id: str, tx: Writer) -> Response:
    await notes.remove(tx, (await _contact(tx, contact_id)).id, number(note_id, "Note"))
    return nothing()


@routes.post("/actions/contact_merge", summary="Make one contact of two")
async def merge_contacts(request: Request, tx: Writer) -> Response:
    """`base_contact_id` survives, with the conversations, notes, inboxes and addresses of `mergee_contact_id`."""
    wanted = await given(request)
    both = [wanted.whole(name) for name in ("base_contact_id", "mergee_contact_id")]
    if both[0] is None or both[1] is None:
        raise Invalid("base_contact_id", "base_contact_id and mergee_contact_id can't be blank")
    return reply(await present_contacts.contact(tx, await merging.merge(tx, both[0], both[1])))
