"""E6, E10, E11: who has a conversation."""

from __future__ import annotations

from starlette.responses import Response

from dragoman.core.conversations import assignment
from dragoman.core.conversations.models import Conversation
from dragoman.dialects.aurion.ids import Prefix, show_if
from dragoman.dialects.aurion.routes.common import ConversationId, conversation_number, known, router
from dragoman.dialects.aurion.wire.conversations import AssignmentOut, DoneOut
from dragoman.dialects.aurion.wire.inputs import AssignIn
from dragoman.edge.doors import Writer
from dragoman.edge.openapi import returns
from dragoman.edge.replies import reply

routes = router(tag="Assignment")


@routes.post("/{conversation_id}/assign", responses=returns(AssignmentOut), summary="Assign a conversation")
async def assign_conversation_v2(conversation_id: ConversationId, body: AssignIn, tx: Writer) -> Response:
    """To an agent, a team, or both."""
    user_id, team_id = known(Prefix.USER, body.user_id), known(Prefix.TEAM, body.team_id)
    after = await assignment.assign(tx, conversation_number(conversation_id), user_id=user_id, team_id=team_id)
    return reply(_assigned(after, after.assignment_reason))


@routes.post("/{conversation_id}/reassign", responses=returns(AssignmentOut), summary="Reassign a conversation")
async def reassign_conversation_v2(
    conversation_id: ConversationId, tx: Writer, body: AssignIn | None = None
) -> Response:
    """To somebody else; without an agent the next member of the team is chosen."""
    body = body or AssignIn.model_validate({})
    user_id, team_id = known(Prefix.USER, body.user_id), known(Prefix.TEAM, body.team_id)
    after = await assignment.reassign(tx, conversation_number(conversation_id), user_id=user_id, team_id=team_id)
    return reply(_assigned(after, after.assignment_reason))


@routes.post("/{conversation_id}/unassign", responses=returns(DoneOut), summary="Unassign a conversation")
async def unassign_conversation_v2(conversation_id: ConversationId, tx: Writer) -> Response:
    """From agent and team."""
    await assignment.unassign(tx, conversation_number(conversation_id))
    return reply(DoneOut("unassigned"))


def _assigned(after: Conversation, reason: str | None) -> AssignmentOut:
    return AssignmentOut(
        show_if(Prefix.USER, after.assignee_user_id), show_if(Prefix.TEAM, after.assignee_team_id), reason
    )
