"""The tenant, its people, teams and keys."""
