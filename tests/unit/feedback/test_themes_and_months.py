"""Themes suggested by words, and the months that a table covers."""

import pytest

from config.feedback import themes
from models.feedback.theme_counts import months_between, public_count
from models.kernel.errors import InvalidInput


def test_a_theme_is_suggested_by_its_words_and_by_what_was_named() -> None:
    assert themes().suggested("敬老院的护理人手不够") == "elder_care"
    assert themes().suggested("排队两小时，态度差") == "service_attitude"
    assert themes().suggested("请改进", "library") == "culture_sport"
    assert themes().suggested("请改进") == "other"


def test_months_are_counted_over_new_year_and_at_most_a_year() -> None:
    assert months_between("2026-11", "2027-02") == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert len(months_between("2026-03", "2027-02")) == 12
    for first, last in (("2026-02", "2027-02"), ("2026-12", "2026-11"), ("2026-13", "2026-13")):
        with pytest.raises(InvalidInput):
            months_between(first, last)


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, None), (9, None), (10, 10), (14, 10), (17, 20)])
def test_a_single_count_is_hidden_or_rounded(count: int, told: int | None) -> None:
    assert public_count(count) == told
