"""Counts of a theme by county: what is left out can be told neither by itself nor from the city's sum."""

from hypothesis import given
from hypothesis import strategies as st

from config.feedback import themes
from config.loading import rule
from models.feedback.theme_counts import months_between, suppressed

ROWS = st.dictionaries(st.sampled_from("abcdefghijk"), st.integers(0, 40), min_size=1)


@given(ROWS)
def test_no_small_count_is_shown_nor_follows_from_the_sum(row: dict[str, int]) -> None:
    small, shown = rule("feedback.small_cell"), suppressed(row)
    hidden = [place for place, count in shown.items() if count is None]
    assert all(
        count == row[place] and (count == 0 or count >= small) for place, count in shown.items() if count is not None
    )
    total = sum(row.values())
    if not hidden or total < small:  # then the sum is not told either
        return
    # The sum tells what the hidden ones are together: one alone would be told, and few people would be.
    together = sum(row[place] for place in hidden)
    assert together >= small
    assert len(hidden) >= 2 or not [place for place, count in row.items() if count >= small]


def test_a_theme_is_suggested_by_its_words_and_by_what_was_named() -> None:
    assert themes().suggested("敬老院的护理人手不够") == "elder_care"
    assert themes().suggested("排队两小时，态度差") == "service_attitude"
    assert themes().suggested("请改进", "library") == "culture_sport"
    assert themes().suggested("请改进") == "other"


def test_months_are_counted_over_new_year() -> None:
    assert months_between("2026-11", "2027-02") == ["2026-11", "2026-12", "2027-01", "2027-02"]
