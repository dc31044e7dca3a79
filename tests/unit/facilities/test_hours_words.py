"""Opening hours on a poster: the week in a few lines that anybody reads."""

from __future__ import annotations

from datetime import date

import pytest

from models.facilities.hours_words import week_in_words

DAY = date(2026, 11, 26)
REST = "法定节假日休息，调休上班日照常"


@pytest.mark.parametrize(("hours", "lines"), [
    ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", ["周一至周五　08:30–12:00、14:00–17:30", "周六至周日　休息", REST]),
    ("24/7", ["每天　全天"]),
    ("Tu-Su 09:00-20:30", ["周一　休息", "周二至周日　09:00–20:30"]),
    ("Mo-Su 18:00-02:00", ["每天　00:00–02:00、18:00–24:00"]),
    # Another time in summer: no line is true the whole year.
    ("Apr-Sep Mo-Su 08:00-19:00; Oct-Mar Mo-Su 08:30-17:30", []),
    ("not hours", []), (None, []), ("", []),
])  # fmt: skip
@pytest.mark.parametrize("day", [DAY, date(2026, 10, 1), date(2026, 2, 17), date(2027, 1, 1)])
def test_the_week_in_words_is_the_same_on_every_day(hours: str | None, lines: list[str], day: date) -> None:
    assert week_in_words(hours, day) == lines
