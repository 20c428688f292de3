"""From people in the core to Aurion's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from dragoman.core.contacts.models import Company, Contact
from dragoman.dialects.aurion.ids import Prefix, show, show_if
from dragoman.dialects.aurion.present import instant, instant_if
from dragoman.dialects.aurion.wire import people as wire


def contact(
    one: Contact, *, company_names: Mapping[int, str], conversation_counts: Mapping[int, int]
) -> wire.ContactOut:
    return wire.ContactOut(
        id=show(Prefix.CONTACT, one.id),
        name=one.name,
        first_name=one.first_name,
        last_name=one.last_name,
        email=one.email,
        phone=one.phone,
        role=one.role,
        company_id=show_if(Prefix.COMPANY, one.company_id),
        company_name=company_names.get(one.company_id or 0),
        conversation_count=conversation_counts.get(one.id, 0),
        custom_attrs=one.custom_attrs,
        external_id=one.external_id,
        locale=one.locale,
        timezone=one.timezone,
        tags=one.tags,
        unsubscribed_from_emails=one.is_unsubscribed,
        last_seen_at=instant_if(one.last_seen_at),
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
        deleted_at=instant_if(one.deleted_at),
    )


def company(one: Company, *, contact_count: int) -> wire.CompanyOut:
    return wire.CompanyOut(
        id=show(Prefix.COMPANY, one.id),
        name=one.name,
        domain=one.domain,
        tags=one.tags,
        custom_attrs=one.custom_attrs,
        contact_count=contact_count,
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
    )
