"""From a Chatwoot server over its own API: agents, teams, labels, inboxes, contacts, conversations, files."""
