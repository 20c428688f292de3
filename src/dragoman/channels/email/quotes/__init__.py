"""Cutting quoted text and signatures from replies."""
