"""`/cable`: live events for agents' and contacts' clients, as ActionCable speaks (chatwoot.md 8)."""
