"""Dragoman: one conversation core, several API dialects."""

__version__ = "0.1.0"
