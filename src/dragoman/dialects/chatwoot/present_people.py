"""Contacts, agents, teams and inboxes in this dialect's words."""

from __future__ import annotations

from msgspec import UNSET

from dragoman.core.access import Role
from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import Team, User
from dragoman.core.channels.inboxes import Inbox
from dragoman.core.contacts.models import Contact
from dragoman.dialects.chatwoot import words
from dragoman.dialects.chatwoot.wire.conversations import SenderForm
from dragoman.dialects.chatwoot.wire.people import AgentForm, BotForm, ContactForm, SlimInboxForm, TeamForm


def contact(one: Contact, *, is_online: bool = False) -> ContactForm:
    """The twelve fields (chatwoot.md 2.6); `contact_inboxes` are a route's to add."""
    return ContactForm(
        additional_attributes=one.about_attrs,
        availability_status="online" if is_online else "offline",
        email=one.email,
        id=one.id,
        name=one.name,
        phone_number=one.phone,
        blocked=one.is_blocked,
        identifier=one.external_id,
        thumbnail=one.avatar_url or "",
        custom_attributes=one.custom_attrs,
        created_at=words.seconds(one.created_at),
        last_activity_at=UNSET if one.last_seen_at is None else words.seconds(one.last_seen_at),
    )


def agent(one: User, account_id: int) -> AgentForm:
    """A colleague, without anything that opens doors (chatwoot.md 2.8, C5)."""
    shown = one.profile.get("display_name") or one.name
    avatar = one.profile.get("avatar_url") or ""
    own = one.profile.get("custom_attributes")
    return AgentForm(
        id=one.id,
        account_id=account_id,
        availability_status=one.availability,
        auto_offline=bool(one.profile.get("auto_offline", False)),
        confirmed=True,
        email=one.email,
        provider="email",
        available_name=shown,
        name=one.name,
        display_name=one.profile.get("display_name"),
        role=one.role if one.role in (Role.ADMINISTRATOR, Role.AGENT) else Role.AGENT,
        thumbnail=avatar,
        avatar_url=avatar,
        uid=one.email,
        type="user",
        message_signature=one.profile.get("message_signature"),
        ui_settings=one.profile.get("ui_settings", {}),
        custom_attributes=own or UNSET,
    )


def bot(one: Bot) -> BotForm:
    return BotForm(id=one.id, name=one.name, description=one.description, thumbnail="", outgoing_url=one.url)


def team(one: Team, account_id: int, *, is_member: bool) -> TeamForm:
    return TeamForm(
        id=one.id,
        name=one.name,
        description=one.description,
        allow_auto_assign=one.assigns_members,
        account_id=account_id,
        is_member=is_member,
    )


def slim_inbox(one: Inbox) -> SlimInboxForm:
    return SlimInboxForm(
        id=one.id,
        avatar_url="",
        channel_id=one.id,
        name=one.name,
        channel_type=words.channel_type(one.channel),
        provider=one.settings.get("provider"),
    )


def contact_as_sender(one: Contact) -> SenderForm:
    return SenderForm(
        id=one.id,
        name=one.name,
        type="contact",
        email=one.email,
        phone_number=one.phone,
        identifier=one.external_id,
        thumbnail=one.avatar_url or "",
        blocked=one.is_blocked,
        additional_attributes=one.about_attrs,
        custom_attributes=one.custom_attrs,
    )


def user_as_sender(one: User) -> SenderForm:
    avatar = one.profile.get("avatar_url") or ""
    return SenderForm(
        id=one.id,
        name=one.name,
        type="user",
        available_name=one.profile.get("display_name") or one.name,
        avatar_url=avatar,
        thumbnail=avatar,
        availability_status=one.availability,
    )


def bot_as_sender(one: Bot) -> SenderForm:
    return SenderForm(id=one.id, name=one.name, type="agent_bot", avatar_url="")
