"""Aurion's addresses. The order matters: fixed words come before `{conversation_id}`."""
