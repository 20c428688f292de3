"""Live events: one reader of the event log in each process, who passes on what it reads to all who listen."""
