"""Measurements: how fast, and how true, beside peers in the same run."""
