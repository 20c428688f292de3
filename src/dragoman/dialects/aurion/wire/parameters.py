"""The list's query parameters for the OpenAPI document; they are read by asking.py (aurion.md E1)."""

from __future__ import annotations

from typing import Any

from dragoman.dialects.aurion.wire.asking import SORTS

_TEXTS = {
    "status": "open, pending, resolved or closed; several with commas",
    "channel": "email, chat, whatsapp, voice, widget and others in use; several with commas",
    "search": "Full text over subject and messages: every word must occur",
    "exclude_id": "Leaves this conversation out",
    "priority": "low, medium, high or urgent; several with commas",
    "conversation_type": "",
    "source": "",
    "assignee_user_id": "The agent in charge",
    "assignee_team_id": "The team in charge",
    "assigned_agent_id": "The same as assignee_user_id",
    "assigned_team_id": "The same as assignee_team_id",
    "department_id": "",
    "category": "",
    "sla_state": "",
    "tags": "Any of these tags, separated by commas",
    "created_after": "From this time on (ISO 8601)",
    "created_before": "Before this time (ISO 8601)",
    "updated_after": "From this time on (ISO 8601)",
    "updated_before": "Before this time (ISO 8601)",
    "sort_by": f"One of {', '.join(SORTS)}; updated_at when left out",
    "sort_order": "asc or desc; desc when left out",
    "sentiment": "The current sentiment's label",
    "email_channel_id": "",
    "contact_id": "",
    "company_id": "",
    "language": "The detected language",
    "envelope": "items or data: only one of the two arrays",
}
_TRUTHS = {
    "is_spam": "true: only spam; otherwise spam is hidden",
    "archived": "true: only archived; otherwise archived ones are hidden",
}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    shown = {"name": name, "in": "query", "required": False, "schema": {**schema, "title": name}}
    return {**shown, "description": description} if description else shown


def _or_null(kind: str) -> dict[str, Any]:
    return {"anyOf": [{"type": kind}, {"type": "null"}]}


LIST_PARAMETERS: list[dict[str, Any]] = [
    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "25 with X-API-Key"),
    _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, ""),
    _parameter("include_deleted", {"type": "boolean", "default": False}, "Shows deleted ones as well"),
    *(_parameter(name, _or_null("string"), text) for name, text in _TEXTS.items()),
    *(_parameter(name, _or_null("boolean"), text) for name, text in _TRUTHS.items()),
]
