"""The whole move, in its order; it can be run again, and goes on where it was."""

from __future__ import annotations

import httpx

from dragoman.edge.services import Services
from dragoman.imports.chatwoot.people import carry_contacts
from dragoman.imports.chatwoot.remote import reached
from dragoman.imports.chatwoot.report import Report
from dragoman.imports.chatwoot.staff import Move, carry_staff
from dragoman.imports.chatwoot.talks import carry_conversations


async def move_in(
    services: Services,
    account_id: int,
    *,
    url: str,
    token: str,
    remote_account_id: int | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    report: Report | None = None,
) -> Report:
    """Copy what the token's owner sees of an account; `report` is filled as it goes.

    Raises Unreachable and Refused; what came before that stays.
    """
    report = Report() if report is None else report
    async with reached(url, token, remote_account_id, transport) as remote:
        move = Move(services.database, account_id, remote, report)
        await carry_staff(move)
        await carry_contacts(move)
        await carry_conversations(move, services)
    return report
