"""The people who write, and the companies they belong to."""
