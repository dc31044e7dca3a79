"""The demo's invented figures are what a department could send: every row is taken, and each says that it is invented."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest

from config.indicators import indicators
from config.loading import CATALOGUE, catalogue, load_yaml
from deploy.demo.figures import DemoFigures, _quarters, _rows, _years
from models.indicators.figure_rows import Figure, read_figure
from models.kernel.sheets import SheetRow

WRITTEN = load_yaml(CATALOGUE / "demo" / "figures.yaml", DemoFigures)


@pytest.mark.parametrize("values", [WRITTEN.quarters, WRITTEN.years])
def test_every_row_can_be_read_and_says_that_it_is_invented(values: dict[str, list[object]]) -> None:
    assert len({len(each) for each in values.values()}) == 1 and set(values) <= set(indicators())
    for place in range(len(next(iter(values.values())))):
        told = {token: each[place] for token, each in values.items()}
        rows = list(_rows(WRITTEN, "2026-09", told, WRITTEN.counties))  # type: ignore[arg-type]
        read = [read_figure(SheetRow(number, row), "2026-09") for number, row in enumerate(rows, 2)]
        assert [each for each in read if not isinstance(each, Figure)] == []
        assert {each.coverage for each in read if isinstance(each, Figure)} == {"complete"}
        assert all("虚构" in row["coverage_basis"] for row in rows) and "虚构" in WRITTEN.sender
        assert rows == list(_rows(WRITTEN, "2026-09", told, WRITTEN.counties)), "the same at every run"  # type: ignore[arg-type]


def test_a_map_has_all_counties_and_the_periods_have_ended() -> None:
    told = dict.fromkeys(WRITTEN.counties, WRITTEN.quarters[WRITTEN.counties[0]][-1])
    rows = list(_rows(WRITTEN, "2026-09", told, WRITTEN.counties))
    assert {row["area"] for row in rows} == {"3609", *catalogue().districts}
    january = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)
    assert list(islice(_quarters(january), 3)) == ["2026-12", "2026-09", "2026-06"]
    assert list(islice(_years(january), 2)) == ["2026-12", "2025-12"]
    assert next(_quarters(datetime(2026, 11, 26, 1, 0, tzinfo=UTC))) == "2026-09"
