"""How far the way to a target is gone, as everybody sees it."""

from __future__ import annotations

import pytest

from api.v1.indicators.presenters import indicator_view
from config.indicators import definition


@pytest.mark.parametrize(
    ("token", "value", "progress"),
    [
        ("nursing_bed_share", 52.5, 50.0),  # from 45 to 60
        ("old_estates_renovated", 6.3, 50.0),  # a five-year total of 12.6: the 4.03 before is no start
        ("subsidised_training_participants", 5.12, 20.0),  # 25.6, less than the 27.71 before
    ],
)
def test_a_five_year_total_is_measured_by_its_target_alone(token: str, value: float, progress: float) -> None:
    assert indicator_view(definition(token, "2026-10"), {"value": value})["progress"] == progress
