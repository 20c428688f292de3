"""Attributes as facets, beside a plain evaluation of the same values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dragoman.core.search.attributes import slots_of, text_of
from dragoman.core.search.facets import Facet
from dragoman.core.search.model import Condition, Op

VALUES: list[Any] = [
    "Gold",
    "gold",
    "5",
    5,
    5.0,
    70,
    -1.5,
    True,
    False,
    None,
    "",
    "2024-05-01",
    "2024-05-02T10:00Z",
    [1],
]


@pytest.mark.parametrize(
    ("op", "values", "wanted"),
    [
        (Op.IS, ("GOLD",), {"Gold", "gold"}),
        (Op.INCLUDES, (5.0, 70.0), {"5", 5, 70}),
        (Op.IS, (None,), {None}),
        (Op.IS, (True,), {True}),
        (Op.CONTAINS, ("OL", "70"), {"Gold", "gold", 70}),
        (Op.AFTER, (5.0,), {"5", 5, 70}),
        (Op.BEFORE, (5.0,), {-1.5}),
        (Op.BETWEEN, (0.0, 6.0), {"5", 5}),
        (Op.INCLUDES, (date(2024, 5, 2),), {"2024-05-02T10:00Z"}),
        (Op.BEFORE, (date(2024, 5, 2),), {"2024-05-01"}),
        (Op.AFTER, (date(2024, 5, 1),), {"2024-05-01", "2024-05-02T10:00Z"}),
    ],
)
def test_the_operand_says_how_a_value_is_compared(op: Op, values: tuple[Any, ...], wanted: set[Any]) -> None:
    facet = Facet()
    facet.fill(map(text_of, VALUES))
    facet.settle()
    found = slots_of(facet, Condition("custom_attrs.x", op, values))
    kinds = {(type(one), one) for one in wanted} | ({(float, 5.0)} if 5 in wanted else set())
    assert {(type(VALUES[slot]), str(VALUES[slot])) for slot in found} == {(kind, str(one)) for kind, one in kinds}
