"""The public languages Dragoman speaks: one folder each, found by its presence.

A dialect's package exports `dialect: Dialect` (dragoman.edge.dialect).
"""
