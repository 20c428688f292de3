"""The domain: what a helpdesk does, in a supervisor's words. No HTTP, no wire words, no vendors."""
