"""Contacts: the people who write (aurion.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query, Request
from starlette.responses import Response

from dragoman.core.contacts import actions, queries
from dragoman.core.contacts.models import Contact
from dragoman.core.tags import clean_tags
from dragoman.dialects.aurion import present_people as present
from dragoman.dialects.aurion.ids import Prefix, parse, read
from dragoman.dialects.aurion.routes.common import known, router
from dragoman.dialects.aurion.routes.listing import usual_limit
from dragoman.dialects.aurion.routes.paging import Envelope, Offset, Text, page_reply, words
from dragoman.dialects.aurion.wire import reading
from dragoman.dialects.aurion.wire.asking import NOBODY
from dragoman.dialects.aurion.wire.people import ContactOut, ContactPageOut
from dragoman.dialects.aurion.wire.people_inputs import ContactIn, ContactPatchIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/api/v2/contacts", "Contacts")
ContactId = Annotated[str, Path(max_length=200)]
TagList = Annotated[list[str], Query(max_length=100, description="Any of these, separated by commas")]


@routes.get("", responses=returns(ContactPageOut), summary="List contacts")
async def list_contacts_v2(
    request: Request,
    tx: Reader,
    limit: Annotated[int | None, Query(ge=1, le=200, description="25 with X-API-Key, 50 otherwise")] = None,
    offset: Offset = 0,
    search: Annotated[Text, Query(description="A part of the name, e-mail address or phone number")] = None,
    company_id: Text = None,
    tag: TagList = [],  # noqa: B006
    tags: TagList = [],  # noqa: B006
    include_deleted: Annotated[bool, Query()] = False,
    envelope: Envelope = None,
) -> Response:
    """Newest first."""
    limit = limit or usual_limit(request)
    found, total = await queries.list_contacts(
        tx,
        search=words(search),
        company_id=parse(Prefix.COMPANY, company_id) or NOBODY if company_id else None,
        tags=_tags([*tag, *tags]),
        include_deleted=include_deleted,
        limit=limit,
        offset=offset,
    )
    return page_reply(ContactPageOut, await _shown(tx, found), envelope, total=total, limit=limit, offset=offset)


def _tags(given: Sequence[str]) -> tuple[str, ...]:
    """Raises Invalid for more of them, or longer ones, than a contact can have."""
    return tuple(clean_tags(reading.plain(one) for part in given for one in part.split(",") if one.strip()))


async def _shown(tx: Tx, found: Sequence[Contact]) -> list[ContactOut]:
    names = await queries.company_names(tx, {one.company_id for one in found if one.company_id is not None})
    counts = await queries.conversation_counts(tx, {one.id for one in found})
    return [present.contact(one, company_names=names, conversation_counts=counts) for one in found]


async def _reply(tx: Tx, contact: Contact, status_code: int = 200) -> Response:
    return reply((await _shown(tx, [contact]))[0], status_code)


@routes.post("", status_code=201, responses=returns(ContactOut, 201), summary="Create a contact")
async def create_contact_v2(body: ContactIn, tx: Writer) -> Response:
    """409 where the address or the number is another contact's."""
    given = _core_words(body.model_dump())
    contact = await actions.add(tx, actions.NewContact(**{**given, "tags": tuple(body.tags)}))
    return await _reply(tx, contact, 201)


def _core_words(given: dict[str, Any]) -> dict[str, Any]:
    if "company_id" in given:
        given["company_id"] = known(Prefix.COMPANY, given["company_id"])
    if "unsubscribed_from_emails" in given:
        given["is_unsubscribed"] = given.pop("unsubscribed_from_emails")
    return given


@routes.get("/{contact_id}", responses=returns(ContactOut), summary="Get a contact")
async def get_contact_v2(contact_id: ContactId, tx: Reader) -> Response:
    return await _reply(tx, await queries.get(tx, read(Prefix.CONTACT, contact_id)))


@routes.patch("/{contact_id}", responses=returns(ContactOut), summary="Update a contact")
async def update_contact_v2(contact_id: ContactId, body: ContactPatchIn, tx: Writer) -> Response:
    """Changes what is sent and nothing else; null clears, `custom_attrs` are merged."""
    sent = _core_words(body.model_dump(exclude_unset=True))
    return await _reply(tx, await actions.edit(tx, read(Prefix.CONTACT, contact_id), sent))


@routes.delete("/{contact_id}", status_code=204, summary="Delete a contact")
async def delete_contact_v2(contact_id: ContactId, tx: Writer) -> Response:
    """Out of the list; the conversations stay, and the address is free again."""
    await actions.delete(tx, read(Prefix.CONTACT, contact_id))
    return Response(status_code=204)
