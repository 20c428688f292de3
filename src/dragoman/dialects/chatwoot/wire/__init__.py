"""What goes over the wire, as the sheet has it (chatwoot.md 2.6, 2.7, 5.1, 6)."""
