"""Aurion's words: what goes out (msgspec structs, in the order of the reference) and what may come in (pydantic)."""
