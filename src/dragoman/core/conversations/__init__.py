"""Conversations: their life from the first message to the archive."""
