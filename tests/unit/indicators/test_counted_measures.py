"""Whatever the code counts is in the catalogue of measures: an unknown one would fail at its first use."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.indicators import measures
from config.loading import rule
from models.indicators import checkins, usage

ROOT = Path(__file__).resolve().parents[3]
CODE = [path for room in ("api", "bot", "jobs", "models") for path in (ROOT / room).rglob("*.py")]
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


COUNTING = {"record_use", "note_use", "use", "_use", "note"}
# Counted under a name that is not written at the call: the check-in's own, and the approvals' of the rules.
BY_NAME = {checkins.MEASURE, *rule("indicators.approval_measures").values()}


def counted() -> list[tuple[str, str]]:
    """Each constant measure that is counted, with where it stands."""
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in COUNTING
            if named and node.args and isinstance(node.args[0], ast.Constant) and len(node.args) > 1:
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0].value))
    return found


def test_every_counted_measure_is_in_the_catalogue_and_every_one_there_is_counted() -> None:
    assert [f"{where}: {name}" for where, name in counted() if name not in measures()] == []
    assert {name for _, name in counted()} | BY_NAME == set(measures())


@pytest.mark.parametrize(
    ("measure", "at", "count"),
    [("no_such_measure", AT, 1), ("facility_view", AT.replace(tzinfo=None), 1), ("facility_view", AT, 0)],
)
def test_what_cannot_be_counted_is_refused(measure: str, at: datetime, count: int) -> None:
    with pytest.raises(ValueError, match="not a countable use"):
        usage.record_use(measure, at, count=count)


def test_the_hour_is_chinas() -> None:
    assert usage.slot_of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == "2026-10-31T23"
    assert usage.slot_of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == "2026-11-01T00"
