"""AurionAI's helpdesk API: `/api/v2/…`, and the neighbours a client needs."""

from __future__ import annotations

from functools import partial

from dragoman.dialects.aurion import errors
from dragoman.dialects.aurion.hooks import hooks
from dragoman.dialects.aurion.routes import (
    assignment,
    attachments,
    channels,
    companies,
    contacts,
    conversations,
    events,
    keys,
    kinship,
    lifecycle,
    listing,
    messages,
    resolution,
    sessions,
    sharing,
    teams,
    users,
    webhooks,
)
from dragoman.dialects.aurion.wire import account, people, refusals
from dragoman.dialects.aurion.wire import conversations as wire
from dragoman.edge.dialect import Dialect
from dragoman.edge.openapi import components

_OUT = [
    wire.ConversationPageOut,
    wire.ConversationDetailOut,
    wire.FilterOptionsOut,
    wire.TagsOut,
    wire.ChildOut,
    wire.LinkOut,
    wire.ResolutionOut,
    wire.SharedConversationOut,
    wire.SharedCommentOut,
    wire.ShareOut,
    wire.NewShareOut,
    wire.AssignmentOut,
    wire.DoneOut,
    wire.DeletedOut,
    wire.MergedOut,
    wire.ActivityOut,
    wire.EventOut,
    wire.PageOut,
    wire.BulkOut,
    people.ContactPageOut,
    people.CompanyPageOut,
    people.TeamPageOut,
    people.MembersOut,
    people.UserPageOut,
    people.NewUserOut,
    account.NewWebhookOut,
    account.WebhooksOut,
    account.KeysOut,
    account.NewKeyOut,
    account.SessionOut,
    account.MeOut,
    account.EmailChannelsOut,
    refusals.RefusalOut,
]

dialect = Dialect(
    name="aurion",
    routers=[
        listing.routes,
        sharing.public_routes,
        lifecycle.bulk_routes,
        conversations.routes,
        messages.routes,
        assignment.routes,
        lifecycle.routes,
        kinship.routes,
        attachments.routes,
        resolution.routes,
        events.routes,
        sharing.routes,
        contacts.routes,
        companies.routes,
        teams.routes,
        users.routes,
        webhooks.routes,
        keys.routes,
        keys.closed_routes,
        sessions.public_routes,
        sessions.routes,
        channels.routes,
    ],
    owns=lambda path: len("/api/") if path.startswith("/api/") else 0,
    word_error=errors.word_error,
    word_invalid=errors.word_invalid,
    word_status=errors.word_status,
    schemas=partial(components, _OUT),
    hooks=hooks,
)
