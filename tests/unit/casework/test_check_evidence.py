"""What departments' answers say about a rule: one yes is enough, or everybody's no is needed."""

from __future__ import annotations

import pytest

from config.checks import Evidence
from models.casework.check_results import _outcome


@pytest.mark.parametrize(
    ("met_by", "answers", "asked", "outcome"),
    [
        ("yes", ["no", "yes"], 3, "met"),
        ("yes", ["no", "no"], 2, "not_met"),
        ("yes", ["no", "no"], 3, "unknown"),
        ("yes", ["no", "unclear"], 2, "unknown"),
        ("yes", [], 1, "unknown"),
        ("no", ["no", "no"], 2, "met"),
        ("no", ["no", "yes"], 3, "not_met"),
        ("no", ["no"], 2, "unknown"),
        ("no", ["no", "unclear"], 2, "unknown"),
        ("no", [], 2, "unknown"),
    ],
)
def test_what_answers_say_about_a_rule(met_by: str, answers: list[str], asked: int, outcome: str) -> None:
    assert _outcome(Evidence(programme="p", rule="r", met_by=met_by), answers, asked) == outcome  # type: ignore[arg-type]
