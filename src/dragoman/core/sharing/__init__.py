"""Showing a conversation to somebody without an account, by a link (aurion.md E29, E30, 6.3)."""
