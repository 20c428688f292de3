"""AurionAI's helpdesk API: `/api/v2/…`, and the neighbours a client needs."""

from __future__ import annotations

from dragoman.dialects.aurion import errors
from dragoman.dialects.aurion.routes import (
    assignment,
    attachments,
    contacts,
    conversations,
    kinship,
    lifecycle,
    listing,
    messages,
    resolution,
    sharing,
)
from dragoman.dialects.aurion.wire import conversations as wire
from dragoman.dialects.aurion.wire import people
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
    wire.PageOut,
    wire.BulkOut,
    people.ContactPageOut,
    people.ContactOut,
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
        sharing.routes,
        contacts.routes,
    ],
    owns=lambda path: path.startswith("/api/"),
    word_error=errors.word_error,
    word_invalid=errors.word_invalid,
    word_status=errors.word_status,
    schemas=components(_OUT),
)
