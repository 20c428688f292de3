"""Companies: what contacts belong to (aurion.md 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from dragoman.core.contacts import actions, queries
from dragoman.core.contacts.models import Company
from dragoman.dialects.aurion import present_people as present
from dragoman.dialects.aurion.ids import Prefix, read
from dragoman.dialects.aurion.routes.common import router
from dragoman.dialects.aurion.routes.listing import usual_limit
from dragoman.dialects.aurion.routes.paging import Envelope, Offset, Text, page_reply, words
from dragoman.dialects.aurion.wire.people import CompanyOut, CompanyPageOut
from dragoman.dialects.aurion.wire.people_inputs import CompanyIn, CompanyPatchIn
from dragoman.edge.doors import Reader, Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply
from dragoman.store.tx import Tx

routes = router("/api/v2/companies", "Companies")
CompanyId = Annotated[str, Path(max_length=200)]


@routes.get("", responses=returns(CompanyPageOut), summary="List companies")
async def list_companies_v2(
    request: Request,
    tx: Reader,
    limit: Annotated[int | None, Query(ge=1, le=200, description="25 with X-API-Key, 50 otherwise")] = None,
    offset: Offset = 0,
    search: Annotated[Text, Query(description="A part of the name")] = None,
    envelope: Envelope = None,
) -> Response:
    """By name."""
    limit = limit or usual_limit(request)
    found, total = await queries.list_companies(tx, search=words(search), limit=limit, offset=offset)
    return page_reply(CompanyPageOut, await _shown(tx, found), envelope, total=total, limit=limit, offset=offset)


async def _shown(tx: Tx, found: Sequence[Company]) -> list[CompanyOut]:
    counts = await queries.contact_counts(tx, {one.id for one in found})
    return [present.company(one, contact_count=counts.get(one.id, 0)) for one in found]


async def _reply(tx: Tx, company: Company, status_code: int = 200) -> Response:
    return reply((await _shown(tx, [company]))[0], status_code)


@routes.post("", status_code=201, responses=returns(CompanyOut, 201), summary="Create a company")
async def create_company_v2(body: CompanyIn, tx: Writer) -> Response:
    company = await actions.add_company(
        tx, name=body.name, domain=body.domain, tags=tuple(body.tags), custom_attrs=body.custom_attrs
    )
    return await _reply(tx, company, 201)


@routes.get("/{company_id}", responses=returns(CompanyOut), summary="Get a company")
async def get_company_v2(company_id: CompanyId, tx: Reader) -> Response:
    return await _reply(tx, await queries.company(tx, read(Prefix.COMPANY, company_id)))


@routes.patch("/{company_id}", responses=returns(CompanyOut), summary="Update a company")
async def update_company_v2(company_id: CompanyId, body: CompanyPatchIn, tx: Writer) -> Response:
    """Changes what is sent and nothing else; `custom_attrs` are merged."""
    sent = body.model_dump(exclude_unset=True)
    return await _reply(tx, await actions.edit_company(tx, read(Prefix.COMPANY, company_id), sent))


@routes.delete("/{company_id}", status_code=204, summary="Delete a company")
async def delete_company_v2(company_id: CompanyId, tx: Writer) -> Response:
    """409 while contacts belong to it."""
    await actions.delete_company(tx, read(Prefix.COMPANY, company_id))
    return Response(status_code=204)
