"""Decisions without I/O, as tables: states, transitions, tags, words, facets, turns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dragoman.core.conversations.creation import _blank
from dragoman.core.conversations.models import ARCHIVED, DELETED, SPAM, Conversation, Status
from dragoman.core.conversations.rotation import least_busy, next_in_turn
from dragoman.core.conversations.rules import (
    Action,
    MergedAway,
    after_inbound,
    clean_subject,
    require_allowed,
    require_transition,
    snippet,
    visibility,
)
from dragoman.core.errors import Conflict, DomainError, Invalid, NotFound
from dragoman.core.search.words import MAX_WORD, document_words, fold, query_words
from dragoman.core.tags import MAX_TAGS, clean_tags, fold_tag, union_of_tags

AT = datetime(2026, 3, 8, 9, 15, tzinfo=UTC)


def conversation(**given: Any) -> Conversation:
    usual = {"id": 1, "subject": "Help", "status": "open", "priority": "medium", "channel": "email", "tags": ()}
    return _blank(**{**usual, "created_at": AT, "updated_at": AT, **given})


STATES: dict[str, dict[str, Any]] = {
    "active": {},
    "archived": {"archived_at": AT},
    "spam": {"is_spam": True},
    "spam and archived": {"is_spam": True, "archived_at": AT},
    "deleted": {"deleted_at": AT},
    "merged": {"merged_into_id": 2},
    "merged and deleted": {"merged_into_id": 2, "deleted_at": AT},
}
OK, NO, GONE, AWAY = None, Conflict, NotFound, MergedAway
ALLOWED: dict[Action, tuple[type[DomainError] | None, ...]] = {
    Action.CHANGE: (OK, OK, OK, OK, GONE, AWAY, GONE),
    Action.REPLY: (OK, OK, NO, NO, GONE, AWAY, GONE),
    Action.ARCHIVE: (OK, NO, NO, NO, NO, AWAY, NO),
    Action.UNARCHIVE: (NO, OK, NO, OK, GONE, AWAY, GONE),
    Action.MARK_SPAM: (OK, OK, OK, OK, GONE, AWAY, GONE),
    Action.UNMARK_SPAM: (OK, OK, OK, OK, GONE, AWAY, GONE),
    Action.DELETE: (OK, OK, OK, OK, GONE, OK, GONE),
    Action.RESTORE: (NO, NO, NO, NO, OK, NO, AWAY),
    Action.READ: (OK, OK, OK, OK, GONE, OK, GONE),
    Action.MERGE_INTO: (OK, OK, NO, NO, GONE, AWAY, GONE),
    Action.MERGE_AWAY: (OK, OK, OK, OK, GONE, AWAY, GONE),
}


@pytest.mark.parametrize("action", Action)
def test_what_each_state_allows(action: Action) -> None:
    found = []
    for state in STATES.values():
        try:
            require_allowed(action, conversation(**state))
            found.append(None)
        except DomainError as refusal:
            found.append(type(refusal))
    assert tuple(found) == ALLOWED[action]


def test_only_a_closed_conversation_must_be_reopened_first() -> None:
    refused = set()
    for before in Status:
        for after in Status:
            try:
                require_transition(before, after)
            except Conflict:
                refused.add((before, after))
    assert refused == {(Status.CLOSED, Status.PENDING), (Status.CLOSED, Status.RESOLVED)}


@pytest.mark.parametrize("status", Status)
def test_what_the_customer_writes_opens(status: Status) -> None:
    assert after_inbound(status) is Status.OPEN


@pytest.mark.parametrize(
    ("archived", "spam", "deleted", "number"),
    [
        (None, False, None, 0),
        (AT, False, None, ARCHIVED),
        (None, True, None, SPAM),
        (None, False, AT, DELETED),
        (AT, True, AT, 7),
    ],
)
def test_visibility_adds_up(archived: datetime | None, spam: bool, deleted: datetime | None, number: int) -> None:
    assert visibility(archived_at=archived, is_spam=spam, deleted_at=deleted) == number


@pytest.mark.parametrize(
    ("given", "kept"), [(" a  b ", "a b"), ("a\r\nb\tc", "a b c"), ("x" * 255, "x" * 255), ("", None), (" \n", None)]
)
def test_subjects(given: str, kept: str | None) -> None:
    if kept is not None:
        assert clean_subject(given) == kept
        return
    with pytest.raises(Invalid):
        clean_subject(given)


def test_a_subject_takes_255_characters() -> None:
    with pytest.raises(Invalid):
        clean_subject("x" * 256)


@pytest.mark.parametrize(
    ("body", "shown"),
    [("a\n b", "a b"), ("x" * 140, "x" * 140), ("x" * 141, "x" * 139 + "…"), ("", ""), (" " * 5000 + "late", "")],
)
def test_snippets(body: str, shown: str) -> None:
    assert snippet(body) == shown


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["a", "A", " a "], ["a"]),
        (["VIP  customer"], ["VIP customer"]),
        (["straße", "STRASSE"], ["straße"]),
        (["b", "a"], ["b", "a"]),
        (["x" * 64], ["x" * 64]),
        ([], []),
    ],
)
def test_tags(given: list[str], kept: list[str]) -> None:
    assert clean_tags(given) == kept


@pytest.mark.parametrize("given", [[""], [" "], ["x" * 65], [f"t{at}" for at in range(MAX_TAGS + 1)]])
def test_tags_that_cannot_be(given: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        clean_tags(given)
    assert refused.value.field == "tags"


def test_a_union_of_tags_keeps_the_first_spelling_and_what_fits() -> None:
    assert union_of_tags(["a", "B"], ["b", "c"]) == ["a", "B", "c"]
    many = union_of_tags([f"a{at}" for at in range(80)], [f"b{at}" for at in range(80)])
    assert (len(many), many[0]) == (MAX_TAGS, "a0")
    assert fold_tag(" Ä  B ") == "ä b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("naïve NAÏVE", ["naive", "naive"]),
        ("log_in e-mail it's", ["log", "in", "e", "mail", "it", "s"]),
        ("Straße", ["strasse"]),
        ("ｆｕｌｌ ①", ["full", "1"]),
        ("🎉 % ' * \x00", []),
        ("x" * 70, ["x" * MAX_WORD]),
        ("東京", ["東", "京", "東京"]),
        ("v2東", ["v2", "東"]),
    ],
)
def test_the_words_of_a_document(text: str, words: list[str]) -> None:
    assert document_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("b a b", ["b", "a"]),
        ("東", ["東"]),
        ("東京都", ["東京", "京都"]),
        ("NEAR(a, 5)", ["near", "a", "5"]),
        ("***", []),
    ],
)
def test_the_words_of_a_query(text: str, words: list[str]) -> None:
    assert query_words(text) == words


@pytest.mark.parametrize("text", ["Ünïcode", "İstanbul", "ﬁne", "ΣΊΣΥΦΟΣ", "東京タワー", "한국어", "हिन्दी"])
def test_a_document_is_found_by_its_own_text(text: str) -> None:
    assert set(query_words(text)) <= set(document_words(text))
    assert set(query_words(text.upper())) <= set(document_words(text))
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("able", "last", "but_not", "chosen"),
    [
        ([1, 2, 3], None, None, 1),
        ([1, 2, 3], 1, None, 2),
        ([1, 2, 3], 3, None, 1),
        ([1, 2, 3], 2, 3, 1),
        ([1, 3], 2, None, 3),
        ([1], 1, 1, 1),
        ([], 1, None, None),
    ],
)
def test_whose_turn_it_is(able: list[int], last: int | None, but_not: int | None, chosen: int | None) -> None:
    assert next_in_turn(able, last=last, but_not=but_not) == chosen


@pytest.mark.parametrize(
    ("busy", "but_not", "chosen"),
    [({1: 2, 2: 1}, None, 2), ({1: 1, 2: 1}, None, 1), ({1: 0, 2: 5}, 1, 2), ({}, 1, None)],
)
def test_who_has_least_to_do(busy: dict[int, int], but_not: int | None, chosen: int | None) -> None:
    assert least_busy(list(busy), busy, but_not=but_not) == chosen
