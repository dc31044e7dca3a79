"""A child's stay takes one place a month, of the group it has grown into by then."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.casework.eligibility import age_in_months, first_of
from models.childcare.stays import (
    fits,
    free_in,
    kept_by,
    month_after,
    months_of,
    outgrown_from,
    spans_of,
    stay_of,
)

BORN = date(2025, 3, 10)


def test_a_stay_goes_through_the_groups() -> None:
    assert spans_of(stay_of(BORN, "2026-12")) == {
        "toddler": ["2026-12", "2027-03"], "preschool": ["2027-04", "2028-03"],
    }  # fmt: skip
    assert spans_of(stay_of(date(2025, 3, 1), "2026-12"))["toddler"][1] == "2027-02"


def test_who_is_too_young_begins_later_and_who_is_too_old_not_at_all() -> None:
    assert min(stay_of(date(2026, 9, 10), "2026-12")) == "2027-04"
    assert stay_of(BORN, "2028-04") == {}
    assert (outgrown_from(BORN), outgrown_from(date(2025, 3, 1))) == ("2028-04", "2028-03")


def test_a_centre_without_the_next_group_keeps_the_child_until_then() -> None:
    stay = stay_of(BORN, "2026-12")
    assert max(kept_by(stay, {"toddler": 3})) == "2027-03"
    assert kept_by(stay, {"infant": 3}) == {}


def test_one_full_month_refuses_the_whole_stay() -> None:
    stay, places = stay_of(BORN, "2026-12"), {"toddler": 2, "preschool": 1}
    assert fits(stay, places, {"toddler": {"2026-12": 1}, "preschool": {"2027-03": 1, "2028-04": 1}})
    assert not fits(stay, places, {"preschool": {"2028-03": 1}})
    assert free_in(places, {"toddler": {"2026-12": 1}}, ["2026-11", "2026-12"]) == {"toddler": 1, "preschool": 1}


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
def test_every_month_has_the_group_of_its_first_day(born: date, wait: int) -> None:
    begins = month_after(f"{born:%Y-%m}", wait)
    stay = stay_of(born, begins)
    assert list(stay) == sorted(stay)
    for month, group in stay.items():
        low, high = {"infant": (6, 12), "toddler": (12, 24), "preschool": (24, 36)}[group]
        assert low <= age_in_months(born, first_of(month)) < high
    assert {(group, month) for month, group in stay.items()} == set(months_of(spans_of(stay)))
    if stay:
        assert month_after(max(stay)) == outgrown_from(born)
    else:
        assert begins >= outgrown_from(born)
