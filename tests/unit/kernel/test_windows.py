"""Lists that are read window by window give every row once, in order, and look at little more than they give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.kernel import windows

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
HOURS = st.lists(st.integers(-24 * 1500, 48), max_size=60)
COMPARED = {
    "$gt": lambda value, limit: value > limit, "$gte": lambda value, limit: value >= limit,
    "$lt": lambda value, limit: value < limit,
}  # fmt: skip


class Rows:
    """A collection of moments; counts what its answers hold."""

    def __init__(self, hours: list[int]) -> None:
        self.rows = [{"_id": f"{n:04d}", "at": AT + timedelta(hours=each)} for n, each in enumerate(hours)]
        self.given = 0

    def ask(self, window: Mapping[str, Any], *, latest: bool = False) -> list[dict[str, Any]]:
        found = [row for row in self.rows if all(_fits(row[name], wanted) for name, wanted in window.items())]
        self.given += len(found)
        return sorted(found, key=lambda row: windows.place_of(row, "at"), reverse=latest)


def _fits(value: Any, wanted: Any) -> bool:
    return all(COMPARED[name](value, limit) for name, limit in wanted.items()) if isinstance(wanted, dict) else (
        value == wanted
    )  # fmt: skip


@settings(max_examples=60)
@given(HOURS, st.integers(1, 7), st.booleans())
@example([-5] * 9 + [-24 * 1200], 3, True)
def test_pages_hold_every_row_once_and_in_order(hours: list[int], limit: int, latest: bool) -> None:
    held, pages, after = Rows(hours), list[dict[str, Any]](), None
    for _ in range(len(hours) // limit + 1):
        if latest:
            found = windows.read_latest(lambda each: held.ask(each, latest=True), "at", AT, limit, after=after)
        else:
            found = windows.read(held.ask, windows.windows("at", windows.ages(AT), after=after), limit)
        pages += found[:limit]
        if len(found) <= limit:
            break
        after = windows.place_of(found[limit - 1], "at")
    assert pages == sorted(held.rows, key=lambda row: windows.place_of(row, "at"), reverse=latest)


def test_of_ten_thousand_rows_a_page_looks_at_few() -> None:
    held = Rows([-hour for hour in range(10_000)])
    windows.read_latest(lambda each: held.ask(each, latest=True), "at", AT, 20)
    assert held.given <= 60
    held.given = 0
    windows.read(held.ask, windows.windows("at", windows.ages(AT)), 20)
    assert held.given < 3_000, "the oldest month or two"
