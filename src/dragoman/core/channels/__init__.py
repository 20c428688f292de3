"""The inboxes through which messages come and go."""
