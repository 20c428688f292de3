"""Contacts: lists, searches, and one by one (chatwoot.md 6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from dragoman.core.accounts import attributes
from dragoman.core.channels import queries as channels
from dragoman.core.contacts import actions, asking, linking, queries
from dragoman.core.contacts.asking import ContactQuestion, Order
from dragoman.core.errors import Conflict, Invalid
from dragoman.dialects.chatwoot import contact_fields, contact_filter, present_contacts, present_people
from dragoman.dialects.chatwoot.auth import require_administrator, router
from dragoman.dialects.chatwoot.finding import number
from dragoman.dialects.chatwoot.parameters import Given, asked, given
from dragoman.dialects.chatwoot.showing import nothing
from dragoman.dialects.chatwoot.updating import updates
from dragoman.edge.doors import Reader, Writer, principal
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/contacts", tag="Contacts")
PAGE = 15
LAST_PAGE = 10**9
ORDERS: Mapping[str, Order] = {
    "name": Order("name"),
    "email": Order("email"),
    "phone_number": Order("phone"),
    "last_activity_at": Order("last_seen_at"),
    "created_at": Order("created_at"),
    "company_name": Order("company_name", "about_attrs"),
    "company": Order("company_name", "about_attrs"),
    "city": Order("city", "about_attrs"),
    "country": Order("country", "about_attrs"),
}


def page_of(wanted: Given) -> int:
    """From 1; what is none is 1."""
    text = str(wanted.get("page", ""))
    return min(max(int(text[:15]), 1), LAST_PAGE) if text.isascii() and text.isdigit() else 1


def _order(wanted: Given) -> Order:
    word = wanted.text("sort") or ""
    found = ORDERS.get(word.lstrip("-"))
    return asking.NEWEST if found is None else replace(found, is_descending=word.startswith("-"))


def _paged(wanted: Given, question: ContactQuestion) -> ContactQuestion:
    tags = tuple(wanted.texts("labels"))
    return replace(question, tags=tags, order=_order(wanted), limit=PAGE, offset=(page_of(wanted) - 1) * PAGE)


async def _listed(tx: Tx, wanted: Given, question: ContactQuestion) -> Response:
    """A page with the total."""
    asking_for = _paged(wanted, question)
    meta = {"count": await asking.count(tx, asking_for), "current_page": page_of(wanted)}
    with_inboxes = wanted.truth("include_contact_inboxes", True) is not False
    found = await present_contacts.contacts(tx, await asking.ask(tx, asking_for), with_inboxes=with_inboxes)
    return reply({"meta": meta, "payload": found})


@routes.get("", summary="List contacts")
async def list_account_contacts(request: Request, tx: Reader) -> Response:
    """Those with an e-mail address, a number or an identifier, 15 a page."""
    return await _listed(tx, asked(request), ContactQuestion(known_only=True))


@routes.get("/active", summary="List contacts that are here")
async def list_active_contacts(request: Request, tx: Reader) -> Response:
    return await _listed(tx, asked(request), ContactQuestion(seen_since=tx.now - present_contacts.HERE_FOR))


@routes.get("/search", summary="Search contacts")
async def search_contacts(request: Request, tx: Reader) -> Response:
    """`q` is a part of name, address, number or identifier."""
    wanted = asked(request)
    text = (wanted.text("q", "", most=1000) or "").strip()
    if not text:
        raise Invalid("q", "Specify search string with parameter q")
    question = _paged(wanted, ContactQuestion(text=text))
    found = await asking.ask(tx, replace(question, limit=PAGE + 1))
    here = found[:PAGE]
    meta = {"count": len(here), "current_page": page_of(wanted), "has_more": len(found) > PAGE}
    with_inboxes = wanted.truth("include_contact_inboxes", True) is not False
    shown = await present_contacts.contacts(tx, here, with_inboxes=with_inboxes)
    return reply({"meta": meta, "payload": shown})


@routes.post("/filter", summary="Filter contacts")
async def filter_contacts(request: Request, tx: Reader) -> Response:
    """By the conditions in `payload`. Raises Refused for what cannot be asked."""
    wanted = await given(request)
    defined = await attributes.all_of(tx, attributes.Owner.CONTACT.value)
    any_of = contact_filter.tests_of(wanted.get("payload"), defined, today=tx.now)
    return await _listed(tx, wanted, ContactQuestion(any_of=any_of, known_only=True))


@routes.post("", summary="Create a contact")
async def create_contact(request: Request, tx: Writer) -> Response:
    """With `inbox_id`, that inbox knows the contact: by `source_id`, or what it reaches contacts by."""
    wanted = await given(request)
    fields = contact_fields.fields(wanted)
    made = await actions.add(tx, actions.NewContact(**fields), is_external_id_own=True)
    beside: dict[str, Any] = {"inbox": None, "source_id": None}
    inbox_id = wanted.whole("inbox_id")
    if inbox_id is not None:
        inbox = await channels.get(tx, inbox_id)
        link = await linking.link(tx, made, inbox, wanted.text("source_id"))
        beside = {"inbox": present_people.slim_inbox(inbox), "source_id": link.source_id}
    shown = await present_contacts.contact(tx, made)
    return reply({"payload": {"contact": shown, "contact_inbox": beside}})


@routes.get("/{contact_id}", summary="Show a contact")
async def show_contact(contact_id: str, request: Request, tx: Reader) -> Response:
    found = await queries.get(tx, number(contact_id, "Contact"))
    with_inboxes = asked(request).truth("include_contact_inboxes", True) is not False
    (shown,) = await present_contacts.contacts(tx, [found], with_inboxes=with_inboxes)
    return reply({"payload": shown})


@updates(routes, "/{contact_id}", summary="Update a contact")
async def update_contact(contact_id: str, request: Request, tx: Writer) -> Response:
    """What is given; attributes are merged. 422 for what another contact has."""
    before = await queries.get(tx, number(contact_id, "Contact"))
    fields = contact_fields.fields(await given(request), before)
    after = await actions.edit(tx, before.id, fields, is_external_id_own=True)
    return reply({"payload": await present_contacts.contact(tx, after)})


@routes.delete("/{contact_id}", summary="Delete a contact")
async def delete_contact(contact_id: str, request: Request, tx: Writer) -> Response:
    """Administrators. 422 while the contact is here."""
    require_administrator(principal(request))
    found = await queries.get(tx, number(contact_id, "Contact"))
    if present_contacts.is_online(found, tx.now):
        raise Conflict(f"{found.name} is online. Please try again later.")
    await actions.delete(tx, found.id)
    return nothing()


@routes.post("/{contact_id}/destroy_custom_attributes", summary="Take custom attributes from a contact")
async def destroy_custom_attributes(contact_id: str, request: Request, tx: Writer) -> Response:
    """`custom_attributes` is a list of keys."""
    keys = (await given(request)).texts("custom_attributes")
    after = await actions.drop_attributes(tx, number(contact_id, "Contact"), keys)
    return reply({"payload": await present_contacts.contact(tx, after)})


@routes.delete("/{contact_id}/avatar", summary="Take a contact's picture away")
async def delete_contact_avatar(contact_id: str, tx: Writer) -> Response:
    after = await actions.edit(tx, number(contact_id, "Contact"), {"avatar_url": None})
    return reply({"payload": await present_contacts.contact(tx, after)})
