"""From people in the core to Aurion's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.core.accounts.models import Member, Team, User
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


def team(one: Team, *, member_count: int) -> wire.TeamOut:
    return wire.TeamOut(
        id=show(Prefix.TEAM, one.id),
        name=one.name,
        description=one.description,
        routing_method=one.routing_method,
        business_hours_id=None,
        member_count=member_count,
        department=one.department,
        location=one.location,
        email=one.email,
        escalate_to_user_id=show_if(Prefix.USER, one.escalate_to_user_id),
        unassigned_timeout_minutes=one.unassigned_timeout_minutes,
        created_at=instant(one.created_at),
        updated_at=instant(one.updated_at),
    )


def member(one: Member) -> wire.MemberOut:
    user_id = show(Prefix.USER, one.user.id)
    return wire.MemberOut(
        id=user_id,
        user_id=user_id,
        name=one.user.name,
        email=one.user.email,
        role=one.role,
        is_active=one.user.is_active,
        is_available=one.user.is_available,
        created_at=instant(one.created_at),
    )


def user(one: User) -> wire.UserOut:
    return wire.UserOut(**_user_fields(one))


def new_user(one: User, access_token: str) -> wire.NewUserOut:
    return wire.NewUserOut(**_user_fields(one), access_token=access_token)


def _user_fields(one: User) -> dict[str, Any]:
    return {
        "id": show(Prefix.USER, one.id),
        "email": one.email,
        "email_normalized": one.email.casefold(),
        "full_name": one.name,
        "name": one.name,
        "role": one.role,
        "is_active": one.is_active,
        "is_available": one.is_available,
        "is_azure_bound": False,
        "last_login_at": instant_if(one.last_login_at),
        "created_at": instant(one.created_at),
        "created_by": None,
        "updated_at": instant(one.updated_at),
    }
