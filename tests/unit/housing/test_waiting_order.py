"""The sortable text of an ordering rule sorts as the rule says; values that cannot be are refused by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text import sentences
from models.housing.lifecycle import DRAW_LIFECYCLE, WAITING_LIFECYCLE
from models.housing.ordering import (
    ListRule,
    application_of,
    check_reason,
    full_key,
    list_key,
    list_rule,
    waiting_lists,
)
from models.kernel.errors import InvalidInput, NotFound

RULE = ListRule.model_validate(
    {
        "label": "x", "version": 1, "recheck_months": 12, "source": "test",
        "order": [
            {"value": "level", "kind": "level", "levels": ["high", "low"], "label": "x", "source": "t"},
            {"value": "score", "kind": "number", "most": 100, "direction": "falling", "label": "x", "source": "t"},
            {"value": "rank", "kind": "number", "most": 999, "absent": "last", "label": "x", "source": "t"},
            {"value": "day", "kind": "day", "label": "x", "source": "t"},
        ],
    }
)  # fmt: skip
VALUES = st.fixed_dictionaries(
    {
        "level": st.sampled_from(["high", "low"]), "score": st.integers(0, 100),
        "rank": st.none() | st.integers(0, 999),
        "day": st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(date.isoformat),
    }
)  # fmt: skip


def meant(values: dict[str, Any]) -> tuple[Any, ...]:
    """The rule in words: high first, higher score first, drawn rank first and undrawn last, earlier day first."""
    rank = values["rank"]
    return (values["level"] == "low", -values["score"], rank is None, rank or 0, values["day"])


@given(VALUES, VALUES)
def test_the_text_sorts_as_the_rule_means(a: dict[str, Any], b: dict[str, Any]) -> None:
    one, other = RULE.order_key(a), RULE.order_key(b)
    assert (one < other, one == other) == (meant(a) < meant(b), meant(a) == meant(b))
    assert len(one) == len(other)
    assert one.isascii() and one < "\x7f"


@pytest.mark.parametrize(
    "change",
    [{"level": "middle"}, {"score": 101}, {"score": -1}, {"score": True}, {"score": "7"}, {"score": None},
     {"rank": 1000}, {"day": "2026-13-01"}, {"day": 20260101}, {"other": 1}, {"bad\x00name": 1}],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        RULE.order_key({"level": "low", "score": 5, "rank": 3, "day": "2026-01-01", **change})
    assert [fault.field for fault in refused.value.faults] == [next(iter(change)).replace("\x00", "?")]


def test_a_key_names_its_application_and_no_two_are_equal() -> None:
    where = list_key("elder_home_admission", None)
    assert where == "elder_home_admission:city"
    one, other = full_key(where, "01", "A" * 26), full_key(where, "01", "B" * 26)
    assert one != other
    assert application_of(one) == "A" * 26


def test_every_list_reads_and_every_reason_and_state_has_its_words() -> None:
    lists = waiting_lists()
    assert {"public_rental_housing", "elder_home_admission", "childcare_place"} <= set(lists.lists)
    reasons = {f"housing.reasons.{reason}" for each in lists.reasons.values() for reason in each}
    states = {f"housing.states.{state}" for table in (WAITING_LIFECYCLE, DRAW_LIFECYCLE) for state in table.states}
    actions = {f"housing.actions.{action}" for action in lists.reasons}
    assert reasons | states | actions <= set(sentences())
    assert {row.action for row in WAITING_LIFECYCLE.rows} | {"join"} == set(lists.reasons)


def test_unknown_lists_and_reasons_are_refused() -> None:
    with pytest.raises(NotFound):
        list_rule("nothing")
    with pytest.raises(InvalidInput):
        check_reason("move", "a_favour")
