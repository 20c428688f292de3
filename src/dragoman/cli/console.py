"""Saying things with tables and progress bars; plain lines do without (common.py), and so without this library."""

from __future__ import annotations

from rich.console import Console

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)
