"""Measurements: how fast, and how true, beside peers in the same run."""

import sys
from pathlib import Path

# The tests' private PostgreSQL (tests/services) serves here as well.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
