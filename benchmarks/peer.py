"""What the plain version needs in the database, made before it is measured and taken away again behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.places import Place, run_sql

# Filters that people use all day get an index that also has the order; the others one of their own would not help.
FILTERED = (
    *("status", "priority", "channel", "category", "assignee_user_id", "assignee_team_id"),
    *("company_id", "contact_id"),
)
SORTED = ("updated_at", "created_at")
EACH_TAG = {
    "sqlite": "json_each(conversations.tags) AS tag",
    "postgresql": "jsonb_array_elements_text(conversations.tags) AS tag(value)",
}


@contextmanager
def prepared(place: Place) -> Iterator[None]:
    """Its indexes would make our own writes slower, so they are there only for as long as it is asked."""
    run_sql(place, _making(place.figures.database))
    try:
        yield
    finally:
        names = (*FILTERED, *SORTED)
        run_sql(place, [*(f"DROP INDEX plain_{name}" for name in names), "DROP TABLE plain_tags"])


def _making(database: str) -> list[str]:
    return [
        *(f"CREATE INDEX plain_{one} ON conversations (account_id, {one}, updated_at, id)" for one in FILTERED),
        *(f"CREATE INDEX plain_{one} ON conversations (account_id, {one}, id)" for one in SORTED),
        "CREATE TABLE plain_tags (account_id BIGINT, folded TEXT, conversation_id BIGINT,"
        " PRIMARY KEY (account_id, folded, conversation_id))",
        "INSERT INTO plain_tags SELECT DISTINCT account_id, lower(tag.value), conversations.id"
        f" FROM conversations CROSS JOIN {EACH_TAG[database]}",
        "CREATE INDEX plain_tags_of ON plain_tags (account_id, conversation_id)",
        "ANALYZE",
    ]
