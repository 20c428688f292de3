"""The real server in processes of its own."""
