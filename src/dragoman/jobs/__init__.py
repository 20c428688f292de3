"""What happens after a commit: sending, delivering, scanning, timers; each a durable job or a reader of the log."""
